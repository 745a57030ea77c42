// SPDX-License-Identifier: Apache-2.0
// Tables as bytes, and back. The fields of a row stand once, for writing and for reading; then every
// index is examined before anything follows it. What cannot make the walk unsafe (an edge out of
// order, a name that stands twice) is not examined: it is only a wrong schema.
#include <algorithm>

#include "documents/xsd/compiler.h"
#include "documents/xsd/tables.h"
#include "documents/xsd/xsd.h"

namespace corridor::xsd {

namespace {

constexpr View kMark = "corridor-xsd 1\n";

class Writer {
 public:
  static constexpr bool kReads = false;

  void number(std::uint32_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  // kNo and kUnbounded become the shortest number.
  void index(std::uint32_t value) { number(value + 1); }
  template <class Enum>
  void one_of(Enum value, Enum) {
    number(static_cast<std::uint32_t>(value));
  }
  template <class Small>
  void small(Small value) {
    number(static_cast<std::uint32_t>(value));
  }
  void text(const std::string& value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }
  template <class Row>
  void count(const std::vector<Row>& rows) {
    number(static_cast<std::uint32_t>(rows.size()));
  }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_{kMark};
};

class Reader {
 public:
  static constexpr bool kReads = true;

  explicit Reader(View bytes) : rest_(bytes) {
    if (rest_.starts_with(kMark)) rest_.remove_prefix(kMark.size());
    else fail();
  }
  void number(std::uint32_t& value) {
    value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (rest_.empty() || shift > 28) return fail();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return;
    }
  }
  void index(std::uint32_t& value) {
    number(value);
    --value;
  }
  template <class Enum>
  void one_of(Enum& value, Enum last) {
    std::uint32_t read = 0;
    number(read);
    if (read > static_cast<std::uint32_t>(last)) return fail();
    value = static_cast<Enum>(read);
  }
  template <class Small>
  void small(Small& value) {
    std::uint32_t read = 0;
    number(read);
    value = static_cast<Small>(read);
  }
  void text(std::string& value) {
    std::uint32_t bytes = 0;
    number(bytes);
    if (bytes > rest_.size()) return fail();
    value.assign(rest_.substr(0, bytes));
    rest_.remove_prefix(bytes);
  }
  // Each row takes a byte at least, so that a number cannot ask for more memory than it brings.
  template <class Row>
  void count(std::vector<Row>& rows) {
    std::uint32_t size = 0;
    number(size);
    if (size > rest_.size()) return fail();
    rows.resize(size);
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  void fail() { good_ = false, rest_ = {}; }

  View rest_;
  bool good_ = true;
};

template <class A>
void row(A& a, auto& piece) requires requires { piece.bytes; }
{
  a.number(piece.at), a.number(piece.bytes);
}
template <class A>
void row(A& a, auto& r) requires requires { r.uri; }
{
  row(a, r.uri), row(a, r.prefix);
}
template <class A>
void row(A& a, auto& r) requires requires { r.local; }
{
  a.number(r.space), row(a, r.local), a.index(r.element), a.index(r.attribute), a.index(r.type);
}

template <class A, class T>
void rows_of_declarations(A& a, T& t) {
  a.count(t.elements);
  for (auto& r : t.elements)
    a.index(r.name), a.index(r.type), a.index(r.value), a.small(r.flags), a.small(r.block);
  for (auto* const list : {&t.global_attributes, &t.attributes}) {
    a.count(*list);
    for (auto& r : *list) a.index(r.name), a.index(r.simple), a.index(r.value), a.small(r.flags);
  }
  a.count(t.wildcards);
  for (auto& r : t.wildcards)
    a.one_of(r.allows, Wildcard::Allows::listed), a.one_of(r.process, Process::skip),
        a.number(r.spaces_at), a.number(r.spaces);
  a.count(t.wildcard_spaces);
  for (auto& r : t.wildcard_spaces) a.number(r);
}

template <class A, class T>
void rows_of_models(A& a, T& t) {
  a.count(t.slots);
  for (auto& r : t.slots) a.index(r.name), a.index(r.element), a.index(r.min), a.index(r.max);
  a.count(t.edges);
  for (auto& r : t.edges) a.index(r.name), a.index(r.element), a.index(r.next);
  a.count(t.guards);
  for (auto& r : t.guards) a.index(r.wildcard), a.index(r.next);
  a.count(t.states);
  for (auto& r : t.states)
    a.number(r.edges_at), a.number(r.edges), a.number(r.guards_at), a.number(r.guards),
        a.small(r.accepts);
  a.count(t.models);
  for (auto& r : t.models)
    a.one_of(r.form, Model::Form::states), a.small(r.optional), a.number(r.at), a.number(r.count);
}

template <class A, class T>
void rows_of_types(A& a, T& t) {
  a.count(t.types);
  for (auto& r : t.types) {
    a.index(r.name), a.index(r.base), a.small(r.flags), a.small(r.method), a.small(r.block);
    a.one_of(r.content, Content::mixed), a.index(r.model), a.index(r.simple);
    a.number(r.attributes_at), a.number(r.attributes), a.number(r.required), a.index(r.wildcard);
  }
  a.count(t.simples);
  for (auto& r : t.simples)
    a.one_of(r.variety, Variety::any_of), a.one_of(r.kind, kLastKind),
        a.one_of(r.white, White::collapse), a.small(r.always), a.number(r.builtin),
        a.number(r.items_at), a.number(r.items), a.index(r.facets);
  a.count(t.items);
  for (auto& r : t.items) a.number(r);
  a.count(t.facets);
  for (auto& r : t.facets) {
    a.index(r.length_min), a.index(r.length_max), a.index(r.digits_max), a.index(r.fraction_max);
    a.one_of(r.low_bound, Facets::Bound::exclusive), a.one_of(r.high_bound, Facets::Bound::exclusive);
    row(a, r.low), row(a, r.high), a.number(r.patterns_at), a.number(r.patterns);
    a.number(r.allowed_at), a.number(r.allowed);
  }
}

template <class A, class T>
void all_rows(A& a, T& t) {
  a.text(t.text);
  a.number(t.files);
  a.count(t.spaces);
  for (auto& r : t.spaces) row(a, r);
  a.count(t.names);
  for (auto& r : t.names) row(a, r);
  rows_of_declarations(a, t);
  rows_of_models(a, t);
  rows_of_types(a, t);
  for (auto* const list : {&t.patterns, &t.allowed, &t.values}) {
    a.count(*list);
    for (auto& r : *list) row(a, r);
  }
}

class Examiner {
 public:
  explicit Examiner(const Tables& tables) : t_(tables) {}

