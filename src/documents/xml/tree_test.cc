// SPDX-License-Identifier: Apache-2.0
#include "documents/xml/tree.h"

#include <doctest/doctest.h>

#include "documents/xml/encoding.h"

using namespace corridor;
using xml::Kind;
using xml::NodeId;

namespace {

xml::Tree read(View text) {
  auto tree = xml::parse(text);
  REQUIRE_MESSAGE(tree.has_value(), (tree ? "" : tree.error().why));
  return std::move(*tree);
}

std::string error_of(View text, xml::Limits limits = {}) {
  auto tree = xml::parse(text, limits);
  REQUIRE_MESSAGE(!tree.has_value(), std::string(text.substr(0, 200)));
  return tree.error().why;
}

bool says(View text, View what) {
  const std::string why = error_of(text);
  INFO(why);
  return why.find(what) != std::string::npos && why.find("line") != std::string::npos;
}

std::string utf16(View ascii, bool big_endian, bool mark = true) {
  std::string out;
  const auto unit = [&](unsigned c) {
    const char high = static_cast<char>(c >> 8);
    const char low = static_cast<char>(c & 0xff);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  };
  if (mark) unit(0xfeff);
  for (const char c : ascii) unit(static_cast<unsigned char>(c));
  return out;
}

}  // namespace

TEST_CASE("nodes are numbered in document order with resolved names") {
  const auto tree = read(R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- head --><a xmlns="urn:a" xmlns:p='urn:p' x="1" p:y="2"><p:b>text</p:b><b/>tail<?go on?></a>)");
  const NodeId root = tree.root();
  CHECK(tree.qname(root) == "a");
  CHECK(tree.space(tree.node(root).name) == "urn:a");
  CHECK(tree.node(root).attributes == 2);
  const NodeId x = tree.attribute(root, tree.find_name("", "x"));
  CHECK(tree.string_value(x) == "1");
  CHECK(tree.string_value(tree.attribute(root, tree.find_name("urn:p", "y"))) == "2");
  const NodeId b = tree.child(root, tree.find_name("urn:p", "b"));
  CHECK(tree.string_value(b) == "text");
  CHECK(tree.qname(b) == "p:b");
  CHECK(tree.find_name("urn:a", "b") != tree.find_name("urn:p", "b"));
  CHECK(tree.find_name("", "b") == 0);
  CHECK(tree.string_value(root) == "texttail");
  CHECK(tree.string_value(0) == "texttail");
  CHECK(tree.node(tree.first_child(0)).kind == Kind::comment);
  CHECK(tree.elements(tree.find_name("urn:a", "b")).size() == 1);
  CHECK(tree.attributes(tree.find_name("", "x")).size() == 1);
  CHECK(tree.position(b).line == 2);
  CHECK(tree.path(b) == "/a/p:b");
  const xml::Locator locator(tree);
  for (NodeId id = 0; id < tree.size(); ++id) {
    CHECK(locator.of(id).line == tree.position(id).line);
    CHECK(locator.of(id).column == tree.position(id).column);
  }
  CHECK(tree.path(x) == "/a/@x");
}

TEST_CASE("paths count siblings that share a name") {
  const auto tree = read("<a><b/><c/><b>t</b></a>");
  const auto list = tree.elements(tree.find_name("", "b"));
  REQUIRE(list.size() == 2);
  CHECK(tree.path(list[1]) == "/a/b[2]");
  CHECK(tree.path(tree.first_child(list[1])) == "/a/b[2]/text()");
  CHECK(tree.path(tree.first_child(tree.root())) == "/a/b[1]");
  CHECK(tree.path(0) == "/");
}

TEST_CASE("references, CDATA and line ends become one text") {
  const auto tree = read("<a b=' x\n&lt;&#65;&#x20AC; '>1&amp;2<![CDATA[<&]]>3\r\n4\r5]]</a>");
  const NodeId root = tree.root();
  CHECK(tree.string_value(root) == "1&2<&3\n4\n5]]");
  CHECK(tree.node(root).mixed == false);
  CHECK(tree.string_value(root + 1) == " x <A\xe2\x82\xac ");
  const auto split = read("<a>1<!--c-->2</a>");
  CHECK(split.size() == 5);
  CHECK(split.string_value(split.root()) == "12");
  CHECK(read("<a><![CDATA[]]></a>").size() == 2);
}

