// SPDX-License-Identifier: Apache-2.0
// xsl:function and xsl:key where rule sets have them. Of XSLT's instructions the ones that compute
// a value are understood (param, variable, sequence, value-of, text, choose, if); the rest is
// refused.
#include "documents/schematron/names.h"
#include "documents/xpath/atomic.h"

namespace corridor::schematron {

namespace {

using xpath::Expression;
using xpath::ExpressionPtr;
using xpath::Op;

class Body {
 public:
  Body(Names& names, xpath::Program& program) : names_(names), program_(program) {}

  Result<ExpressionPtr> function(const Place& at, std::uint32_t& frame) {
    const xml::Tree& tree = at.tree();
    xml::NodeId id = tree.first_child(at.node);
    for (; id != xml::kNone; id = tree.next_sibling(id)) {
      const Place child{at.file, id};
      if (skippable(child)) continue;
      if (tree.node(id).kind != xml::Kind::element || !child.is(kXsltSpace, "param")) break;
      names_.at(child);
      TRY_ASSIGN(std::string name, names_.expand(child.attribute("name")));
      locals_.push_back({std::move(name), frame_++});
    }
    TRY_ASSIGN(ExpressionPtr body, constructor(at, id));
    frame = frame_;
    return body;
  }

 private:
  static bool skippable(const Place& at) {
    const xml::Node& n = at.tree().node(at.node);
    if (n.kind == xml::Kind::text) return xpath::trim(at.tree().value(n)).empty();
    return n.kind != xml::Kind::element;
  }

  ExpressionPtr make(Op op) {
    auto out = std::make_unique<Expression>();
    out->op = op;
    return out;
  }
  ExpressionPtr literal(View text) {
    auto out = make(Op::literal);
    Arena& arena = program_.literals;
    out->literal = xpath::one(arena, xpath::text_item(arena.copy(text)));
    return out;
  }
  using Arena = xpath::Arena;

  Result<ExpressionPtr> parse(const Place& at, View text) {
    TRY_ASSIGN(xpath::Parsed parsed, parse_at(at, text, names_, program_, locals_, frame_));
    frame_ = parsed.frame;
    return std::move(parsed.expression);
  }

  // A sequence constructor from `id` on. A variable is in scope of what follows it.
  Result<ExpressionPtr> constructor(const Place& parent, xml::NodeId id) {
    const xml::Tree& tree = parent.tree();
    auto out = make(Op::sequence);
    for (; id != xml::kNone; id = tree.next_sibling(id)) {
      const Place child{parent.file, id};
      if (skippable(child)) continue;
      if (tree.node(id).kind == xml::Kind::text) {
        out->args.push_back(text(tree.value(tree.node(id))));
        continue;
      }
      if (child.is(kXsltSpace, "variable")) {
        TRY_ASSIGN(ExpressionPtr value, variable(child));
        names_.at(child);
        TRY_ASSIGN(std::string name, names_.expand(child.attribute("name")));
        auto let = make(Op::let);
        let->slot = frame_++;
        locals_.push_back({std::move(name), let->slot});
        TRY_ASSIGN(ExpressionPtr rest, constructor(parent, tree.next_sibling(id)));
        locals_.pop_back();
        let->args.push_back(std::move(value));
        let->args.push_back(std::move(rest));
        out->args.push_back(std::move(let));
        break;
      }
      TRY_ASSIGN(ExpressionPtr part, instruction(child));
      out->args.push_back(std::move(part));
    }
    if (out->args.size() == 1) return std::move(out->args[0]);
    return out;
  }

  Result<ExpressionPtr> content(const Place& at) {
    return constructor(at, at.tree().first_child(at.node));
  }

  ExpressionPtr text(View value) {
    auto out = make(Op::fragment);
    out->args.push_back(literal(value));
    return out;
  }

  Result<ExpressionPtr> instruction(const Place& at) {
    if (at.space() != kXsltSpace)
      return at.wrong("the element \"" + std::string(at.local()) +
                      "\" is not supported in a function");
    const View local = at.local();
    if (local == "sequence") return parse(at, at.attribute("select"));
    if (local == "value-of") return value_of(at);
    if (local == "text") return text(at.tree().string_value(at.node));
    if (local == "choose") return choose(at);
    if (local == "if") {
      auto out = make(Op::if_);
      TRY_ASSIGN(ExpressionPtr test, parse(at, at.attribute("test")));
      TRY_ASSIGN(ExpressionPtr yes, content(at));
      out->args.push_back(std::move(test));
      out->args.push_back(std::move(yes));
      out->args.push_back(make(Op::sequence));
      return out;
    }
    return at.wrong("xsl:" + std::string(local) + " is not supported");
  }

  Result<ExpressionPtr> value_of(const Place& at) {
    auto out = make(Op::fragment);
    const bool select = at.has("select");
    if (at.has("separator") || !select) {
      out->separated = true;
      out->text = at.attribute("separator");
    }
    TRY_ASSIGN(ExpressionPtr value, select ? parse(at, at.attribute("select")) : content(at));
    out->args.push_back(std::move(value));
    return out;
  }

