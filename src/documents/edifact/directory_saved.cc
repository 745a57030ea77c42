// SPDX-License-Identifier: Apache-2.0
//
// A saved directory: a head, the sizes, the rows as they lie in memory (little endian), the text,
// and a sum over all of it that tells accidents, not attacks: what is restored is examined row by
// row like anything else.
#include <bit>
#include <cstring>
#include <type_traits>

#include "documents/edifact/directory.h"

namespace corridor::edifact {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr View kHead = "corridor EDIFACT directory 1\n";

std::uint64_t sum_of(View bytes) {
  std::uint64_t out = 0x9e3779b97f4a7c15U;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    out = std::rotl((out ^ word) * 0xd6e8feb86659fd93U, 29);
  }
  for (; i < bytes.size(); ++i)
    out = std::rotl((out ^ static_cast<unsigned char>(bytes[i])) * 0xd6e8feb86659fd93U, 29);
  return out;
}

template <class Row>
void put_rows(Bytes& out, const std::vector<Row>& rows) {
  static_assert(std::has_unique_object_representations_v<Row>);
  append_u64_be(out, rows.size());
  out.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
}

void put_text(Bytes& out, View text) {
  append_u64_be(out, text.size());
  out.append(text);
}

class Reader {
 public:
  explicit Reader(View bytes) : left_(bytes) {}

  template <class Row>
  bool rows(std::vector<Row>& out) {
    std::uint64_t count = 0;
    if (!size(count) || count > left_.size() / sizeof(Row)) return false;
    out.resize(static_cast<std::size_t>(count));
    if (count > 0) std::memcpy(out.data(), left_.data(), out.size() * sizeof(Row));
    left_.remove_prefix(out.size() * sizeof(Row));
    return true;
  }
  bool text(std::string& out) {
    std::uint64_t count = 0;
    if (!size(count) || count > left_.size()) return false;
    out = left_.substr(0, static_cast<std::size_t>(count));
    left_.remove_prefix(out.size());
    return true;
  }
  [[nodiscard]] bool at_end() const { return left_.empty(); }

 private:
  bool size(std::uint64_t& out) {
    if (left_.size() < 8) return false;
    out = read_u64_be(left_.substr(0, 8));
    left_.remove_prefix(8);
    return true;
  }
  View left_;
};

}  // namespace

Bytes Directory::save() const {
  Bytes out(kHead);
  put_text(out, t_.version);
  put_text(out, t_.release);
  put_text(out, t_.text);
  put_rows(out, t_.elements);
  put_rows(out, t_.codes);
  put_rows(out, t_.composites);
  put_rows(out, t_.segments);
  put_rows(out, t_.uses);
  put_rows(out, t_.messages);
  put_rows(out, t_.slots);
  append_u64_be(out, sum_of(out));
  return out;
}

Bytes Directory::with_sum(View body) {
  Bytes out(body.substr(0, body.size() < 8 ? 0 : body.size() - 8));
  append_u64_be(out, sum_of(out));
  return out;
}

Result<Directory> Directory::restore(View saved) {
  const auto broken = [](const char* why) {
    return fail(Code::corrupt, std::string("the saved directory ") + why,
                "import it again from its files");
  };
  if (!saved.starts_with(kHead)) return broken("does not begin like one of this version");
  if (saved.size() < kHead.size() + 8) return broken("is cut off");
  const View body = saved.substr(0, saved.size() - 8);
  if (read_u64_be(saved.substr(body.size())) != sum_of(body)) return broken("is damaged");
  Tables t;
  Reader in(body.substr(kHead.size()));
  if (!in.text(t.version) || !in.text(t.release) || !in.text(t.text) || !in.rows(t.elements) ||
      !in.rows(t.codes) || !in.rows(t.composites) || !in.rows(t.segments) || !in.rows(t.uses) ||
      !in.rows(t.messages) || !in.rows(t.slots) || !in.at_end())
    return broken("does not have the sizes it states");
  return of(std::move(t));
}

}  // namespace corridor::edifact