TEST_CASE("namespaces: scopes, defaults and their errors") {
  const auto tree =
      read("<a xmlns='u'><b xmlns=''><c xmlns='v'/></b><p:d xmlns:p='u'/><e xml:lang='x'/></a>");
  CHECK(tree.find_name("", "b") != 0);
  CHECK(tree.find_name("v", "c") != 0);
  CHECK(tree.find_name("u", "d") != 0);
  CHECK(tree.find_name("http://www.w3.org/XML/1998/namespace", "lang") != 0);
  CHECK(says("<p:a/>", "prefix \"p\""));
  CHECK(says("<a p:b='1'/>", "prefix \"p\""));
  CHECK(says("<a xmlns:p='u'><b/></a><p:c/>", "second document element"));
  CHECK(says("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", "\"q:b\" stands twice"));
  CHECK(says("<a b='1' b='2'/>", "\"b\" stands twice"));
  CHECK(says("<a xmlns:p='u' xmlns:p='v'/>", "stands twice"));
  CHECK(says("<a xmlns:p=''/>", "no namespace"));
  CHECK(says("<a xmlns:xmlns='u'/>", "reserves"));
  CHECK(says("<a xmlns:xml='u'/>", "reserves"));
  CHECK(says("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", "reserves"));
  CHECK(says("<a:b:c xmlns:a='u'/>", "no proper name"));
  CHECK(says("<a xmlns:p='u'><b xmlns:p='v'/><p:c></p:c><q:d/></a>", "prefix \"q\""));
}

TEST_CASE("prefixes can be asked for where they are in scope") {
  const auto tree = read("<a xmlns='u' xmlns:p='v'><b xmlns:q='w' xmlns:p='x'/><c/></a>");
  const NodeId b = tree.elements(tree.find_name("u", "b"))[0];
  const NodeId c = tree.elements(tree.find_name("u", "c"))[0];
  CHECK(tree.space_of_prefix(b, "q") == "w");
  CHECK(tree.space_of_prefix(b, "p") == "x");
  CHECK(tree.space_of_prefix(c, "p") == "v");
  CHECK(tree.space_of_prefix(c, "") == "u");
  CHECK(tree.space_of_prefix(c, "q") == std::nullopt);
}

TEST_CASE("what is not well-formed is refused with its place") {
  for (const View text : {"",
                          " ",
                          "<",
                          "<a",
                          "<a>",
                          "<a b",
                          "<a b>",
                          "<a b=>",
                          "<a b='>",
                          "<a b='1'",
                          "<a></b>",
                          "<a></a",
                          "</a>",
                          "<a/><b/>",
                          "x<a/>",
                          "<a/>x",
                          "<a><b></a></b>",
                          "<a b='<'/>",
                          "<a>&</a>",
                          "<a>&lt</a>",
                          "<a>&nbsp;</a>",
                          "<a>&#0;</a>",
                          "<a>&#xD800;</a>",
                          "<a>&#x110000;</a>",
                          "<a>&#;</a>",
                          "<a>&#xg;</a>",
                          "<a>&#99999999999;</a>",
                          "<a>]]></a>",
                          "<a><!-- -- --></a>",
                          "<a><!--->",
                          "<a><!-- --",
                          "<a><![CDATA[</a>",
                          "<a><?xml version='1.0'?></a>",
                          "<a><?p</a>",
                          "<a><? p?></a>",
                          "<1/>",
                          "<a 1='2'/>",
                          "<a b='1'c='2'/>",
                          "<a/ >",
                          "< a/>",
                          "<a b=1/>",
                          "<a></a b='1'>",
                          "<a><!ELEMENT a></a>",
                          " <?xml version='1.0'?><a/>",
                          "<?xml?><a/>",
                          "<?xml encoding='UTF-8'?><a/>",
                          "<?xml version='1.1'?><a/>",
                          "<?xml version='1.0' standalone='maybe'?><a/>",
                          "<a b='&'/>",
                          "<a b='&lt'/>;"}) {
    CAPTURE(text);
    const std::string why = error_of(text);
    CHECK_MESSAGE(why.find(" at line ") != std::string::npos, why);
  }
  CHECK(says("<a>\n<b>\n  </c></b></a>", "line 3 column 3"));
  CHECK(says("<a>\xc3\xa9\xc3\xa9<b></a>", "line 1 column 9"));
}

