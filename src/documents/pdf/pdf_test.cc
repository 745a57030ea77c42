// SPDX-License-Identifier: Apache-2.0
//
// PDFs are written here, of each structure that is read and broken in each way that is foreseen.
#include "documents/pdf/pdf.h"

#include <zlib.h>

#include <map>

#include "documents/pdf/filters.h"
#include "documents/pdf/values.h"
#include "documents/testing.h"

using namespace corridor;
using namespace corridor::pdf;
using corridor::documents::changed;

namespace {

const std::string kInvoice = "<?xml version=\"1.0\"?>\n<Invoice>endobj (of 100)</Invoice>\n";

std::string deflated(View text) {
  std::string out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  REQUIRE(compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                    reinterpret_cast<const Bytef*>(text.data()), text.size(), 9) == Z_OK);
  out.resize(size);
  return out;
}

std::string number(std::size_t value) { return std::to_string(value); }

std::string stream(const std::string& entries, const std::string& data) {
  return "<< " + entries + " /Length " + number(data.size()) + " >>\nstream\n" + data +
         "\nendstream";
}

std::string specification(const std::string& name, int file, const std::string& more = "") {
  return "<< /Type /Filespec /F (" + name + ") /UF (" + name + ") /EF << /F " +
         std::to_string(file) + " 0 R >> " + more + " >>";
}

std::string padded(std::size_t value, std::size_t width) {
  std::string digits = number(value);
  return std::string(width - digits.size(), '0') + digits;
}

std::string big_endian(std::size_t value, unsigned width) {
  std::string out;
  for (unsigned i = width; i > 0; --i) out.push_back(static_cast<char>(value >> (8 * (i - 1))));
  return out;
}

using Objects = std::map<int, std::string>;

// A file that grows by updates, each with a cross-reference of its own.
class Writer {
 public:
  // With a classic table. `more` are further entries of the trailer.
  Writer& table(const Objects& objects, const std::string& more = "") {
    const auto offsets = put(objects);
    const std::size_t at = out_.size();
    out_ += "xref\n0 1\n0000000000 65535 f \n";
    for (const auto& [id, offset] : offsets)
      out_ += std::to_string(id) + " 1\n" + padded(offset, 10) + " 00000 n \n";
    out_ += "trailer\n<< /Size 100 /Root 1 0 R " + previous() + more + " >>\n";
    return finish(at);
  }

  // All but streams in an object stream, and a cross-reference stream with a predictor.
  Writer& compressed(const Objects& objects, const std::string& more = "") {
    Objects plain;
    std::string pairs;
    std::string bodies;
    std::vector<int> inside;
    for (const auto& [id, body] : objects) {
      if (body.contains("stream\n")) {
        plain[id] = body;
        continue;
      }
      pairs += std::to_string(id) + " " + number(bodies.size()) + " ";
      bodies += body + "\n";
      inside.push_back(id);
    }
    const int container = next_;
    const int table = next_ + 1;
    next_ += 2;
    plain[container] = stream("/Type /ObjStm /Filter /FlateDecode /N " + number(inside.size()) +
                                  " /First " + number(pairs.size()),
                              deflated(pairs + bodies));
    const auto offsets = put(plain);
    const std::size_t at = out_.size();
    std::string index = "0 1 ";
    std::vector<std::string> rows{std::string(5, '\0')};
    for (const auto& [id, offset] : offsets) {
      index += std::to_string(id) + " 1 ";
      rows.push_back("\1" + big_endian(offset, 3) + std::string(1, '\0'));
    }
    for (std::size_t i = 0; i < inside.size(); ++i) {
      index += std::to_string(inside[i]) + " 1 ";
      rows.push_back("\2" + big_endian(static_cast<std::size_t>(container), 3) + big_endian(i, 1));
    }
    index += std::to_string(table) + " 1";
    rows.push_back("\1" + big_endian(at, 3) + std::string(1, '\0'));
    std::string predicted;
    std::string above(5, '\0');
    for (const std::string& row : rows) {
      predicted.push_back('\2');  // Up
      for (std::size_t i = 0; i < 5; ++i) predicted.push_back(static_cast<char>(row[i] - above[i]));
      above = row;
    }
    out_ += std::to_string(table) + " 0 obj\n" +
            stream("/Type /XRef /W [1 3 1] /Index [" + index + "] /Size 100 /Root 1 0 R " +
                       previous() + more +
                       " /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 5 >>",
                   deflated(predicted)) +
            "\nendobj\n";
    return finish(at);
  }

