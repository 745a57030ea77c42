// SPDX-License-Identifier: Apache-2.0
//
// For tests only: seeded expressions of every kind over a small document, to compare evaluators.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace corridor::xpath {

inline constexpr const char* kSampleDocument =
    R"(<r xmlns="urn:a" xmlns:b="urn:b" id="1" b:kind="x y">
  <n>1</n><n>2.50</n><n>-3</n><n/><n>abc</n><b:n u="EUR">10.005</b:n><b:n u="USD">1e2</b:n>
  <s> one  two
 three </s><s>ONE</s><s>a.b-c</s><s>&#228;&#223;&#8364;</s><s/><s>&lt;&amp;&gt;</s>
  <t>true</t><t>false</t><t>1</t><t>0</t>
  <d>2024-02-29</d><d>2023-12-31Z</d><d>2024-13-01</d><dt>2024-02-29T12:30:00+02:00</dt><tm>23:59:59.5</tm>
  <line no="1"><id>A</id><q>5</q><p>2.10</p><cat>S</cat></line>
  <line no="2"><id>B</id><q>0</q><p>7</p><cat>Z</cat><note>x<b:em>y</b:em>z</note></line>
  <line no="3"><id>A</id><q>-1</q><p>0.333</p><cat>S</cat><!--c--><?pi data?></line>
  <tax><cat>S</cat><amount>13.60</amount></tax><tax><cat>Z</cat><amount>0</amount></tax>
</r>)";

class ExpressionMaker {
 public:
  explicit ExpressionMaker(std::uint64_t seed) : random_(seed) {}

  std::string any() {
    depth_ = 0;
    switch (pick(9)) {
      case 0: return number();
      case 1: return text();
      case 2: return boolean();
      case 3: return nodes();
      case 4: return sequence();
      case 5: return calendar();
      default: return pick(2) == 0 ? authored_logic() : authored_value();
    }
  }

 private:
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  std::string one_of(std::initializer_list<const char*> list) {
    return *(list.begin() + pick(list.size()));
  }
  bool deep() { return depth_ > 4; }

  struct Deeper {
    explicit Deeper(int& counter) : depth(counter) { ++depth; }
    ~Deeper() { --depth; }
    int& depth;
  };

