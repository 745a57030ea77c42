// SPDX-License-Identifier: Apache-2.0
//
// For tests and benchmarks only: a schema as the style sheet that Saxon runs. Each finding is a
// line "id number", the number being how many elements come before the node.
#pragma once

#include <string>

#include "documents/schematron/schema.h"
#include "documents/schematron/suite_test_files.h"

namespace corridor::suites {

inline std::string as_attribute(View text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      default: out += c;
    }
  }
  return "\"" + out + "\"";
}

inline std::string variable_of(const schematron::LetText& let) {
  return "<xsl:variable name=" + as_attribute(let.name) + " select=" + as_attribute(let.value) +
         "/>\n";
}

inline std::string style_sheet(const schematron::Schema& schema) {
  std::map<std::string, std::string> spaces{{"xs", "http://www.w3.org/2001/XMLSchema"},
                                            {"xsl", "http://www.w3.org/1999/XSL/Transform"}};
  const schematron::SourceFile& first = schema.files.front();
  for (const char* prefix : {"u", "xsd", "fn"})
    if (const auto space = first.tree.space_of_prefix(first.tree.root(), prefix))
      spaces[prefix] = *space;
  for (const auto& [prefix, space] : schema.namespaces) spaces[prefix] = space;
  std::string out = "<xsl:stylesheet version=\"2.0\"";
  for (const auto& [prefix, space] : spaces) out += " xmlns:" + prefix + "=" + as_attribute(space);
  out += ">\n<xsl:output method=\"text\"/>\n";
  for (const schematron::Place& at : schema.functions)
    out += write_document(at.tree(), at.node) + "\n";
  for (const schematron::Place& at : schema.keys) out += write_document(at.tree(), at.node) + "\n";
  for (const auto& let : schema.lets) out += variable_of(let);
  std::string start;
  std::string body;
  for (std::size_t i = 0; i < schema.patterns.size(); ++i) {
    const schematron::PatternText& pattern = schema.patterns[i];
    const std::string mode = "M" + std::to_string(i);
    for (const auto& let : pattern.lets) out += variable_of(let);
    start += "<xsl:apply-templates select=\".\" mode=\"" + mode + "\"/>\n";
    const std::string next = "<xsl:apply-templates select=\"@*|node()\" mode=\"" + mode + "\"/>\n";
    std::size_t priority = pattern.rules.size() + 1;
    for (const schematron::RuleText& rule : pattern.rules) {
      body += "<xsl:template match=" + as_attribute(rule.context) + " mode=\"" + mode +
              "\" priority=\"" + std::to_string(priority--) + "\">\n";
      std::size_t let = 0;
      for (const schematron::AssertionText& assertion : rule.assertions) {
        for (; let < assertion.lets_before; ++let) body += variable_of(rule.lets[let]);
        const std::string test =
            assertion.is_report ? assertion.test : "not(" + assertion.test + ")";
        body +=
            "<xsl:if test=" + as_attribute(test) + "><xsl:value-of select=\"'" + assertion.id +
            "', count(preceding::*) + count(ancestor::*)\"/><xsl:text>&#10;</xsl:text></xsl:if>\n";
      }
      body += next + "</xsl:template>\n";
    }
    body += "<xsl:template match=\"@*|node()|/\" mode=\"" + mode + "\" priority=\"-1\">" + next +
            "</xsl:template>\n";
  }
  return out + "<xsl:template match=\"/\">\n" + start + "</xsl:template>\n" + body +
         "</xsl:stylesheet>\n";
}

}  // namespace corridor::suites