  [[nodiscard]] const std::string& bytes() const { return out_; }
  [[nodiscard]] std::size_t start() const { return start_; }

 private:
  std::map<int, std::size_t> put(const Objects& objects) {
    std::map<int, std::size_t> offsets;
    for (const auto& [id, body] : objects) {
      offsets[id] = out_.size();
      out_ += std::to_string(id) + " 0 obj\n" + body + "\nendobj\n";
    }
    return offsets;
  }
  [[nodiscard]] std::string previous() const {
    return start_ == 0 ? "" : "/Prev " + number(start_) + " ";
  }
  Writer& finish(std::size_t at) {
    start_ = at;
    out_ += "startxref\n" + number(at) + "\n%%EOF\n";
    return *this;
  }

  std::string out_ = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::size_t start_ = 0;
  int next_ = 90;  // numbers of object streams and cross-reference streams
};

Objects hybrid(const std::string& xml = kInvoice) {
  return {{1, "<< /Type /Catalog /Pages 9 0 R /Names << /EmbeddedFiles 2 0 R >> /AF [3 0 R] >>"},
          {2, "<< /Names [(factur-x.xml) 3 0 R] >>"},
          {3, specification("factur-x.xml", 4, "/AFRelationship /Alternative")},
          {4, stream("/Type /EmbeddedFile /Subtype /text#2Fxml /Filter /FlateDecode", deflated(xml))}};
}

std::string listed(const Result<std::vector<Embedded>>& files) {
  if (!files) return "refused: " + files.error().why;
  std::string out;
  for (const Embedded& file : *files)
    out += (out.empty() ? "" : " ") + file.name + "/" + file.relationship + "/" + file.media_type +
           "=" + (file.bytes == kInvoice ? "invoice" : file.bytes.substr(0, 40));
  return out;
}
std::string listed(View bytes) { return listed(embedded_files(bytes)); }

constexpr View kFound = "factur-x.xml/Alternative/text/xml=invoice";

void refused(View bytes, Code code, const std::string& words) {
  const auto files = embedded_files(bytes);
  CAPTURE(words);
  CAPTURE(listed(files));
  REQUIRE_FALSE(files.has_value());
  CHECK(files.error().code == code);
  CHECK(files.error().why.contains(words));
}

Objects with(Objects objects, const Objects& others) {
  for (const auto& [id, body] : others) objects[id] = body;
  return objects;
}

}  // namespace

TEST_CASE("the invoice inside is found, whatever the structure of the file") {
  const std::string table = Writer().table(hybrid()).bytes();
  const std::string compressed = Writer().compressed(hybrid()).bytes();
  CHECK(begins_as_pdf(table));
  CHECK(listed(table) == kFound);
  CHECK(listed(compressed) == kFound);
  CHECK(listed("junk before\n" + table) == kFound);
  const auto files = embedded_files(table);
  REQUIRE(files);
  CHECK(invoice_of(*files) == &files->front());
}