  std::string name() {
    return one_of({"a:n", "b:n", "a:s", "a:t", "a:line", "a:id", "a:q", "a:p", "a:cat", "a:tax",
                   "a:amount", "a:note", "*", "a:*", "*:n", "node()", "text()", "a:d", "b:em"});
  }
  std::string predicate() {
    switch (pick(7)) {
      case 0: return "[" + std::to_string(1 + pick(3)) + "]";
      case 1: return "[last()]";
      case 2: return "[position() > " + std::to_string(pick(3)) + "]";
      case 3: return "[. = " + text_literal() + "]";
      case 4: return "[a:cat = 'S']";
      case 5: return "[@no]";
      default: return deep() ? "[1]" : "[" + boolean() + "]";
    }
  }
  std::string step() {
    std::string out;
    switch (pick(12)) {
      case 0: out = "@" + one_of({"id", "no", "u", "*", "b:kind"}); break;
      case 1: return "..";
      case 2: return ".";
      case 3:
        out = one_of({"descendant", "descendant-or-self", "self", "following-sibling",
                      "preceding-sibling", "ancestor", "ancestor-or-self", "parent", "following",
                      "preceding", "child"}) +
              "::" + name();
        break;
      default: out = name();
    }
    if (pick(4) == 0) out += predicate();
    return out;
  }
  std::string nodes() {
    const Deeper deeper(depth_);
    switch (pick(deep() ? 4 : 9)) {
      case 0: return "/a:r/" + step();
      case 1: return "//" + name();
      case 2: return "/a:r/a:line/" + step();
      case 3: return "//" + name() + "/" + step();
      case 4: return "(" + nodes() + " | " + nodes() + ")";
      case 5: return "(" + nodes() + ")" + predicate();
      case 6: return "//a:line" + predicate() + "/" + step();
      case 7: return "(" + nodes() + one_of({" intersect ", " except "}) + nodes() + ")";
      default: return nodes() + "/" + step();
    }
  }
  std::string number_literal() {
    return one_of({"0", "1", "2", "3", "-1", "0.5", "2.50", "1e1", "100", "7", "0.333", "1.005",
                   "12345678901234567890", "-2.5", "3.5"});
  }
  std::string number() {
    const Deeper deeper(depth_);
    switch (pick(deep() ? 3 : 19)) {
      case 0:
      case 1: return number_literal();
      case 2:
        return "count(" + one_of({"//a:n", "//a:line", "//a:s", "//@*", "()", "//a:zz"}) + ")";
      case 3: return "(" + number() + one_of({" + ", " - ", " * "}) + number() + ")";
      case 4: return "(" + number() + one_of({" div ", " idiv ", " mod "}) + number() + ")";
      case 5: return "round(" + number() + ")";
      case 6: return one_of({"floor", "ceiling", "abs"}) + "(" + number() + ")";
      case 7: return "number(" + text() + ")";
      case 8:
        return "xs:decimal(" +
               one_of({"'1.10'", "' 12 '", "'x'", "''", "//a:p[1]", "1e0", "true()", "0.1e0"}) +
               ")";
      case 9:
        return "xs:integer(" + one_of({"'12'", "'1.5'", "3.7", "-3.7", "1e3", "false()", "'  7'"}) +
               ")";
      case 10: return "string-length(" + text() + ")";
      case 11:
        return one_of({"sum", "avg", "max", "min"}) + "(" +
               one_of({"//a:q", "//a:p", "//a:line/xs:decimal(a:p)", "(1, 2.5, 3)", "()", "//a:zz",
                       "(1e0, 2)"}) +
               ")";
      case 12: return "(if (" + boolean() + ") then " + number() + " else " + number() + ")";
      case 13: return "sum(for $x in //a:line return $x/a:q * $x/a:p)";
      case 14: return "round-half-to-even(" + number() + ", " + std::to_string(pick(4)) + ")";
      case 15: return "(" + nodes() + ")[1]";
      case 16: return "-" + number();
      case 17: return "xs:double(" + number() + ")";
      default: return "string-to-codepoints(" + text() + ")[1]";
    }
  }
  std::string text_literal() {
    return one_of({"'S'", "'A'", "'one'", "''", "'true'", "'1'", "'ONE'", "'a.b-c'", "' one  two '",
                   "'EUR'", "'2024-02-29'", "'äß€'", "'it''s'"});
  }
  std::string text() {
    const Deeper deeper(depth_);
    switch (pick(deep() ? 3 : 18)) {
      case 0:
      case 1: return text_literal();
      case 2: return "string((" + nodes() + ")[1])";
      case 3:
        return "concat(" + text() + ", " + one_of({"'-'", "1.50", "2e0", "true()", "()"}) + ")";
      case 4: return "substring(" + text() + ", " + number() + ")";
      case 5: return "substring(" + text() + ", " + number() + ", " + number() + ")";
      case 6: return "normalize-space(" + text() + ")";
      case 7: return one_of({"upper-case", "lower-case"}) + "(" + text() + ")";
      case 8: return "translate(" + text() + ", 'abcé', 'ABC')";
      case 9:
        return one_of({"substring-before", "substring-after"}) + "(" + text() + ", " +
               text_literal() + ")";
      case 10:
        return "string-join(//a:" + one_of({"id", "cat", "s", "n"}) + ", '" +
               one_of({"", ",", " "}) + "')";
      case 11:
        return "replace(" + text() + ", '" +
               one_of({"[a-z]", "o", "\\s+", "(.)(.)", "\\d", "x*", "[^A-Z]", "^."}) + "', '" +
               one_of({"", "-", "$1", "$0$0", "\\$"}) + "')";
      case 12: return "string(" + number() + ")";
      case 13: return "string(" + boolean() + ")";
      case 14: return one_of({"name", "local-name", "namespace-uri"}) + "((" + nodes() + ")[1])";
      case 15: return "xs:string(" + calendar() + ")";
      case 16: return "codepoints-to-string((65, 228, 8364))";
      default: return "(if (" + boolean() + ") then " + text() + " else " + text() + ")";
    }
  }
  std::string comparison() { return one_of({" = ", " != ", " < ", " <= ", " > ", " >= "}); }
  std::string value_comparison() {
    return one_of({" eq ", " ne ", " lt ", " le ", " gt ", " ge "});
  }
  std::string boolean() {
    const Deeper deeper(depth_);
    switch (pick(deep() ? 4 : 22)) {
      case 0: return one_of({"true()", "false()"});
      case 1: return "exists(" + one_of({"//a:n", "//a:zz", "/a:r/a:line[a:q > 1]", "//@u"}) + ")";
      case 2:
        return "(" + one_of({"//a:q", "//a:n[1]", "//a:p", "//a:amount"}) + comparison() +
               number_literal() + ")";
      case 3: return "(//a:cat" + one_of({" = ", " != "}) + text_literal() + ")";
      case 4: return "not(" + boolean() + ")";
      case 5: return "(" + boolean() + one_of({" and ", " or "}) + boolean() + ")";
      case 6: return "(" + number() + comparison() + number() + ")";
      case 7: return "(" + text() + comparison() + text() + ")";
      case 8: return "(" + nodes() + comparison() + nodes() + ")";
      case 9: return "(" + number() + value_comparison() + number() + ")";
      case 10: return "(" + text() + value_comparison() + text() + ")";
      case 11:
        return one_of({"contains", "starts-with", "ends-with"}) + "(" + text() + ", " + text() +
               ")";
      case 12:
        return "matches(" + text() + ", '" +
               one_of({"^[A-Z]+$", "\\d", "^\\s*$", "o", "(a|b)\\.", ".", "[\\w-]+", "^.{1,3}$",
                       "\\p{L}", "[^\\s]"}) +
               "')";
      case 13:
        return one_of({"some", "every"}) + " $x in " + nodes() + " satisfies ($x" + comparison() +
               number_literal() + ")";
      case 14:
        return "(" +
               one_of({"'1'", "'x'", "'2024-02-29'", "'true'", "''", "' 5 '", "1.5", "//a:d[1]",
                       "//a:d[3]", "()", "'23:00:00'"}) +
               " castable as xs:" +
               one_of({"integer", "decimal", "date", "boolean", "double", "time", "string",
                       "dateTime"}) +
               one_of({"", "?"}) + ")";
      case 15: return "(" + calendar() + comparison() + calendar() + ")";
      case 16:
        return "boolean(" +
               one_of({"//a:n", "//a:zz", "''", "'x'", "0", "1", "()", "(1, 2)", "//a:t[2]"}) + ")";
      case 17:
        return "((" + nodes() + ")[1]" + one_of({" is ", " << ", " >> "}) + "(" + nodes() + ")[1])";
      case 18:
        return "(" + sequence() + " instance of " +
               one_of({"xs:integer", "item()*", "node()+", "element()*", "xs:string", "xs:decimal?",
                       "empty-sequence()", "text()*"}) +
               ")";
      case 19: return "deep-equal(" + nodes() + ", " + nodes() + ")";
      case 20:
        return "(//a:t[" + std::to_string(1 + pick(4)) + "] = " + one_of({"true()", "false()"}) +
               ")";
      default: return "contains(' S A EUR ', concat(' ', " + text() + ", ' '))";
    }
  }
  std::string calendar() {
    const Deeper deeper(depth_);
    switch (pick(deep() ? 2 : 9)) {
      case 0:
        return "xs:date(" +
               one_of({"'2024-02-29'", "'2023-12-31Z'", "'2024-03-01+14:00'", "//a:d[1]",
                       "'2023-02-29'"}) +
               ")";
      case 1:
        return "xs:dateTime('2024-02-29T" +
               one_of({"00:00:00", "23:59:59.999Z", "24:00:00", "12:00:00-05:00"}) + "')";
      case 2:
        return "(xs:date('2024-02-29') + xs:dayTimeDuration('" + one_of({"P1D", "-P60D", "PT25H"}) +
               "'))";
      case 3:
        return "(xs:date('2024-01-31') + xs:yearMonthDuration('" + one_of({"P1M", "-P11M", "P1Y"}) +
               "'))";
      case 4:
        return "(xs:date('2024-03-01') - xs:date('" +
               one_of({"2024-02-01", "2023-03-01", "2024-03-02Z"}) + "'))";
      case 5:
        return one_of({"year-from-date", "month-from-date", "day-from-date"}) +
               "(xs:date('2024-02-29'))";
      case 6:
        return "adjust-date-to-timezone(xs:date('2024-02-29+10:00'), xs:dayTimeDuration('" +
               one_of({"PT0S", "-PT5H", "PT14H"}) + "'))";
      case 7:
        return "xs:dayTimeDuration('" + one_of({"P1DT2H", "PT90M", "-PT1.5S", "P0D", "PT86400S"}) +
               "')" + one_of({"", " * 2", " div 3", " + xs:dayTimeDuration('PT1H')"});
      default:
        return "dateTime(xs:date('2024-02-29'), xs:time('" +
               one_of({"12:00:00", "12:00:00Z", "00:00:00.001"}) + "'))";
    }
  }
  // The shapes that published rules have, and the ones that their authors are likely to use next.
  std::string authored_logic() {
    switch (pick(14)) {
      case 0:
        return "every $l in //a:line satisfies " + one_of({"xs:decimal", "number", "xs:double"}) +
               "($l/a:q)" + comparison() + number_literal();
      case 1:
        return "some $x in " + nodes() + ", $y in " + nodes() + " satisfies $x" +
               one_of({" << ", " is ", " = ", " >> ", " lt "}) + "$y";
      case 2:
        return "if (" + boolean() + ") then (" + boolean() + ") else if (" + boolean() +
               ") then " + boolean() + " else " + boolean();
      case 3:
        return "abs(" + number() + " - " + number() + ") le " + one_of({"0.01", "1", "0.5e0"});
      case 4:
        return "(" + one_of({"'7'", "' true '", "//a:t[1]", "//a:n[2]", "''", "'2024-02-29'",
                             "1.9", "-0.0e0", "xs:date('2024-02-29')", "'PT1H'", "'1.5E3'"}) +
               ") cast" + one_of({"able", ""}) + " as xs:" +
               one_of({"integer", "decimal", "double", "float", "boolean", "date", "dateTime",
                       "time", "string", "untypedAtomic", "nonNegativeInteger", "token", "anyURI",
                       "dayTimeDuration"}) +
               one_of({"", "?"});
      case 5:
        return "//a:line[" + one_of({"position() mod 2 = 1", "position() = last()", "last() > 2",
                                     "not(@no = preceding-sibling::a:line/@no)", "a:q * a:p > 5",
                                     "a:cat = //a:tax/a:cat", "string-length(a:id) = 1"}) +
               "]/" + one_of({"@no", "a:id", "string(a:cat)", "number(a:q)", "count(*)"});
      case 6:
        return "matches(" + text() + ", '" +
               one_of({"^[A-Za-z0-9]{1,4}$", "^\\d{4}-\\d{2}-\\d{2}$", "^(\\+|-)?\\d+(\\.\\d{2})?$",
                       "[^\\d\\s]", "^\\S+@\\S+$", "(one|two)", "^.*?b", "\\i\\c*", "^\\p{Lu}+$"}) +
               "'" + one_of({"", ", 'i'", ", 'x'", ", 's'", ", 'm'"}) + ")";
      case 7:
        return "count(distinct-values(" + one_of({"//a:line/a:cat", "//a:id", "//a:line/a:q",
                                                  "//@no", "//a:n/number(.)"}) +
               "))" + comparison() + "count(" + nodes() + ")";
      case 8:
        return calendar() + value_comparison() + calendar();
      case 9:
        return "not(" + nodes() + "[normalize-space(.)" + comparison() + text_literal() + "])";
      case 10:
        return "normalize-space(" + text() + ") = tokenize('S Z AE E', '\\s')";
      case 11:
        return "exists(index-of(" + one_of({"(1, 2, 3)", "//a:cat", "('S', 'Z')"}) + ", " +
               one_of({"2", "'S'", "3.0", "//a:cat[1]"}) + "))";
      case 12:
        return "(" + number() + ") mod 97 = " + one_of({"0", "1", "13"});
      default:
        return "deep-equal(" + sequence() + ", " + sequence() + ")";
    }
  }
  std::string authored_value() {
    switch (pick(18)) {
      case 0:
        return "string-join(for $x in " + nodes() + " return " +
               one_of({"string($x)", "name($x)", "upper-case($x)", "normalize-space($x)"}) + ", " +
               one_of({"', '", "''", "'-'"}) + ")";
      case 1:
        return "replace(" + text() + ", '" +
               one_of({"([A-Z])(\\d)?", "\\s+", "[^a-z]", "(.)(.)", "o", "^(.*)-(.*)$"}) + "', '" +
               one_of({"$1", "", "-", "$2$1", "\\$", "[$0]"}) + "')";
      case 2: return "tokenize(" + text() + ", '" + one_of({"\\s+", "\\.", ",\\s*", "[.-]"}) + "')[" +
                     one_of({"1", "last()", "2", ". != ''"}) + "]";
      case 3:
        return "round(sum(//a:line/(xs:decimal(a:q) * xs:decimal(a:p))) * " +
               one_of({"100", "10 * 10", "1000"}) + ") div " + one_of({"100", "1000", "3"});
      case 4:
        return "for $a in " + sequence() + ", $b in (1, 'x') return " +
               one_of({"$b", "($a, $b)", "concat(string($b), '.')", "count(($a, $b))"});
      case 5: return "(" + number() + " " + one_of({"div", "idiv", "mod", "*", "-"}) + " " + number() + ")";
      case 6:
        return one_of({"days", "hours", "minutes", "seconds"}) + "-from-duration(" +
               one_of({"xs:date('2024-03-01') - xs:date('2023-12-24')",
                       "xs:dateTime('2024-02-29T12:30:00Z') - xs:dateTime('2024-02-28T13:45:30.5Z')",
                       "xs:dayTimeDuration('-P1DT25H')"}) +
               ")";
      case 7:
        return one_of({"year", "month", "day", "hours", "minutes", "seconds", "timezone"}) +
               "-from-dateTime(xs:dateTime(" +
               one_of({"//a:dt", "'1999-12-31T24:00:00'", "'2024-02-29T23:59:59.25-05:00'"}) + "))";
      case 8:
        return one_of({"max", "min"}) + "((" +
               one_of({"xs:date('2024-02-29'), xs:date('2023-12-31')", "'b', 'a', 'ä'",
                       "1, 2.5, 3e0", "//a:q", "//a:line/number(a:p)", "xs:float('1.5'), 1"}) +
               "))";
      case 9:
        return "sum(for $i in 1 to string-length('" + one_of({"4012345", "978020137962", "1"}) +
               "') return number(substring('4012345678901', $i, 1)) * (if ($i mod 2 = 1) then 3 "
               "else 1)) mod 10";
      case 10:
        return "//a:" + one_of({"line", "id", "note", "s"}) + "[1]/" +
               one_of({"ancestor", "following", "preceding", "following-sibling",
                       "preceding-sibling", "descendant", "ancestor-or-self"}) +
               "::" + name() + one_of({"[1]", "[last()]", ""}) + "/" +
               one_of({"name()", "string(.)", "count(*)", "position()", "."});
      case 11:
        return "string(" + one_of({"1e15", "1e-7", "123456789012345678", "1.50", "xs:float('0.1')",
                                   "1 div 3", "2e0 div 3", "-0e0", "1e0 div 0", "100000000e0",
                                   "xs:decimal('1e')", "0.000001", "1e6", "xs:float('16777217')"}) +
               ")";
      case 12: return "translate(" + text() + ", '" + one_of({"abcS", " ", "ä", "OoNn"}) + "', '" +
                      one_of({"AB", "", "xyz"}) + "')";
      case 13: return "subsequence(" + sequence() + ", " + one_of({"2", "0", "1.5", "-1"}) +
                      one_of({"", ", 2", ", 0.5"}) + ")";
      case 14:
        return "string-to-codepoints(" + text() + ")[. gt 64]";
      case 15:
        return "for $x in //a:line return ($x/a:q, $x/@no)[" + one_of({"1", "2", "last()"}) + "]";
      case 16:
        return "//a:line/(" + one_of({"a:q, a:p", "if (a:q > 0) then a:id else a:cat",
                                      "a:id | a:cat", "xs:decimal(a:q) + xs:decimal(a:p)",
                                      "normalize-space(upper-case(a:cat)) = 'S'", "@no/.."}) + ")";
      default:
        return "adjust-dateTime-to-timezone(xs:dateTime('2024-02-29T12:00:00" +
               one_of({"Z", "", "+02:00"}) + "'), " +
               one_of({"xs:dayTimeDuration('PT2H')", "()", "xs:dayTimeDuration('-PT5H30M')"}) + ")";
    }
  }
  std::string sequence() {
    const Deeper deeper(depth_);
    switch (pick(deep() ? 3 : 14)) {
      case 0: return "(" + number_literal() + ", " + text_literal() + ")";
      case 1: return "()";
      case 2: return "(1 to " + std::to_string(pick(6)) + ")";
      case 3:
        return "distinct-values(" +
               one_of({"//a:cat", "//a:id", "(1, 1.0, 'a', 'a', 1e0)", "//a:n"}) + ")";
      case 4: return "reverse(" + nodes() + ")";
      case 5: return "tokenize(" + text() + ", '" + one_of({"\\s+", "-", ",", "\\.", "o"}) + "')";
      case 6:
        return "for $x in " + nodes() + " return " +
               one_of({"string($x)", "count($x/*)", "$x/@no", "name($x)"});
      case 7: return "subsequence((1 to 5), " + number() + ", " + number() + ")";
      case 8: return "index-of((1, 2, 'a', 2), " + one_of({"2", "'a'", "2.0"}) + ")";
      case 9: return "insert-before((1, 2, 3), " + std::to_string(pick(5)) + ", ('x', 'y'))";
      case 10: return "remove((1, 2, 3), " + std::to_string(pick(5)) + ")";
      case 11: return "data(" + nodes() + ")";
      case 12:
        return "//a:line/" + one_of({"xs:decimal(a:p)", "normalize-space(a:id)", "(a:id, a:q)",
                                     "string(@no)", "(a:q * a:p)"});
      default: return "(" + sequence() + ", " + sequence() + ")";
    }
  }

  std::mt19937_64 random_;
  int depth_ = 0;
};

}  // namespace corridor::xpath
