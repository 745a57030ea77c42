// SPDX-License-Identifier: Apache-2.0
//
// What names mean while a schema is compiled: prefixes (sch:ns, then the declarations in scope),
// variables, functions, keys and documents.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "documents/schematron/schema.h"
#include "documents/xpath/parser.h"
#include "documents/xpath/program.h"

namespace corridor::schematron {

class Names final : public xpath::Environment {
 public:
  Names(const Schema& schema, xpath::Program& program, const Open& open)
      : schema_(schema), program_(program), open_(open) {}

  // Where the expression stands that is parsed next: its prefixes and its line.
  void at(const Place& place) { place_ = place; }
  [[nodiscard]] std::optional<std::string> space_of(View prefix) const override;
  [[nodiscard]] std::optional<xpath::VariableRef> variable(const std::string& name) const override;
  [[nodiscard]] std::optional<std::uint32_t> function(const std::string& name,
                                                      std::size_t arity) const override;
  [[nodiscard]] std::optional<std::uint32_t> key(const std::string& name) const override;
  [[nodiscard]] Result<std::uint32_t> document(View address) override;

  // "{uri}local" of a name as written in an attribute.
  [[nodiscard]] Result<std::string> expand(View qname) const;

  // Variables: globals are all visible, those of the current pattern first; variables of a rule in
  // the order of their declaration.
  std::uint32_t declare_global(const std::string& name, int pattern);
  void begin_pattern(int pattern) { pattern_ = pattern; }
  void begin_rule() { rule_variables_.clear(); }
  void declare_rule_variable(std::string name) { rule_variables_.push_back(std::move(name)); }
  void declare_function(const std::string& name, std::size_t arity, std::uint32_t number);
  std::uint32_t declare_key(const std::string& name);  // the key set

 private:
  const Schema& schema_;
  xpath::Program& program_;
  const Open& open_;
  Place place_;
  int pattern_ = -1;
  std::map<std::pair<int, std::string>, std::uint32_t> globals_;
  std::map<std::string, std::uint32_t> any_global_;
  std::vector<std::string> rule_variables_;
  std::map<std::pair<std::string, std::size_t>, std::uint32_t> functions_;
  std::map<std::string, std::uint32_t> keys_;
  std::map<std::string, std::uint32_t> documents_;
};

// xsl:function and xsl:key of the schema. First all functions are declared, then their bodies read.
Result<> declare_functions(const Schema& schema, Names& names, xpath::Program& program);
Result<> read_functions(const Schema& schema, Names& names, xpath::Program& program);
Result<> declare_keys(const Schema& schema, Names& names, xpath::Program& program);
Result<> read_keys(const Schema& schema, Names& names, xpath::Program& program);

// An expression at a place: errors get the file and line.
Result<xpath::Parsed> parse_at(const Place& place, View text, Names& names, xpath::Program& program,
                               std::vector<xpath::LocalName> locals = {}, std::uint32_t frame = 0);

}  // namespace corridor::schematron
