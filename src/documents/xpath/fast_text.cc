// SPDX-License-Identifier: Apache-2.0
// Functions of strings, as the fast evaluator has them: views pass by, no sequences are made.
#include <algorithm>

#include "documents/xpath/fast.h"
#include "documents/xpath/functions.h"
#include "documents/xpath/regex_cache.h"

namespace corridor::xpath {

// contains(' A B ', concat(' ', x, ' ')): a lookup when x is one word.
bool Fast::in_padded_list(const Expression& e, const Focus& focus) {
  Item item;
  const bool any = atom(arg(arg(e, 1), 1), focus, item);
  if (runtime_.failed()) return false;
  const View word = any ? text_of(runtime_, item) : View{};
  if (!word.empty() && word.find(' ') == View::npos) return e.codes->codes.contains(word);
  std::string wrapped(" ");
  wrapped.append(word).append(" ");
  return e.codes->padded.find(wrapped) != View::npos;
}

bool Fast::text_test(const Expression& e, const Focus& focus) {
  const auto function = static_cast<Known>(e.known);
  switch (function) {
    case Known::contains:
      if (e.codes) return in_padded_list(e, focus);
      [[fallthrough]];
    case Known::starts_with:
    case Known::ends_with: {
      if (e.args.size() != 2) break;
      const View value = text(arg(e, 0), focus);
      const View part = text(arg(e, 1), focus);
      if (runtime_.failed()) return false;
      return function == Known::contains      ? value.find(part) != View::npos
             : function == Known::starts_with ? value.starts_with(part)
                                              : value.ends_with(part);
    }
    case Known::matches: {
      if (!e.regex) break;
      const View value = text(arg(e, 0), focus);
      return !runtime_.failed() && e.regex->matches(value);
    }
    default: break;
  }
  return effective_boolean(runtime_, Evaluator::evaluate(e, focus));
}

View Fast::text(const Expression& e, const Focus& focus) {
  if (!is_kept(e)) {
    View value;
    if (e.op == Op::literal && e.literal.size() == 1 && e.literal[0].type == Type::string)
      return e.literal[0].view();
    if (e.op == Op::call && text_call(e, focus, value)) return value;
    if (plain_nodes(e) || e.op == Op::context) {
      Item item;
      const bool any = e.op == Op::context ? atom(e, focus, item) : first_atom(e, focus, item);
      if (!any || runtime_.failed()) return {};
      if (is_text(item.type)) return item.view();
    }
  }
  return string_argument(runtime_, evaluate(e, focus), "string");
}

View Fast::upper(View value) {
  bool same = true;
  for (const char c : value)
    same = same && !(c >= 'a' && c <= 'z') && static_cast<signed char>(c) >= 0;
  return same ? value : View{};
}

// fn:name and fn:local-name of a node.
View Fast::name_of(const Expression& e, const Item& node) {
  const xml::Tree& tree = runtime_.tree_of(node);
  const xml::Node& n = tree.node(node.node);
  const View local = tree.local(n.name);
  if (static_cast<Known>(e.known) == Known::local_name || n.prefix == 0 || n.name == 0)
    return local;
  const View prefix = tree.prefix(n);
  char* const out = runtime_.arena->array<char>(prefix.size() + 1 + local.size());
  std::memcpy(out, prefix.data(), prefix.size());
  out[prefix.size()] = ':';
  std::memcpy(out + prefix.size() + 1, local.data(), local.size());
  return {out, prefix.size() + 1 + local.size()};
}

// Functions to a number; false when it is not one of them.
bool Fast::number_call(const Expression& e, const Focus& focus, Item& out) {
  const auto function = static_cast<Known>(e.known);
  if (function == Known::count) {
    out = integer_item(static_cast<std::int64_t>(count(arg(e, 0), focus)));
    return true;
  }
  if (function != Known::string_length || e.args.size() != 1 || runtime_.failed()) return false;
  const View value = text(arg(e, 0), focus);
  if (runtime_.failed()) return runtime_.clear(), false;  // the plain way fails in its own words
  // Characters: the bytes that do not go on with one.
  std::int64_t characters = 0;
  for (const char c : value) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  out = integer_item(characters);
  return true;
}

// Functions of strings to a string; false when it is not one of them.
bool Fast::text_call(const Expression& e, const Focus& focus, View& out) {
  switch (static_cast<Known>(e.known)) {
    case Known::normalize_space: {
      const View value = text(arg(e, 0), focus);
      out = runtime_.failed() ? View{} : normalize_space(*runtime_.arena, value);
      return true;
    }
    case Known::name:
    case Known::local_name:
      if (e.args.size() != 1 || arg(e, 0).op != Op::context || !focus.present ||
          focus.item.type != Type::node)
        return false;
      out = name_of(e, focus.item);
      return true;
    case Known::string: {
      Item item;
      const Expression& argument = arg(e, 0);
      const bool any = atom(argument, focus, item);
      out = any && !runtime_.failed() ? text_of(runtime_, item) : View{};
      return true;
    }
    case Known::upper_case: {
      const View value = text(arg(e, 0), focus);
      out = upper(value);
      if (out.empty() && !value.empty() && !runtime_.failed()) {
        const Seq argument(one(*runtime_.arena, text_item(value)));
        out = function_table()[e.code].call(runtime_, {&argument, 1})[0].view();
      }
      return true;
    }
    case Known::substring_after:
    case Known::substring_before: {
      if (e.args.size() != 2) return false;
      const View value = text(arg(e, 0), focus);
      const View part = text(arg(e, 1), focus);
      out = {};
      const std::size_t at = value.find(part);
      if (runtime_.failed() || at == View::npos) return true;
      out = static_cast<Known>(e.known) == Known::substring_before ? value.substr(0, at)
                                                                   : value.substr(at + part.size());
      return true;
    }
    default: return false;
  }
}

// replace() and tokenize() by a pattern that was compiled with the rules.
Seq Fast::regex_call(const Expression& e, const Focus& focus) {
  const auto function = static_cast<Known>(e.known);
  if (function != Known::replace && function != Known::tokenize)
    return Evaluator::evaluate(e, focus);
  Seq arguments[4];
  for (std::size_t i = 0; i < e.args.size(); ++i) arguments[i] = evaluate(arg(e, i), focus);
  if (runtime_.failed()) return {};
  const std::span<const Seq> all(arguments, e.args.size());
  const Seq out = function == Known::replace ? regex_replace(runtime_, all, *e.regex)
                                             : regex_tokenize(runtime_, all, *e.regex);
  return runtime_.failed() ? Seq{} : out;
}

}  // namespace corridor::xpath