  [[nodiscard]] bool run() {
    if (t_.spaces.empty() || t_.spaces[0].uri.bytes != 0 || t_.types.empty()) return false;
    if (t_.patterns.size() > kPatternsMax || t_.names.size() > kNamesMax) return false;
    return names() && declarations() && models() && types() && simples();
  }

 private:
  template <class Row>
  static bool in(Index index, const std::vector<Row>& rows) {
    return index < rows.size();
  }
  template <class Row>
  static bool in_or_no(Index index, const std::vector<Row>& rows) {
    return index == kNo || index < rows.size();
  }
  template <class Row>
  static bool range(Index at, Index count, const std::vector<Row>& rows) {
    return at <= rows.size() && count <= rows.size() - at;
  }
  [[nodiscard]] bool piece(Piece p) const {
    return p.at <= t_.text.size() && p.bytes <= t_.text.size() - p.at;
  }
  // Ranges of one kind do not overlap, or a small file could ask for endless work.
  template <class Row, class Other>
  static bool share(const std::vector<Row>& rows, Index Row::*count, const std::vector<Other>& all) {
    std::size_t sum = 0;
    for (const Row& r : rows) sum += r.*count;
    return sum <= all.size();
  }

  [[nodiscard]] bool names() const {
    const auto pieces = [&](const auto& list) {
      return std::ranges::all_of(list, [&](Piece p) { return piece(p); });
    };
    return pieces(t_.patterns) && pieces(t_.allowed) && pieces(t_.values) &&
           std::ranges::all_of(t_.spaces,
                               [&](const Space& r) { return piece(r.uri) && piece(r.prefix); }) &&
           std::ranges::all_of(t_.names, [&](const Name& r) {
             return in(r.space, t_.spaces) && piece(r.local) && in_or_no(r.element, t_.elements) &&
                    in_or_no(r.attribute, t_.global_attributes) && in_or_no(r.type, t_.types);
           });
  }

