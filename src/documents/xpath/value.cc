// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/value.h"

#include <algorithm>
#include <array>

namespace corridor::xpath {

std::string_view type_name(Type type) {
  static constexpr std::array<std::string_view, 16> kNames{"node()",
                                                           "text()",
                                                           "xs:untypedAtomic",
                                                           "xs:string",
                                                           "xs:anyURI",
                                                           "xs:boolean",
                                                           "xs:integer",
                                                           "xs:decimal",
                                                           "xs:float",
                                                           "xs:double",
                                                           "xs:date",
                                                           "xs:time",
                                                           "xs:dateTime",
                                                           "xs:duration",
                                                           "xs:dayTimeDuration",
                                                           "xs:yearMonthDuration"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string sentence(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

Decimal Item::exact() const {
  if (!boxed) return {Int128{integer}, static_cast<int>(size)};
  if (big->limb_count == 0) {
    const auto bits = static_cast<Uint128>(static_cast<std::uint64_t>(big->high)) << 64 | big->low;
    return {static_cast<Int128>(bits), big->scale};
  }
  return Decimal::from_limbs(big->negative, {big->limbs, big->limbs + big->limb_count}, big->scale);
}

Item exact_item(Arena& arena, const Decimal& value, Type type) {
  Item item;
  item.type = type;
  if (value.is_small() && value.small() <= INT64_MAX && value.small() >= INT64_MIN) {
    item.integer = static_cast<std::int64_t>(value.small());
    item.size = static_cast<std::uint32_t>(value.scale());
    return item;
  }
  BoxedDecimal big{};
  big.scale = value.scale();
  if (value.is_small()) {
    big.low = static_cast<std::uint64_t>(value.small());
    big.high = static_cast<std::int64_t>(value.small() >> 64);
  } else {
    const auto& limbs = value.limbs();
    auto* copy = arena.array<std::uint32_t>(limbs.size());
    std::ranges::copy(limbs, copy);
    big.limbs = copy;
    big.limb_count = static_cast<std::uint32_t>(limbs.size());
    big.negative = value.sign() < 0;
  }
  item.boxed = true;
  item.big = arena.copy(big);
  return item;
}

Item moment_item(Arena& arena, const Moment& value, Type type) {
  Item item;
  item.type = type;
  item.moment = arena.copy(value);
  return item;
}

Item span_item(Arena& arena, const Span& value, Type type) {
  Item item;
  item.type = type;
  item.span = arena.copy(value);
  return item;
}

Item copied_item(Arena& arena, const Item& item) {
  Item out = item;
  if (is_text(item.type) || item.type == Type::fragment) {
    out.text = arena.copy(item.view()).data();
  } else if (is_exact(item.type) && item.boxed) {
    out = exact_item(arena, item.exact(), item.type);
  } else if (is_moment(item.type)) {
    out.moment = arena.copy(*item.moment);
  } else if (is_span(item.type)) {
    out.span = arena.copy(*item.span);
  }
  return out;
}

View Runtime::mixed_text(const xml::Tree& tree, xml::NodeId id) const {
  const xml::NodeId end = tree.node(id).end;
  std::size_t bytes = 0;
  for (xml::NodeId i = id + 1; i < end; ++i)
    if (tree.node(i).kind == xml::Kind::text) bytes += tree.node(i).value_bytes;
  char* out = arena->array<char>(bytes + 1);
  std::size_t at = 0;
  for (xml::NodeId i = id + 1; i < end; ++i) {
    if (tree.node(i).kind != xml::Kind::text) continue;
    const View piece = tree.value(tree.node(i));
    std::memcpy(out + at, piece.data(), piece.size());
    at += piece.size();
  }
  return {out, bytes};
}

Seq in_document_order(Runtime& runtime, Items& items) {
  for (const Item& item : items.seq()) {
    if (item.type == Type::node) continue;
    runtime.raise("XPTY0019", "a path or a union met an item that is not a node");
    return {};
  }
  const auto order = [](const Item& a, const Item& b) { return before(a, b); };
  if (!std::is_sorted(items.begin(), items.end(), order))
    std::sort(items.begin(), items.end(), order);
  const auto* last = std::unique(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return a.node == b.node && a.tree == b.tree;
  });
  items.resize(static_cast<std::size_t>(last - items.begin()));
  return items.seq();
}

}  // namespace corridor::xpath
