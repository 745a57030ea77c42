// SPDX-License-Identifier: Apache-2.0
#include "documents/schematron/names.h"

#include <algorithm>

namespace corridor::schematron {

std::optional<std::string> Names::space_of(View prefix) const {
  if (const auto found = schema_.namespaces.find(prefix); found != schema_.namespaces.end())
    return found->second;
  if (place_.file != nullptr)
    if (const auto space = place_.tree().space_of_prefix(place_.node, prefix))
      return std::string(*space);
  // What every XSLT implementation of Schematron binds in the style sheet that it makes.
  if (prefix == "xs" || prefix == "xsd") return "http://www.w3.org/2001/XMLSchema";
  if (prefix == "fn") return "http://www.w3.org/2005/xpath-functions";
  return std::nullopt;
}

std::optional<xpath::VariableRef> Names::variable(const std::string& name) const {
  for (std::size_t i = rule_variables_.size(); i-- > 0;)
    if (rule_variables_[i] == name)
      return xpath::VariableRef{xpath::Scope::rule, static_cast<std::uint32_t>(i)};
  for (const int scope : {pattern_, -1})
    if (const auto found = globals_.find({scope, name}); found != globals_.end())
      return xpath::VariableRef{xpath::Scope::global, found->second};
  // Variables of other patterns: the usual implementation makes all of them global, and published
  // rule sets rely on it.
  if (const auto found = any_global_.find(name); found != any_global_.end())
    return xpath::VariableRef{xpath::Scope::global, found->second};
  return std::nullopt;
}

std::optional<std::uint32_t> Names::function(const std::string& name, std::size_t arity) const {
  const auto found = functions_.find({name, arity});
  if (found == functions_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint32_t> Names::key(const std::string& name) const {
  const auto found = keys_.find(name);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

Result<std::uint32_t> Names::document(View address) {
  const std::string path = relative_path(place_.file->path, address);
  if (path.empty())
    return fail(Code::invalid,
                "document(\"" + std::string(address) + "\") is not a file of the rules");
  if (const auto found = documents_.find(path); found != documents_.end()) return found->second;
  auto bytes = open_(path);
  if (!bytes) return in_context("document(\"" + path + "\")", std::move(bytes).error());
  auto tree = xml::parse(*bytes);
  if (!tree) return in_context("document(\"" + path + "\")", std::move(tree).error());
  program_.documents.push_back(std::move(*tree));
  program_.document_paths.push_back(path);
  const auto number = static_cast<std::uint32_t>(program_.documents.size());
  documents_.emplace(path, number);
  return number;
}

Result<std::string> Names::expand(View qname) const {
  const std::size_t colon = qname.find(':');
  if (colon == View::npos) return xpath::expanded({}, qname);
  const auto space = space_of(qname.substr(0, colon));
  if (!space) return place_.wrong("the prefix of \"" + std::string(qname) + "\" is not declared");
  return xpath::expanded(*space, qname.substr(colon + 1));
}

std::uint32_t Names::declare_global(const std::string& name, int pattern) {
  const auto number = static_cast<std::uint32_t>(program_.globals.size());
  program_.globals.push_back({name, nullptr, 0});
  globals_.insert_or_assign({pattern, name}, number);
  any_global_.emplace(name, number);
  return number;
}

void Names::declare_function(const std::string& name, std::size_t arity, std::uint32_t number) {
  functions_.insert_or_assign({name, arity}, number);
}

std::uint32_t Names::declare_key(const std::string& name) {
  const auto [at, fresh] =
      keys_.emplace(name, static_cast<std::uint32_t>(program_.key_sets.size()));
  if (fresh) program_.key_sets.emplace_back();
  return at->second;
}

Result<xpath::Parsed> parse_at(const Place& place, View text, Names& names, xpath::Program& program,
                               std::vector<xpath::LocalName> locals, std::uint32_t frame) {
  names.at(place);
  auto parsed =
      xpath::parse({text, std::move(locals), frame}, names, program.names, program.literals);
  if (!parsed) return in_context(place.where(), std::move(parsed).error());
  xpath::analyse(*parsed->expression);
  return std::move(*parsed);
}

}  // namespace corridor::schematron