  [[nodiscard]] bool declarations() const {
    const auto value = [&](Index index, bool fixed) {
      return in_or_no(index, t_.values) && (index != kNo || !fixed);
    };
    const auto attribute = [&](const Attribute& r) {
      return in(r.name, t_.names) && in(r.simple, t_.simples) &&
             value(r.value, (r.flags & Attribute::kFixed) != 0);
    };
    return std::ranges::all_of(t_.elements,
                               [&](const Element& r) {
                                 return in(r.name, t_.names) && in(r.type, t_.types) &&
                                        value(r.value, (r.flags & Element::kFixed) != 0);
                               }) &&
           std::ranges::all_of(t_.attributes, attribute) &&
           std::ranges::all_of(t_.global_attributes, attribute) &&
           std::ranges::all_of(t_.wildcards, [&](const Wildcard& r) {
             return range(r.spaces_at, r.spaces, t_.wildcard_spaces);
           });
  }

  [[nodiscard]] bool models() const {
    return share(t_.states, &State::edges, t_.edges) &&
           share(t_.states, &State::guards, t_.guards) &&
           std::ranges::all_of(t_.slots,
                               [&](const Slot& r) {
                                 return in(r.name, t_.names) && in(r.element, t_.elements);
                               }) &&
           std::ranges::all_of(t_.edges,
                               [&](const Edge& r) {
                                 return in(r.name, t_.names) && in(r.element, t_.elements) &&
                                        in(r.next, t_.states);
                               }) &&
           std::ranges::all_of(t_.guards,
                               [&](const Guard& r) {
                                 return in(r.wildcard, t_.wildcards) && in(r.next, t_.states);
                               }) &&
           std::ranges::all_of(t_.states,
                               [&](const State& r) {
                                 return range(r.edges_at, r.edges, t_.edges) &&
                                        range(r.guards_at, r.guards, t_.guards);
                               }) &&
           std::ranges::all_of(t_.models, [&](const Model& r) {
             if (r.count == 0) return false;
             if (r.form == Model::Form::states) return range(r.at, r.count, t_.states);
             return range(r.at, r.count, t_.slots) &&
                    (r.form != Model::Form::all || r.count <= kAllMembersMax);
           });
  }

  [[nodiscard]] bool types() const {
    return share(t_.types, &Type::attributes, t_.attributes) &&
           std::ranges::all_of(t_.types, [&](const Type& r) {
             const bool simple = r.content == Content::simple;
             return in_or_no(r.name, t_.names) && in_or_no(r.base, t_.types) &&
                    in_or_no(r.model, t_.models) &&
                    (simple ? in(r.simple, t_.simples) : in_or_no(r.simple, t_.simples)) &&
                    range(r.attributes_at, r.attributes, t_.attributes) &&
                    in_or_no(r.wildcard, t_.wildcards);
           });
  }

  // What items weigh, and that they come first, is told by Tables::finish.
  [[nodiscard]] bool simples() const {
    return std::ranges::all_of(t_.simples,
                               [&](const Simple& r) {
                                 return range(r.items_at, r.items, t_.items) &&
                                        (r.variety != Variety::list || r.items == 1) &&
                                        in_or_no(r.facets, t_.facets) && in(r.builtin, t_.types);
                               }) &&
           std::ranges::all_of(t_.facets, [&](const Facets& r) {
             return piece(r.low) && piece(r.high) &&
                    range(r.patterns_at, r.patterns, t_.patterns) &&
                    range(r.allowed_at, r.allowed, t_.allowed);
           });
  }

  const Tables& t_;
};

std::unexpected<Error> corrupt() {
  return fail(Code::corrupt, "the saved schema is not one", "compile it again");
}

}  // namespace

Bytes Schema::save() const {
  Writer writer;
  all_rows(writer, *tables_);
  return writer.take();
}

Result<Schema> restore(View saved) {
  auto tables = std::make_shared<Tables>();
  Reader reader(saved);
  all_rows(reader, *tables);
  if (!reader.good() || !reader.done() || !Examiner(*tables).run()) return corrupt();
  if (!tables->finish()) return corrupt();
  return Schema(std::move(tables));
}

}  // namespace corridor::xsd
