// SPDX-License-Identifier: Apache-2.0
//
// A file without a usable cross-reference: everything that looks like an object is taken for one,
// the last of a number counting, as it was written last. Some look so by chance, inside of a stream;
// they do no harm unless something refers to their number.
#include <algorithm>
#include <vector>

#include "documents/pdf/file.h"

namespace corridor::pdf {

namespace {

constexpr std::size_t kCandidatesMax = 10'000;  // of trailers, object streams, catalogs
constexpr std::size_t kDigitsMax = 10;
constexpr std::size_t kCatalogBytesMax = 2'048;  // before it says that it is one

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where the whole number that ends before `at` begins; moves over the white space before it.
std::optional<std::size_t> number_before(View bytes, std::size_t at) {
  while (at > 0 && is_space(bytes[at - 1])) --at;
  std::size_t start = at;
  while (start > 0 && at - start < kDigitsMax && is_digit(bytes[start - 1])) --start;
  if (start == at) return std::nullopt;
  return start;
}

// Where a word stands, the last place first, at most so many. Sought forward: that is the fast way.
std::vector<std::size_t> places_of(View bytes, View word) {
  std::vector<std::size_t> out;
  for (std::size_t at = bytes.find(word); at != View::npos; at = bytes.find(word, at + word.size())) {
    if (out.size() == 2 * kCandidatesMax) out.erase(out.begin(), out.begin() + kCandidatesMax);
    out.push_back(at);
  }
  std::ranges::reverse(out);
  out.resize(std::min(out.size(), kCandidatesMax));
  return out;
}

}  // namespace

Result<> File::recover() {
  TRY(search_objects());
  TRY(search_trailers());
  TRY(search_object_streams());
  if (find_root()) return {};
  TRY(search_catalog());
  return find_root();
}

Result<> File::search_objects() {
  constexpr View kObject = "obj";
  for (std::size_t at = bytes_.find(kObject); at != View::npos;
       at = bytes_.find(kObject, at + kObject.size())) {
    const auto generation_at = number_before(bytes_, at);
    if (!generation_at || *generation_at == at) continue;
    const auto number_at = number_before(bytes_, *generation_at);
    if (!number_at || !is_space(bytes_[*generation_at - 1])) continue;
    Reader reader(bytes_, *number_at);
    const auto number = reader.number();
    const auto generation = reader.number();
    if (!number || *number > UINT32_MAX || !generation || *generation > UINT32_MAX) continue;
    TRY(put(*number, {.kind = Place::Kind::offset,
                      .generation = static_cast<std::uint32_t>(*generation),
                      .at = *number_at,
                      .found_at = *number_at}));
    if (found_.size() == kObjectsMax)
      return fail(Code::too_large, "it has more objects than are read");
    found_.emplace_back(*number_at, static_cast<std::uint32_t>(*number));
  }
  return {};
}

// The last trailer, or stream of a cross-reference, that names a root.
Result<> File::search_trailers() {
  for (const View word : {View("trailer"), View("/XRef")}) {
    for (const std::size_t at : places_of(bytes_, word)) {
      Value trailer;
      if (word == "trailer") {
        Reader reader(bytes_, at + word.size());
        if (auto value = reader.value()) trailer = std::move(*value);
        TRY(charge(reader.at() - at));
      } else if (const auto object = std::ranges::upper_bound(
                     found_, at, {}, &std::pair<std::size_t, std::uint32_t>::first);
                 object != found_.begin()) {
        Reader reader(bytes_, std::prev(object)->first);
        const bool begins = reader.number() && reader.number() && reader.word("obj");
        auto value = begins ? reader.value() : Result<Value>(Value());
        if (value && value->at("Type").name() == "XRef") trailer = std::move(*value);
        TRY(charge(reader.at() - std::prev(object)->first));
      }
      if (trailer.dictionary() != nullptr) TRY(take_trailer(trailer));
    }
  }
  return {};
}

// What is in object streams counts as written where they stand.
Result<> File::search_object_streams() {
  constexpr View kType = "/ObjStm";
  std::size_t candidates = 0;
  std::size_t last = View::npos;
  for (std::size_t at = bytes_.find(kType); at != View::npos && candidates < kCandidatesMax;
       at = bytes_.find(kType, at + kType.size()), ++candidates) {
    const auto behind = std::ranges::upper_bound(found_, at, {},
                                                 &std::pair<std::size_t, std::uint32_t>::first);
    if (behind == found_.begin()) continue;
    const auto [offset, number] = *std::prev(behind);
    const auto place = places_.find(number);
    if (offset == last || place == places_.end() || place->second.at != offset) continue;
    last = offset;
    const auto stream = object_stream(number);
    if (!stream && stream.error().code != Code::invalid) return std::unexpected(stream.error());
    if (!stream) continue;
    for (std::size_t i = 0; i < (*stream)->objects.size(); ++i)
      TRY(put((*stream)->objects[i].first, {.kind = Place::Kind::in_stream,
                                            .at = number,
                                            .index = static_cast<std::uint32_t>(i),
                                            .found_at = offset}));
  }
  return {};
}

// Without any trailer: the last object that says it is the catalog, else one in an object stream.
Result<> File::search_catalog() {
  constexpr View kType = "/Catalog";
  std::vector<std::uint32_t> candidates;
  for (const std::size_t at : places_of(bytes_, kType)) {
    const auto behind = std::ranges::upper_bound(found_, at, {},
                                                 &std::pair<std::size_t, std::uint32_t>::first);
    if (behind != found_.begin()) candidates.push_back(std::prev(behind)->second);
  }
  for (const auto& [container, stream] : streams_)
    for (std::size_t at = stream.bytes.find(kType);
         at != std::string::npos && candidates.size() < kCandidatesMax;
         at = stream.bytes.find(kType, at + kType.size())) {
      TRY(charge(stream.objects.size()));
      for (const auto& [number, offset] : stream.objects)
        if (offset < at && at - offset < kCatalogBytesMax && number <= UINT32_MAX)
          candidates.push_back(static_cast<std::uint32_t>(number));
    }
  for (const std::uint32_t number : candidates) {
    const auto place = places_.find(number);
    if (place == places_.end()) continue;
    const Reference reference{number, place->second.generation};
    const auto object = load(reference);
    if (!object && object.error().code != Code::invalid) return std::unexpected(object.error());
    if (!object || object->value.at("Type").name() != "Catalog") continue;
    root_reference_ = Value(reference);
    return {};
  }
  return {};
}

}  // namespace corridor::pdf
