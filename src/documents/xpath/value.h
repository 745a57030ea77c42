// SPDX-License-Identifier: Apache-2.0
//
// XPath values: an item is sixteen bytes, a sequence is a view of items in an arena. Text points
// into the document or into an arena, so taking the value of an element copies nothing.
//
// Exact numbers that fit 64 bits are held in the item (12.50 is 1250 with scale 2), others in the
// arena. A node is (tree, id): tree 0 is the document, the others are documents of the rules.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "documents/xml/tree.h"
#include "documents/xpath/arena.h"
#include "documents/xpath/calendar.h"
#include "documents/xpath/decimal.h"

namespace corridor::xpath {

class Regex;

// Ordered so that ranges of it mean something: see is_numeric and friends.
enum class Type : std::uint8_t {
  node,
  fragment,  // a text node that a function made: atomises to `untyped`, is true as a boolean
  untyped,
  string,
  any_uri,
  boolean,
  integer,
  decimal,
  float_,
  double_,
  date,
  time,
  date_time,
  duration,
  day_time_duration,
  year_month_duration,
};
std::string_view type_name(Type type);  // "xs:integer"

constexpr bool is_numeric(Type type) { return type >= Type::integer && type <= Type::double_; }
constexpr bool is_exact(Type type) { return type == Type::integer || type == Type::decimal; }
constexpr bool is_text(Type type) { return type >= Type::untyped && type <= Type::any_uri; }
constexpr bool is_moment(Type type) { return type >= Type::date && type <= Type::date_time; }
constexpr bool is_span(Type type) { return type >= Type::duration; }
constexpr bool is_node(Type type) { return type <= Type::fragment; }

struct BoxedDecimal {
  std::uint64_t low;
  std::int64_t high;
  const std::uint32_t* limbs;
  std::uint32_t limb_count;
  std::int32_t scale;
  bool negative;
};

struct Item {
  Type type = Type::boolean;
  bool boxed = false;      // an exact number in the arena
  std::uint16_t tree = 0;  // of a node
  std::uint32_t size = 0;  // bytes of text; scale of an exact number
  union {
    xml::NodeId node;
    const char* text;
    std::int64_t integer;
    double number;
    bool truth;
    const BoxedDecimal* big;
    const Moment* moment;
    const Span* span;
  };

  Item() : integer(0) {}
  [[nodiscard]] View view() const { return {text, size}; }
  [[nodiscard]] Decimal exact() const;
};
static_assert(sizeof(Item) == 16);

inline Item node_item(xml::NodeId id, std::uint16_t tree = 0) {
  Item item;
  item.type = Type::node;
  item.tree = tree;
  item.node = id;
  return item;
}
inline Item text_item(View text, Type type = Type::string) {
  Item item;
  item.type = type;
  item.size = static_cast<std::uint32_t>(text.size());
  item.text = text.data();
  return item;
}
inline Item boolean_item(bool truth) {
  Item item;
  item.truth = truth;
  return item;
}
inline Item integer_item(std::int64_t value) {
  Item item;
  item.type = Type::integer;
  item.integer = value;
  return item;
}
inline Item double_item(double value, Type type = Type::double_) {
  Item item;
  item.type = type;
  item.number = value;
  return item;
}
Item exact_item(Arena& arena, const Decimal& value, Type type);
Item moment_item(Arena& arena, const Moment& value, Type type);
Item span_item(Arena& arena, const Span& value, Type type);
// The same value with everything that it points to in `arena`.
Item copied_item(Arena& arena, const Item& item);

using Seq = std::span<const Item>;

inline Seq one(Arena& arena, const Item& item) { return {arena.copy(item), 1}; }

// Grows in an arena; what it outgrows is left behind until the arena is reset.
class Items {
 public:
  explicit Items(Arena& arena) : arena_(&arena) {}
  void push(const Item& item) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = item;
  }
  void append(Seq items) {
    if (items.empty()) return;
    if (size_ + items.size() > capacity_) grow(size_ + items.size());
    std::memcpy(static_cast<void*>(data_ + size_), items.data(), items.size() * sizeof(Item));
    size_ += items.size();
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Seq seq() const { return {data_, size_}; }
  [[nodiscard]] Item* begin() { return data_; }
  [[nodiscard]] Item* end() { return data_ + size_; }
  void resize(std::size_t size) { size_ = size; }  // only smaller

 private:
  void grow(std::size_t least) {
    capacity_ = std::max<std::size_t>(least, capacity_ * 2 + 4);
    Item* fresh = arena_->array<Item>(capacity_);
    if (size_ > 0) std::memcpy(static_cast<void*>(fresh), data_, size_ * sizeof(Item));
    data_ = fresh;
  }

  Arena* arena_;
  Item* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// Words put together; g++ 12 warns wrongly about chains of + on strings.
std::string sentence(std::initializer_list<std::string_view> parts);

// What went wrong while an expression was evaluated; `code` is the specification's (FORG0001).
struct Fault {
  std::string code;
  std::string why;
};

// What every evaluation needs. Errors are sticky: after `raise` every result is meaningless, and
// whoever asked looks at `failed()` once; thousands of assertions pay nothing for the rare fault.
class Runtime {
 public:
  Arena* arena = nullptr;
  std::span<const xml::Tree* const> trees;
  Time now;
  std::map<std::string, std::shared_ptr<const Regex>> regexes;  // see regex_cache.h

  [[nodiscard]] bool failed() const { return failed_; }
  void raise(std::string_view code, std::string why) {
    if (failed_) return;
    failed_ = true;
    fault_ = {std::string(code), std::move(why)};
  }
  [[nodiscard]] const Fault& fault() const { return fault_; }
  void clear() { failed_ = false; }

  // Work that a document can make grow with its square is counted, and ended where it is absurd.
  static constexpr std::uint64_t kNodesVisitedMax = 250'000'000;
  void visit(std::uint64_t nodes) {
    visited_ += nodes;
    if (visited_ > kNodesVisitedMax) raise("FOER0000", "the rules visit too many nodes");
  }

  [[nodiscard]] const xml::Tree& tree_of(const Item& item) const { return *trees.data()[item.tree]; }
  [[nodiscard]] const xml::Node& node_of(const Item& item) const {
    return trees.data()[item.tree]->node(item.node);
  }
  // string() of a node: a view into the tree where possible, else put together in the arena.
  [[nodiscard]] View node_text(const Item& item) const {
    const xml::Tree& tree = tree_of(item);
    const xml::Node& n = tree.node(item.node);
    return n.mixed ? mixed_text(tree, item.node) : tree.value(n);
  }

 private:
  [[nodiscard]] View mixed_text(const xml::Tree& tree, xml::NodeId id) const;

  bool failed_ = false;
  Fault fault_;
  std::uint64_t visited_ = 0;
};

// Sorts nodes into document order and removes doubles; raises XPTY0018/XPTY0019 on other items.
Seq in_document_order(Runtime& runtime, Items& items);
inline bool before(const Item& a, const Item& b) {
  return a.tree != b.tree ? a.tree < b.tree : a.node < b.node;
}

}  // namespace corridor::xpath
