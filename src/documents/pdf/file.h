// SPDX-License-Identifier: Apache-2.0
//
// A PDF as numbered objects: where each is, by the cross-reference or, where that is broken, by
// searching (ISO 32000-1 §7.5); private to this folder. Everything that a file can make this do is
// counted against one of the limits below.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "documents/pdf/values.h"

namespace corridor::pdf {

inline constexpr std::size_t kObjectsMax = 200'000;
inline constexpr std::size_t kSectionsMax = 1'000;  // of the cross-reference: updates of the file
inline constexpr std::size_t kStreamBytesMax = 64 * 1024 * 1024;     // unpacked
inline constexpr std::size_t kUnpackedBytesMax = 256 * 1024 * 1024;  // of all streams
// Read of the file, again and again; besides its size.
inline constexpr std::size_t kReadBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kFiltersMax = 8;                    // of one stream
inline constexpr unsigned kHopsMax = 16;   // from reference to reference
inline constexpr unsigned kLoadsMax = 8;   // objects needed to read an object

struct Object {
  Value value;
  bool is_stream = false;
  View data;  // of a stream, packed
};

class File {
 public:
  explicit File(View bytes);

  // One of them, once, before anything else.
  Result<> open();     // by its cross-reference
  Result<> recover();  // by searching for objects

  [[nodiscard]] const Value& root() const { return root_; }  // a dictionary
  // Something was not where the cross-reference said; a search may find it.
  [[nodiscard]] bool damaged() const { return damaged_; }

  // A null value for an object that is not there, as the standard wants it.
  Result<Object> load(Reference reference);
  // What a reference leads to, any other value as it is.
  Result<Value> resolve(const Value& value);
  // The content of a stream, unpacked.
  Result<Bytes> unpack(const Object& stream);

 private:
  struct Place {
    enum class Kind : std::uint8_t { free, offset, in_stream } kind = Kind::free;
    std::uint32_t generation = 0;
    std::size_t at = 0;            // an offset, or the number of the object stream
    std::uint32_t index = 0;       // in the object stream
    std::size_t found_at = 0;      // by the search: a later one replaces an earlier one
  };
  struct ObjectStream {
    Bytes bytes;
    std::vector<std::pair<std::uint64_t, std::size_t>> objects;  // number, offset
  };

  std::unexpected<Error> damage(std::string why);
  Result<> charge(std::size_t bytes);
  Result<> put(std::uint64_t number, Place place);
  Result<> read_sections(std::size_t at);
  Result<Value> read_section(std::size_t at);
  Result<Value> read_table(std::size_t at);
  Result<Value> read_cross_reference_stream(std::size_t at);
  Result<> read_rows(const Value& dictionary, View rows);
  Result<> take_trailer(const Value& trailer);
  Result<> find_root();
  Result<Object> read_object(std::size_t at, std::optional<std::uint32_t> number);
  Result<View> stream_data(const Value& dictionary, std::size_t at);
  std::optional<std::uint64_t> stated_length(const Value& dictionary);
  Result<Object> load_from_stream(Reference reference, const Place& place);
  Result<const ObjectStream*> object_stream(std::uint32_t number);

  // recover.cc
  Result<> search_objects();
  Result<> search_trailers();
  Result<> search_object_streams();
  Result<> search_catalog();

  View bytes_;  // from "%PDF-" on
  std::unordered_map<std::uint32_t, Place> places_;
  std::map<std::uint32_t, ObjectStream> streams_;
  std::vector<std::pair<std::size_t, std::uint32_t>> found_;  // by the search: offset, number
  Value root_reference_;
  Value root_;
  bool damaged_ = false;
  unsigned loading_ = 0;
  std::size_t unpacked_ = 0;
  std::size_t read_ = 0;
};

}  // namespace corridor::pdf