TEST_CASE("document types and entities are refused by name") {
  CHECK(says("<!DOCTYPE a><a/>", "DOCTYPE"));
  CHECK(says("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "DOCTYPE"));
  CHECK(says("<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]><a>&lol2;</a>",
             "DOCTYPE"));
  CHECK(says("<a>&x;</a>", "\"&x;\" is not one of the five"));
}

TEST_CASE("limits are named and cheap to reach") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  CHECK(error_of(deep).find("nested deeper than 512") != std::string::npos);
  std::string many = "<a";
  for (int i = 0; i < 1'000'000; ++i) many += " a" + std::to_string(i) + "='1'";
  CHECK(error_of(many + "/>").find("more than 1000 attributes") != std::string::npos);
  xml::Limits few;
  few.nodes_max = 100;
  std::string wide = "<a>";
  for (int i = 0; i < 200; ++i) wide += "<b/>";
  CHECK(error_of(wide + "</a>", few).find("more than 100 nodes") != std::string::npos);
  few = {};
  few.bytes_max = 10;
  CHECK(error_of("<a>0123456789</a>", few).find("more than the 10") != std::string::npos);
  few = {};
  few.text_bytes_max = 5;
  CHECK(error_of("<a>0123456789</a>", few).find("longer than 5") != std::string::npos);
  CHECK(error_of("<a b='0123456789'/>", few).find("longer than 5") != std::string::npos);
  few = {};
  few.names_max = 10;
  std::string names = "<a>";
  for (int i = 0; i < 20; ++i) names += "<b" + std::to_string(i) + "/>";
  CHECK(error_of(names + "</a>", few).find("too many") != std::string::npos);
  std::string spaces = "<a>";
  for (int i = 0; i < 500; ++i) spaces += "<b xmlns='u" + std::to_string(i) + "'/>";
  CHECK(error_of(spaces + "</a>").find("too many namespaces") != std::string::npos);
}

TEST_CASE("encodings: UTF-8, UTF-16, ISO-8859-1, and their broken forms") {
  CHECK(read("\xef\xbb\xbf<a>\xc3\xa9</a>").string_value(0) == "\xc3\xa9");
  CHECK(read("<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>").string_value(0) ==
        "\xc3\xa9");
  CHECK(read(utf16("<?xml version='1.0' encoding='UTF-16'?><a>x</a>", true)).string_value(0) ==
        "x");
  CHECK(read(utf16("<a>x\xe9</a>", false)).string_value(0) == "x\xc3\xa9");
  CHECK(read("<?xml version='1.0' encoding='us-ascii'?><a>x</a>").string_value(0) == "x");
  CHECK(says("<a>\xe9</a>", "not valid UTF-8"));
  CHECK(says("<a>\xc0\xaf</a>", "not valid UTF-8"));
  CHECK(says("<a>\xed\xa0\x80</a>", "not valid UTF-8"));
  CHECK(says("<a>\xf4\x90\x80\x80</a>", "not valid UTF-8"));
  CHECK(says("<a>\xe2\x82", "not valid UTF-8"));
  CHECK(says("<a>\x01</a>", "U+0001"));
  CHECK(says(View("<a>\0</a>", 8), "U+0000"));
  CHECK(says("<a>\xef\xbf\xbf</a>", "U+FFFF"));
  CHECK(says("<?xml version='1.0' encoding='US-ASCII'?><a>\xe9</a>", "not US-ASCII"));
  CHECK(error_of("<?xml version='1.0' encoding='windows-1252'?><a/>").find("WINDOWS-1252") !=
        std::string::npos);
  CHECK(error_of("\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>").find("declares") !=
        std::string::npos);
  CHECK(error_of(utf16("<?xml version='1.0' encoding='UTF-8'?><a/>", true)).find("declares") !=
        std::string::npos);
  CHECK(error_of(utf16("<a/>", true, false)).find("byte order mark") != std::string::npos);
  CHECK(error_of(utf16("<a/>", true) + "x").find("within a character") != std::string::npos);
  CHECK(error_of(std::string("\xfe\xff\0<\xd8\0\0/", 8)).find("surrogate") != std::string::npos);
  CHECK(error_of(View("\0\0\xfe\xff", 4)).find("UTF-32") != std::string::npos);
}

TEST_CASE("a tree can be built from what is not XML") {
  xml::Builder builder;
  builder.open("urn:e", "INVOIC");
  builder.open("urn:e", "BGM");
  builder.attribute("code", "380");
  builder.text("INV-1");
  builder.close();
  builder.close();
  const xml::Tree tree = builder.finish();
  CHECK(tree.string_value(tree.root()) == "INV-1");
  CHECK(tree.path(tree.find_name("urn:e", "BGM") == 0
                      ? 0
                      : tree.elements(tree.find_name("urn:e", "BGM"))[0]) == "/INVOIC/BGM");
}