TEST_CASE("what is not a PDF or has nothing inside") {
  refused("", Code::invalid, "does not begin as a PDF");
  refused("%PDF-", Code::invalid, "does not begin as a PDF");
  refused("%PDF-1.7\nhello", Code::invalid, "catalog is missing");
  refused(std::string(2'000, ' ') + "%PDF-1.7", Code::invalid, "does not begin as a PDF");
  CHECK(listed(Writer().table({{1, "<< /Type /Catalog >>"}}).bytes()) == "");
}

TEST_CASE("the newest state counts") {
  const Objects update = {{4, stream("/Type /EmbeddedFile /Subtype /text#2Fxml", "<new/>")}};
  const std::string renewed = "factur-x.xml/Alternative/text/xml=<new/>";
  CHECK(listed(Writer().table(hybrid()).table(update).bytes()) == renewed);
  CHECK(listed(Writer().compressed(hybrid()).compressed(update).bytes()) == renewed);
  CHECK(listed(Writer().table(hybrid()).compressed(update).bytes()) == renewed);
  CHECK(listed(Writer().compressed(hybrid()).table(update).bytes()) == renewed);
  // An update that takes the file away.
  CHECK(listed(Writer().table(hybrid()).table({{1, "<< /Type /Catalog >>"}}).bytes()) == "");
}

TEST_CASE("a hybrid file hides its compressed objects from the table") {
  Writer writer;
  writer.compressed(hybrid());
  const std::size_t stream_at = writer.start();
  std::string bytes = writer.bytes();
  const std::size_t at = bytes.size();
  bytes += "xref\n0 4\n0000000000 65535 f \n0000000000 00000 f \n0000000000 00000 f \n"
           "0000000000 00000 f \ntrailer\n<< /Size 100 /Root 1 0 R /XRefStm " +
           number(stream_at) + " >>\nstartxref\n" + number(at) + "\n%%EOF\n";
  CHECK(listed(bytes) == kFound);
}

TEST_CASE("files are found in the tree and by association, each once") {
  const Objects objects = {
      {1, "<< /Type /Catalog /Names 5 0 R /AF 6 0 R >>"},
      {5, "<< /EmbeddedFiles << /Kids [7 0 R 8 0 R] >> >>"},
      {6, "[3 0 R 10 0 R 11 0 R]"},
      {7, "<< /Limits [(a) (b)] /Names [(a) 3 0 R (b) << /EF << /F 12 0 R >> >>] >>"},
      {8, "<< /Kids [9 0 R] >>"},
      {9, "<< /Names [(c) 13 0 R] >>"},
      {3, specification("..\\\\dir/a.xml", 4, "/AFRelationship /Data")},
      {4, stream("", "A")},
      {10, "<< /UF <FEFF00FC002E0078006D006C> /EF << /UF 14 0 R >> >>"},
      {11, "<< /F (elsewhere.xml) >>"},
      {12, stream("", "B")},
      {13, specification("c", 4)},
      {14, stream("/Subtype /application#2Fxml", "C")}};
  const std::string expected = "a.xml/Data/=A b//=B \xC3\xBC.xml//application/xml=C";
  CHECK(listed(Writer().table(objects).bytes()) == expected);
  CHECK(listed(Writer().compressed(objects).bytes()) == expected);
}

TEST_CASE("the invoice is known by its name, or as the only XML that belongs to the document") {
  const auto named = [](const std::string& name, const std::string& relationship = "") {
    return Embedded{.name = name, .bytes = "", .relationship = relationship, .media_type = ""};
  };
  const auto chosen = [](const std::vector<Embedded>& files) {
    const Embedded* const file = invoice_of(files);
    return file == nullptr ? std::string() : file->name;
  };
  for (const char* name :
       {"factur-x.xml", "ZUGFeRD-invoice.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
    CHECK(chosen({named("a.xml", "Data"), named(name)}) == name);
  CHECK(chosen({named("a.txt", "Data"), named("b.XML", "Source")}) == "b.XML");
  CHECK(chosen({named("a.xml", "Data"), named("b.xml", "Source")}) == "");
  CHECK(chosen({named("a.xml", "Supplement"), named("b.xml")}) == "");
  CHECK(chosen({}) == "");
}

TEST_CASE("the filters that are read are undone, one after the other") {
  const auto of = [](const std::string& entries, const std::string& data) {
    return listed(Writer().table(with(hybrid(), {{4, stream(entries, data)}})).bytes());
  };
  const std::string begin = "factur-x.xml/Alternative/=";
  CHECK(of("", "plain") == begin + "plain");
  CHECK(of("/Filter /ASCIIHexDecode", "48 65 6C 6c 6F7>") == begin + "Hellop");
  CHECK(of("/Filter [/A85]", "87cURD]i,\"Ebo80z~>") == begin + "Hello World!" + std::string(4, '\0'));
  std::string hex;
  for (const char c : deflated("twice")) hex += corridor::hex(View(&c, 1));
  CHECK(of("/Filter [/AHx /Fl] /DecodeParms [null << /Predictor 1 >>]", hex + ">") == begin + "twice");
  CHECK(of("/Filter [] /DecodeParms null", "plain") == begin + "plain");
}

TEST_CASE("rows are predicted in each of the ways of PNG") {
  const std::string rows = std::string("\0\1\2\3", 4) + std::string("\1\1\1\1", 4) +
                           std::string("\2\1\1\1", 4) + std::string("\3\1\1\1", 4) +
                           std::string("\4\1\1\1", 4);
  Reader parameters("<< /Predictor 15 /Columns 3 >>");
  const auto value = parameters.value();
  REQUIRE(value);
  const auto out = unfilter(deflated(rows), "FlateDecode", *value, 1'000);
  REQUIRE(out);
  CHECK(*out == View("\1\2\3" "\1\2\3" "\2\3\4" "\2\3\4" "\3\4\5", 15));
  CHECK(unfilter(deflated(rows + "x"), "FlateDecode", *value, 1'000).error().code == Code::invalid);
  CHECK(unfilter(deflated("\5abc"), "FlateDecode", *value, 1'000).error().code == Code::invalid);
  CHECK(unfilter(deflated(rows), "FlateDecode", *value, 10).error().code == Code::too_large);
}

TEST_CASE("what is not read is refused by its name") {
  const auto of = [](const std::string& entries) {
    return Writer().table(with(hybrid(), {{4, stream(entries, "data")}})).bytes();
  };
  refused(of("/Filter /LZWDecode"), Code::invalid, "LZWDecode");
  refused(of("/Filter /DCTDecode"), Code::invalid, "DCTDecode");
  refused(of("/Filter [/Crypt]"), Code::invalid, "Crypt");
  refused(of("/Filter /FlateDecode"), Code::invalid, "broken");
  refused(of("/Filter /ASCII85Decode"), Code::invalid, "base 85");
  refused(of("/Filter /ASCIIHexDecode"), Code::invalid, "hexadecimal");
  refused(of("/F (elsewhere)"), Code::invalid, "another file");
  refused(of("/Filter [/Fl /Fl /Fl /Fl /Fl /Fl /Fl /Fl /Fl]"), Code::invalid, "more filters");
  refused(Writer().table(with(hybrid(), {{4, stream("/Filter /Fl /DecodeParms << /Predictor 2 >>",
                                                    deflated("x"))}})).bytes(),
          Code::invalid, "predictor 2");
  refused(Writer().table(hybrid(), "/Encrypt 20 0 R").bytes(), Code::invalid, "encrypted");
  refused(Writer().compressed(hybrid(), "/Encrypt << /Filter /Standard >>").bytes(), Code::invalid,
          "encrypted");
  refused(Writer().table(hybrid(), "/Encrypt 20 0 R").table({}).bytes(), Code::invalid, "encrypted");
}

TEST_CASE("a length that lies or leads nowhere does not matter, the end of the stream does") {
  const std::string content = "\nstream\n<new/>\nendstream";
  const std::string renewed = "factur-x.xml/Alternative/=<new/>";
  for (const std::string length : {"/Length 3", "/Length 100000", "/Length -1", "/Length 4 0 R",
                                   "/Length 7 0 R", "/Length 70 0 R", "/Length (x)", ""}) {
    Objects objects = with(hybrid(), {{4, "<< " + length + " >>" + content}, {7, "8 0 R"}, {8, "7 0 R"}});
    CHECK_MESSAGE(listed(Writer().table(objects).bytes()) == renewed, length);
    objects[7] = "6";
    CHECK_MESSAGE(listed(Writer().table(objects).bytes()) == renewed, length);
    CHECK_MESSAGE(listed(Writer().compressed(objects).bytes()) == renewed, length);
  }
}

TEST_CASE("a broken cross-reference is made up for by a search") {
  const std::string table = Writer().table(hybrid()).bytes();
  const std::string compressed = Writer().compressed(hybrid()).bytes();
  for (const std::string& good : {table, compressed}) {
    // Offsets that are wrong, none at all, and a file that was cut behind its objects.
    CHECK(listed(changed(good, "%\xE2\xE3\xCF\xD3\n", "%\xE2\xE3\xCF\xD3\n% longer\n")) == kFound);
    CHECK(listed(changed(good, "startxref", "startxxxx")) == kFound);
    CHECK(listed(good.substr(0, good.rfind("startxref"))) == kFound);
  }
  CHECK(listed(table.substr(0, table.rfind("xref\n0 1"))) == kFound);
  CHECK(listed(compressed.substr(0, compressed.rfind("91 0 obj"))) == kFound);
  CHECK(listed(changed(table, "trailer", "trxiler")) == kFound);
  CHECK(listed(changed(table, "00000 n", "00000 x")) == kFound);
  CHECK(listed(changed(table, "/Root 1 0 R", "/Root 2 0 R")) == "");
  CHECK(listed(changed(table, "/Root 1 0 R", "/Root 7 0 R")) == kFound);
  // The last object of a number counts, also across an update.
  const Objects update = {{4, stream("", "<new/>")}};
  std::string updated = Writer().compressed(hybrid()).table(update).bytes();
  updated = changed(updated, "startxref", "startxxxx");
  CHECK(listed(updated.substr(0, updated.rfind("xref\n0 1"))) == "factur-x.xml/Alternative/=<new/>");
  // What is encrypted stays refused.
  refused(changed(Writer().table(hybrid(), "/Encrypt 20 0 R").bytes(), "startxref", "startxxxx"),
          Code::invalid, "encrypted");
}

TEST_CASE("circles end") {
  const auto of = [](const Objects& objects) {
    return listed(Writer().table(with(hybrid(), objects)).bytes());
  };
  CHECK(of({{2, "<< /Kids [2 0 R 5 0 R] >>"}, {5, "<< /Kids [2 0 R] /Names [(a) 3 0 R] >>"}}) ==
        kFound);
  CHECK(of({{2, "<< /Kids 2 0 R >>"}}) == kFound);
  CHECK(of({{2, "2 0 R"}}).contains("circles"));
  CHECK(of({{3, "<< /EF 3 0 R >>"}}) == "");
  CHECK(of({{3, "<< /EF << /F 3 0 R >> >>"}}) == "");
  // Sections that name each other as the older one.
  std::string bytes = Writer().table(hybrid()).bytes();
  const std::size_t at = bytes.find("xref\n0 1");
  CHECK(listed(changed(bytes, "/Root 1 0 R", "/Root 1 0 R /Prev " + number(at))) == kFound);
  CHECK(listed(changed(bytes, "/Root 1 0 R", "/Root 1 0 R /XRefStm " + number(at))) == kFound);
  CHECK(listed(changed(bytes, "/Root 1 0 R", "/Root 1 0 R /Prev 999999")) == kFound);
  // An object stream that has to be read to be read.
  const std::string inside = Writer().compressed(hybrid()).bytes();
  refused(changed(inside, "/N 3", "/N 90 0 R"), Code::invalid, "catalog is missing");
  refused(changed(inside, "/N 3", "/N 2 0 R"), Code::invalid, "catalog is missing");
}

TEST_CASE("bombs are refused") {
  const std::string zeros(70 * 1024 * 1024, '\0');
  const std::string bomb = deflated(zeros);
  const Objects one = {{4, stream("/Filter /FlateDecode", bomb)}};
  refused(Writer().table(with(hybrid(), one)).bytes(), Code::too_large, "unpacks to more");
  refused(Writer().table(with(hybrid(), {{4, stream("/Filter [/Fl /Fl]", deflated(bomb))}})).bytes(),
          Code::too_large, "unpacks to more");
  // Each below the limit of a stream, together beyond that of the file.
  const std::string part = stream("/Filter /FlateDecode", deflated(View(zeros).substr(0, 60 << 20)));
  Objects many = {{1, "<< /Type /Catalog /AF [11 0 R 12 0 R 13 0 R 14 0 R 15 0 R] >>"}};
  for (int i = 1; i <= 5; ++i) {
    many[10 + i] = specification("a", 20 + i);
    many[20 + i] = part;
  }
  refused(Writer().table(many).bytes(), Code::too_large, "unpacks to more");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "[";
  refused(Writer().table({{1, deep}}).bytes(), Code::invalid, "broken");
  // Kids without end: each node is another object, so no circle closes.
  Objects chain = {{1, "<< /Names << /EmbeddedFiles 2 0 R >> >>"}};
  for (int i = 2; i < 80; ++i) chain[i] = "<< /Kids [" + std::to_string(i + 1) + " 0 R] >>";
  refused(Writer().table(chain).bytes(), Code::too_large, "tree");
  // Many streams that each are said to end behind the same long stretch of white space.
  std::string specifications;
  Objects wide;
  for (int i = 10; i < 500; i += 2) {
    specifications += std::to_string(i) + " 0 R ";
    wide[i] = "<< /EF << /F " + std::to_string(i + 1) + " 0 R >> >>";
    wide[i + 1] = "<< /Length 500000 >>\nstream\nx";
  }
  wide[1] = "<< /AF [" + specifications + "] >>";
  wide[600] = std::string(2'000'000, ' ') + "\nendstream";
  refused(Writer().table(wide).bytes(), Code::too_large, "more than is followed");
  // A cross-reference that claims more objects than it has bytes, and one of too many objects.
  CHECK(listed(changed(Writer().table(hybrid()).bytes(), "0 1\n0000000000 65535 f",
                       "0 4000000000\n0000000000 65535 f")) == kFound);
  CHECK(listed(changed(Writer().compressed(hybrid()).bytes(), "/Index [0 1", "/Index [0 4000000000"))
            .contains("refused") == false);
}

TEST_CASE("a file that is cut or changed anywhere is an answer") {
  for (const std::string& good : {Writer().table(hybrid()).bytes(), Writer().compressed(hybrid()).bytes()}) {
    for (std::size_t size = 0; size < good.size(); ++size) (void)embedded_files(good.substr(0, size));
    std::size_t found = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string bytes = good;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x15);
      if (listed(bytes) == kFound) ++found;
    }
    CHECK(found > good.size() / 4);
  }
}

TEST_CASE("values are read as the standard writes them") {
  const auto text = [](View written) {
    Reader reader(written);
    const auto value = reader.value();
    return value && value->text() != nullptr ? *value->text() : std::string("no text");
  };
  CHECK(text("(a(b)c\\)\\\\)") == "a(b)c)\\");
  CHECK(text("(\\101\\60\\0\\n\\q)") == std::string("A0\0\nq", 5));
  CHECK(text("(a\\\r\nb\\\nc)") == "abc");
  CHECK(text("<48 65 6>") == "He`");
  CHECK(text(" % comment )\n (x)") == "x");
  CHECK(text("(open") == "no text");
  CHECK(text("<4x>") == "no text");
  Reader reader("[1 -2 +3 4.5 -.6 12 0 R true null /A#20b /#zz << /K [] >>] rest");
  const auto value = reader.value();
  REQUIRE(value);
  REQUIRE(value->array() != nullptr);
  CHECK(value->array()->size() == 11);
  CHECK(*value->array()->at(1).integer() == -2);
  CHECK(*value->array()->at(5).reference() == Reference{12, 0});
  CHECK(value->array()->at(8).name() == "A b");
  CHECK(value->array()->at(9).name() == "#zz");
  CHECK(value->array()->at(10).at("K").array() != nullptr);
  CHECK(reader.word("rest"));
  for (const View bad : {View(""), View("<<"), View("<< 1 2 >>"), View("[1"), View("99999999999999999999"),
                         View("1-2"), View("nul"), View("]"), View("<< /A >>")})
    CHECK_MESSAGE(!Reader(bad).value().has_value(), bad);
}
