// SPDX-License-Identifier: Apache-2.0
#include "documents/schematron/svrl.h"

namespace corridor::schematron {

namespace {

void append_escaped(std::string& out, View text) {
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      case '\r': out += "&#13;"; break;
      default: out += c;
    }
  }
}

void append_attribute(std::string& out, View name, View value) {
  if (value.empty()) return;
  out.append(" ").append(name).append("=\"");
  append_escaped(out, value);
  out += '"';
}

std::string named_step(View axis, const xml::Tree& tree, const xml::Node& n) {
  std::string out("/");
  out.append(axis).append("*:").append(tree.local(n.name));
  out.append("[namespace-uri()='").append(tree.space(n.name)).append("']");
  return out;
}

void append_hit(std::string& out, const AssertionFacts& facts, const Hit& hit,
                const xml::Tree& tree) {
  const bool report = facts.is_report && !hit.rule_error;
  out += report ? "  <svrl:successful-report" : "  <svrl:failed-assert";
  append_attribute(out, "id", facts.id);
  const bool computed =
      hit.rule_error || facts.flag.starts_with('$') || hit.severity != facts.severity;
  append_attribute(out, "flag", computed ? severity_name(hit.severity) : View(facts.flag));
  append_attribute(out, "role", facts.role);
  append_attribute(out, "location", svrl_location(tree, hit.node));
  append_attribute(out, "test", facts.test);
  out += ">\n    <svrl:text>";
  append_escaped(out, hit.text);
  out += report ? "</svrl:text>\n  </svrl:successful-report>\n"
                : "</svrl:text>\n  </svrl:failed-assert>\n";
}

}  // namespace

std::string svrl_location(const xml::Tree& tree, xml::NodeId node) {
  if (node == 0) return "/";
  std::string steps;
  for (; node != 0; node = tree.node(node).parent) {
    const xml::Node& n = tree.node(node);
    std::string step;
    switch (n.kind) {
      case xml::Kind::attribute: step = named_step("@", tree, n); break;
      case xml::Kind::text: step = "/text()"; break;
      case xml::Kind::comment: step = "/comment()"; break;
      case xml::Kind::instruction: step = "/processing-instruction()"; break;
      default: step = named_step({}, tree, n);
    }
    if (n.kind != xml::Kind::attribute) {
      std::size_t nth = 0;
      for (auto id = tree.first_child(n.parent); id <= node; id = tree.next_sibling(id))
        if (tree.node(id).kind == n.kind && tree.node(id).name == n.name) ++nth;
      step.append("[").append(std::to_string(nth)).append("]");
    }
    steps.insert(0, step);
  }
  return steps;
}

void append_svrl(std::string& out, const RuleSet& rules, const Outcome& outcome,
                 const xml::Tree& tree) {
  std::size_t next = 0;
  for (std::uint32_t pattern = 0; pattern < rules.facts().patterns; ++pattern) {
    out += "  <svrl:active-pattern";
    append_attribute(out, "id", rules.pattern_id(pattern));
    out += "/>\n";
    const Hit* previous = nullptr;
    for (; next < outcome.hits.size() && outcome.hits[next].pattern == pattern; ++next) {
      const Hit& hit = outcome.hits[next];
      if (previous == nullptr || previous->rule != hit.rule || previous->node != hit.node) {
        out += "  <svrl:fired-rule";
        append_attribute(out, "context", rules.rule_context(pattern, hit.rule));
        out += "/>\n";
      }
      previous = &hit;
      append_hit(out, rules.assertion(hit), hit, tree);
    }
  }
}

std::string write_svrl(const RuleSet& rules, const Outcome& outcome, const xml::Tree& tree) {
  std::string run;
  append_svrl(run, rules, outcome, tree);
  return svrl_document(run, rules.facts().title);
}

void append_svrl(std::string& out, View pattern, std::span<const Finding> findings) {
  out += "  <svrl:active-pattern";
  append_attribute(out, "id", pattern);
  out += "/>\n";
  for (const Finding& finding : findings) {
    out += "  <svrl:failed-assert";
    append_attribute(out, "id", finding.rule);
    append_attribute(out, "flag", severity_name(finding.severity));
    append_attribute(out, "location", finding.path.empty() ? "/" : View(finding.path));
    out += ">\n    <svrl:text>";
    append_escaped(out, finding.text);
    out += "</svrl:text>\n  </svrl:failed-assert>\n";
  }
}

std::string svrl_document(View runs, View title) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svrl:schematron-output xmlns:svrl=\"http://purl.oclc.org/dsdl/svrl\"";
  append_attribute(out, "title", title);
  return out.append(">\n").append(runs).append("</svrl:schematron-output>\n");
}

}  // namespace corridor::schematron
