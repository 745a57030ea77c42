// SPDX-License-Identifier: Apache-2.0
//
// For tests only: one expression, parsed and evaluated on one document by either evaluator, its
// value written as a line.
#pragma once

#include <map>
#include <string>

#include "documents/xpath/fast.h"
#include "documents/xpath/parser.h"

namespace corridor::xpath {

class Standalone final : public Environment {
 public:
  std::map<std::string, std::string, std::less<>> spaces{
      {"a", "urn:a"},
      {"b", "urn:b"},
      {"xs", "http://www.w3.org/2001/XMLSchema"},
      {"fn", "http://www.w3.org/2005/xpath-functions"}};

  std::optional<std::string> space_of(View prefix) const override {
    const auto found = spaces.find(prefix);
    if (found == spaces.end()) return std::nullopt;
    return found->second;
  }
  std::optional<VariableRef> variable(const std::string&) const override { return std::nullopt; }
  std::optional<std::uint32_t> function(const std::string&, std::size_t) const override {
    return std::nullopt;
  }
  std::optional<std::uint32_t> key(const std::string&) const override { return std::nullopt; }
  Result<std::uint32_t> document(View) override {
    return fail(Code::invalid, "there are no documents here");
  }
};

inline std::string shown(Runtime& runtime, const Item& item) {
  if (item.type != Type::node)
    return std::string(type_name(item.type).substr(3)) + ":" + std::string(text_of(runtime, item));
  const xml::Tree& tree = runtime.tree_of(item);
  const xml::Node& n = tree.node(item.node);
  return "node:" + std::string(tree.local(n.name)) + "=" + std::string(runtime.node_text(item));
}

// "OK" and the items, or "ERROR" and the code, or "STATIC" and why.
inline std::string evaluate_alone(View text, const xml::Tree& tree, bool fast) {
  Standalone environment;
  Program program;
  auto parsed = parse({text, {}, 0}, environment, program.names, program.literals);
  if (!parsed) return "STATIC " + parsed.error().why;
  analyse(*parsed->expression);
  if (fast) {
    Optimiser optimiser(program);
    optimiser.expression(parsed->expression);
    // Counted twice, everything that may be kept for a node is.
    optimiser.count_shared(*parsed->expression);
    optimiser.count_shared(*parsed->expression);
    optimiser.mark_shared(*parsed->expression);
  }
  program.names.finish();
  std::unique_ptr<Evaluator> evaluator;
  if (fast) {
    evaluator = std::make_unique<Fast>(program, tree, Time{});
  } else {
    evaluator = std::make_unique<Evaluator>(program, tree, Time{});
  }
  const Seq value = evaluator->run(*parsed->expression, parsed->frame, Focus(node_item(0)));
  if (evaluator->runtime().failed()) return "ERROR " + evaluator->runtime().fault().code;
  std::string out = "OK";
  for (const Item& item : value) out += "\x1e" + shown(evaluator->runtime(), item);
  return out;
}

}  // namespace corridor::xpath
