// SPDX-License-Identifier: Apache-2.0
// Functions on nodes (F&O §14) and the ones whose answer the evaluators know.
#include <array>

#include "documents/xpath/functions.h"

namespace corridor::xpath {

namespace {

using Args = std::span<const Seq>;

Seq text(Runtime& runtime, View value) { return one(*runtime.arena, text_item(value)); }

// fn:name($arg as node()?) as xs:string: with the prefix of the document.
Seq fn_name(Runtime& runtime, Args args) {
  const auto node = node_argument(runtime, args[0], "name");
  if (!node || node->type != Type::node) return text(runtime, {});
  const xml::Tree& tree = runtime.tree_of(*node);
  const xml::Node& n = tree.node(node->node);
  if (n.prefix == 0) return text(runtime, tree.local(n.name));
  return text(runtime, runtime.arena->copy(View(tree.qname(node->node))));
}

Seq fn_local_name(Runtime& runtime, Args args) {
  const auto node = node_argument(runtime, args[0], "local-name");
  if (!node || node->type != Type::node) return text(runtime, {});
  return text(runtime, runtime.tree_of(*node).local(runtime.node_of(*node).name));
}

Seq fn_namespace_uri(Runtime& runtime, Args args) {
  const auto node = node_argument(runtime, args[0], "namespace-uri");
  const View uri = node && node->type == Type::node
                       ? runtime.tree_of(*node).space(runtime.node_of(*node).name)
                       : View{};
  return one(*runtime.arena, text_item(uri, Type::any_uri));
}

// fn:root($arg as node()?) as node()?
Seq fn_root(Runtime& runtime, Args args) {
  const auto node = node_argument(runtime, args[0], "root");
  if (!node) return {};
  return one(*runtime.arena, node->type == Type::node ? node_item(0, node->tree) : *node);
}

// fn:lang($testlang as xs:string?, $node as node()) as xs:boolean
Seq fn_lang(Runtime& runtime, Args args) {
  const View wanted = string_argument(runtime, args[0], "lang");
  const auto node = node_argument(runtime, args[1], "lang");
  if (!node || node->type != Type::node) return one(*runtime.arena, boolean_item(false));
  const xml::Tree& tree = runtime.tree_of(*node);
  const xml::NameId name = tree.find_name("http://www.w3.org/XML/1998/namespace", "lang");
  const auto folded = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  bool same = false;
  for (xml::NodeId id = node->node; name != 0 && id != xml::kNone; id = tree.node(id).parent) {
    const xml::NodeId attribute = tree.attribute(id, name);
    if (attribute == xml::kNone) continue;
    const View value = tree.value(tree.node(attribute));
    same = value.size() >= wanted.size() &&
           (value.size() == wanted.size() || value[wanted.size()] == '-');
    for (std::size_t i = 0; same && i < wanted.size(); ++i)
      same = folded(value[i]) == folded(wanted[i]);
    break;
  }
  return one(*runtime.arena, boolean_item(same));
}

// generate-id($node as node()?) as xs:string (XSLT 2.0 §16.6.4)
Seq fn_generate_id(Runtime& runtime, Args args) {
  const auto node = node_argument(runtime, args[0], "generate-id");
  if (!node || node->type != Type::node) return text(runtime, {});
  const std::string id = "d" + std::to_string(node->tree) + "e" + std::to_string(node->node);
  return text(runtime, runtime.arena->copy(View(id)));
}

// Answered by the evaluators; a call that comes here is a defect of ours.
Seq special(Runtime& runtime, Args) {
  runtime.raise("XPDY0002", "the function is called without a context");
  return {};
}

constexpr std::array kTable{
    FunctionFacts{"name", 1, 1, fn_name, true, Special::none, false, true},
    FunctionFacts{"local-name", 1, 1, fn_local_name, true, Special::none, false, true},
    FunctionFacts{"namespace-uri", 1, 1, fn_namespace_uri, true, Special::none, false, true},
    FunctionFacts{"root", 1, 1, fn_root, true},
    FunctionFacts{"lang", 2, 2, fn_lang, true, Special::none, true},
    FunctionFacts{"generate-id", 1, 1, fn_generate_id, true, Special::none, false, true},
    FunctionFacts{"position", 0, 0, special, false, Special::position},
    FunctionFacts{"last", 0, 0, special, false, Special::last},
    FunctionFacts{"current", 0, 0, special, false, Special::current},
    FunctionFacts{"key", 2, 3, special, false, Special::key},
};

}  // namespace

std::span<const FunctionFacts> node_functions() { return kTable; }

}  // namespace corridor::xpath