  Result<ExpressionPtr> choose(const Place& at) {
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> branches;
    ExpressionPtr otherwise = make(Op::sequence);
    const xml::Tree& tree = at.tree();
    for (auto id = tree.first_child(at.node); id != xml::kNone; id = tree.next_sibling(id)) {
      const Place child{at.file, id};
      if (skippable(child)) continue;
      if (child.is(kXsltSpace, "when")) {
        TRY_ASSIGN(ExpressionPtr test, parse(child, child.attribute("test")));
        TRY_ASSIGN(ExpressionPtr yes, content(child));
        branches.emplace_back(std::move(test), std::move(yes));
      } else if (child.is(kXsltSpace, "otherwise")) {
        TRY_ASSIGN(otherwise, content(child));
      } else {
        return child.wrong("this is not supported in xsl:choose");
      }
    }
    for (auto it = branches.rbegin(); it != branches.rend(); ++it) {
      auto out = make(Op::if_);
      out->args.push_back(std::move(it->first));
      out->args.push_back(std::move(it->second));
      out->args.push_back(std::move(otherwise));
      otherwise = std::move(out);
    }
    return otherwise;
  }

  Result<ExpressionPtr> variable(const Place& at) {
    const bool select = at.has("select");
    TRY_ASSIGN(ExpressionPtr value, select ? parse(at, at.attribute("select")) : content(at));
    if (at.has("as")) {
      names_.at(at);
      auto type = xpath::parse_sequence_type(at.attribute("as"), names_, program_.names);
      if (!type) return in_context(at.where(), std::move(type).error());
      auto out = make(Op::convert);
      out->type = *type;
      out->args.push_back(std::move(value));
      return out;
    }
    if (select) return value;
    if (value->op == Op::sequence && value->args.empty()) return literal({});
    auto out = make(Op::temporary);
    out->args.push_back(std::move(value));
    return out;
  }

  Names& names_;
  xpath::Program& program_;
  std::vector<xpath::LocalName> locals_;
  std::uint32_t frame_ = 0;
};

Result<xpath::SequenceType> declared_type(const Place& at, Names& names, xpath::Program& program) {
  xpath::SequenceType any;
  any.occurrence = xpath::Occurrence::many;
  if (!at.has("as")) return any;
  names.at(at);
  auto type = xpath::parse_sequence_type(at.attribute("as"), names, program.names);
  if (!type) return in_context(at.where(), std::move(type).error());
  return *type;
}

}  // namespace

Result<> declare_functions(const Schema& schema, Names& names, xpath::Program& program) {
  for (const Place& at : schema.functions) {
    xpath::Function function;
    names.at(at);
    TRY_ASSIGN(function.name, names.expand(at.attribute("name")));
    TRY_ASSIGN(function.result, declared_type(at, names, program));
    const xml::Tree& tree = at.tree();
    for (auto id = tree.first_child(at.node); id != xml::kNone; id = tree.next_sibling(id)) {
      const Place child{at.file, id};
      if (tree.node(id).kind != xml::Kind::element || !child.is(kXsltSpace, "param")) continue;
      TRY_ASSIGN(auto type, declared_type(child, names, program));
      function.parameters.push_back(type);
    }
    names.declare_function(function.name, function.parameters.size(),
                           static_cast<std::uint32_t>(program.functions.size()));
    program.functions.push_back(std::move(function));
  }
  return {};
}

Result<> read_functions(const Schema& schema, Names& names, xpath::Program& program) {
  for (std::size_t i = 0; i < schema.functions.size(); ++i) {
    xpath::Function& function = program.functions[i];
    TRY_ASSIGN(function.body, Body(names, program).function(schema.functions[i], function.frame));
    xpath::analyse(*function.body);
  }
  return {};
}

Result<> declare_keys(const Schema& schema, Names& names, xpath::Program& program) {
  for (const Place& at : schema.keys) {
    xpath::KeyDefinition key;
    names.at(at);
    TRY_ASSIGN(key.name, names.expand(at.attribute("name")));
    const std::uint32_t set = names.declare_key(key.name);
    program.key_sets[set].push_back(static_cast<std::uint32_t>(program.keys.size()));
    program.keys.push_back(std::move(key));
  }
  return {};
}

Result<> read_keys(const Schema& schema, Names& names, xpath::Program& program) {
  for (std::size_t i = 0; i < schema.keys.size(); ++i) {
    const Place& at = schema.keys[i];
    xpath::KeyDefinition& key = program.keys[i];
    if (!at.has("use")) return at.wrong("an xsl:key without use is not supported");
    TRY_ASSIGN(auto match, parse_at(at, at.attribute("match"), names, program));
    key.match =
        xpath::make_pattern(std::move(match.expression), match.frame, program.general_patterns);
    TRY_ASSIGN(auto use, parse_at(at, at.attribute("use"), names, program));
    key.use = std::move(use.expression);
    key.frame = use.frame;
  }
  return {};
}

}  // namespace corridor::schematron
