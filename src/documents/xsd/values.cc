// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/values.h"

#include <algorithm>

#include "documents/xsd/lexical.h"

namespace corridor::xsd {

namespace {

constexpr std::size_t kLengthCounted = 0;

bool counts_length(const Simple& simple) {
  // Part 2, second edition erratum: lengths of QNames mean nothing.
  return simple.variety == Variety::list || simple.kind != Kind::qname;
}

// Calls `each` for the items of a list; stops when it gives false.
template <class Each>
void split(View text, Each each) {
  for (std::size_t at = 0; at < text.size();) {
    while (at < text.size() && is_white(text[at])) ++at;
    std::size_t end = at;
    while (end < text.size() && !is_white(text[end])) ++end;
    if (end > at && !each(text.substr(at, end - at))) return;
    at = end;
  }
}

}  // namespace

Unfit Values::judge_closely(Index index, View raw, xml::NodeId element) {
  const Simple& simple = t_.simples[index];
  if (simple.variety == Variety::any_of) {
    bool fits = false;
    for (Index i = 0; i < simple.items && !fits; ++i)
      fits = judge(t_.items[simple.items_at + i], raw, element) == Unfit::nothing;
    if (!fits) return Unfit::no_member;
    return simple.facets == kNo ? Unfit::nothing
                                : judge_facets(simple, canonical_of(index, raw), kLengthCounted);
  }
  if (simple.variety == Variety::list) return judge_list(simple, raw, element);
  const bool text_like = simple.kind <= Kind::token;
  const View text = simple.white == White::collapse && !text_like && simple.facets == kNo
                        ? trimmed(raw)
                        : whitened(raw, simple.white, scratch_);
  if (!is_lexical(simple.kind, text)) return Unfit::kind;
  if (simple.kind == Kind::qname && tree_ != nullptr) {
    const std::size_t colon = text.find(':');
    if (colon != View::npos && !tree_->space_of_prefix(element, text.substr(0, colon)))
      return Unfit::prefix;
  }
  if (simple.facets == kNo) return Unfit::nothing;
  return judge_facets(simple, text, length_of(simple.kind, text));
}

Unfit Values::judge_list(const Simple& simple, View raw, xml::NodeId element) {
  const Index item = t_.items[simple.items_at];
  std::size_t count = 0;
  Unfit out = Unfit::nothing;
  split(raw, [&](View one) {
    ++count;
    out = judge(item, one, element);
    return out == Unfit::nothing;
  });
  if (out != Unfit::nothing || simple.facets == kNo) return out;
  std::string scratch;
  return judge_facets(simple, whitened(raw, White::collapse, scratch), count);
}

Unfit Values::judge_numbers(const Simple& simple, const Facets& facets, View text) const {
  using Bound = Facets::Bound;
  if (facets.low_bound != Bound::none) {
    const auto order = compare_values(simple.kind, text, t_.view(facets.low));
    if (facets.low_bound == Bound::inclusive ? !(order >= 0) : !(order > 0))
      return Unfit::too_small;
  }
  if (facets.high_bound != Bound::none) {
    const auto order = compare_values(simple.kind, text, t_.view(facets.high));
    if (facets.high_bound == Bound::inclusive ? !(order <= 0) : !(order < 0))
      return Unfit::too_large;
  }
  if (facets.digits_max == kUnbounded && facets.fraction_max == kUnbounded) return Unfit::nothing;
  const Digits digits = count_digits(text);
  if (digits.total > facets.digits_max) return Unfit::digits;
  return digits.fraction > facets.fraction_max ? Unfit::fraction : Unfit::nothing;
}

Unfit Values::judge_facets(const Simple& simple, View text, std::size_t length) const {
  const Facets& facets = t_.facets[simple.facets];
  if (simple.variety != Variety::any_of && counts_length(simple)) {
    if (length < facets.length_min) return Unfit::too_short;
    if (length > facets.length_max) return Unfit::too_long;
  }
  if (simple.variety == Variety::atomic) {
    const Unfit out = judge_numbers(simple, facets, text);
    if (out != Unfit::nothing) return out;
  }
  for (Index i = 0; i < facets.patterns; ++i)
    if (!t_.regexes[facets.patterns_at + i]->matches(text)) return Unfit::pattern;
  if (facets.allowed == 0) return Unfit::nothing;
  const auto first = t_.allowed.begin() + facets.allowed_at;
  const auto find = [&](View value) {
    return std::binary_search(first, first + facets.allowed, value, [&](auto a, auto b) {
      const auto of = [&](auto x) {
        if constexpr (std::is_same_v<decltype(x), View>) return x;
        else return t_.view(x);
      };
      return of(a) < of(b);
    });
  };
  const bool plain = simple.variety != Variety::atomic || simple.kind <= Kind::nm_token;
  if (plain ? find(text) : find(View(canonical(simple.kind, text)))) return Unfit::nothing;
  return Unfit::not_listed;
}

std::string Values::canonical_of(Index index, View raw) const {
  const Simple& simple = t_.simples[index];
  std::string scratch;
  if (simple.variety == Variety::atomic)
    return canonical(simple.kind, whitened(raw, simple.white, scratch));
  if (simple.variety == Variety::list) return std::string(whitened(raw, White::collapse, scratch));
  Values members(t_, nullptr);
  for (Index i = 0; i < simple.items; ++i) {
    const Index member = t_.items[simple.items_at + i];
    if (members.judge(member, raw, 0) == Unfit::nothing) return members.canonical_of(member, raw);
  }
  return std::string(raw);
}

}  // namespace corridor::xsd
