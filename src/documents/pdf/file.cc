// SPDX-License-Identifier: Apache-2.0
//
// The newest section of the cross-reference is read first and what it says about an object stands;
// older sections only add what it does not name.
#include "documents/pdf/file.h"

#include <algorithm>
#include <set>

#include "documents/pdf/filters.h"

namespace corridor::pdf {

namespace {

constexpr std::size_t kMarkWithin = 1'024;
constexpr std::size_t kTailBytes = 4 * 1024;  // in which "startxref" is sought
constexpr View kStart = "startxref";
constexpr View kEndStream = "endstream";

class Loading {  // one level of what reading an object needs
 public:
  explicit Loading(unsigned& depth) : depth_(depth) { ++depth_; }
  ~Loading() { --depth_; }
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;

 private:
  unsigned& depth_;
};

std::uint64_t big_endian(View bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::unexpected<Error> File::damage(std::string why) {
  damaged_ = true;
  return fail(Code::invalid, std::move(why));
}

// Bytes that are read, again perhaps: a file that refers to itself in circles runs out of them.
Result<> File::charge(std::size_t bytes) {
  read_ += bytes;
  if (read_ <= bytes_.size() + kReadBytesMax) return {};
  return fail(Code::too_large, "its objects refer to each other more than is followed");
}

Result<> File::put(std::uint64_t number, Place place) {
  if (number > UINT32_MAX) return damage("it numbers an object beyond what can be");
  if (places_.size() >= kObjectsMax)
    return fail(Code::too_large,
                "it has more than the " + std::to_string(kObjectsMax) + " objects that are read");
  const auto [at, added] = places_.try_emplace(static_cast<std::uint32_t>(number), place);
  if (!added && place.found_at > at->second.found_at) at->second = place;
  return {};
}

File::File(View bytes) {
  const std::size_t mark = bytes.substr(0, kMarkWithin).find("%PDF-");
  bytes_ = bytes.substr(mark == View::npos ? 0 : mark);
}

Result<> File::open() {
  const std::size_t tail = bytes_.size() - std::min(bytes_.size(), kTailBytes);
  const std::size_t start = bytes_.substr(tail).rfind(kStart);
  if (start == View::npos) return damage("it does not say where its cross-reference is");
  const auto at = Reader(bytes_, tail + start + kStart.size()).number();
  if (!at || *at >= bytes_.size()) return damage("its cross-reference is not where it says");
  TRY(read_sections(static_cast<std::size_t>(*at)));
  return find_root();
}

Result<> File::read_sections(std::size_t at) {
  std::set<std::size_t> seen;
  for (;;) {
    if (!seen.insert(at).second) return damage("its cross-reference goes in circles");
    if (seen.size() > kSectionsMax)
      return fail(Code::too_large, "its cross-reference has too many sections");
    TRY_ASSIGN(const Value trailer, read_section(at));
    TRY(take_trailer(trailer));
    const std::int64_t* const previous = trailer.at("Prev").integer();
    if (previous == nullptr) return {};
    if (*previous < 0 || static_cast<std::uint64_t>(*previous) >= bytes_.size())
      return damage("an older section of its cross-reference is not where it says");
    at = static_cast<std::size_t>(*previous);
  }
}

Result<Value> File::read_section(std::size_t at) {
  Reader reader(bytes_, at);
  if (reader.word("xref")) return read_table(reader.at());
  return read_cross_reference_stream(at);
}

// ISO 32000-1 §7.5.4. What a hybrid file hides from old readers is free in the table and stands in
// the stream that XRefStm names (§7.5.8.4), so free entries are the last to be believed.
Result<Value> File::read_table(std::size_t at) {
  Reader reader(bytes_, at);
  std::vector<std::pair<std::uint64_t, Place>> free;
  while (!reader.word("trailer")) {
    const auto first = reader.number();
    const auto count = reader.number();
    if (!first || !count) return damage("its cross-reference table is broken");
    for (std::uint64_t i = 0; i < *count; ++i) {
      const auto offset = reader.number();
      const auto generation = reader.number();
      if (!offset || !generation || *generation > UINT32_MAX)
        return damage("its cross-reference table is broken");
      Place place{.generation = static_cast<std::uint32_t>(*generation)};
      if (reader.word("n")) {
        place.kind = Place::Kind::offset;
        place.at = static_cast<std::size_t>(*offset);
        TRY(put(*first + i, place));
      } else if (reader.word("f")) {
        if (free.size() < kObjectsMax) free.emplace_back(*first + i, place);
      } else {
        return damage("its cross-reference table is broken");
      }
    }
  }
  TRY_ASSIGN(Value trailer, reader.value());
  TRY(charge(reader.at() - at));
  if (const std::int64_t* const stream = trailer.at("XRefStm").integer()) {
    if (*stream < 0 || static_cast<std::uint64_t>(*stream) >= bytes_.size())
      return damage("the stream of its cross-reference is not where it says");
    TRY(read_cross_reference_stream(static_cast<std::size_t>(*stream)));
  }
  for (const auto& [number, place] : free) TRY(put(number, place));
  return trailer;
}

Result<Value> File::read_cross_reference_stream(std::size_t at) {
  TRY_ASSIGN(Object object, read_object(at, std::nullopt));
  if (!object.is_stream || object.value.at("Type").name() != "XRef")
    return damage("its cross-reference is not where it says");
  TRY_ASSIGN(const Bytes rows, unpack(object));
  TRY(read_rows(object.value, rows));
  return std::move(object.value);
}

// ISO 32000-1 §7.5.8: rows of three numbers whose widths W states, for the ranges of Index.
Result<> File::read_rows(const Value& dictionary, View rows) {
  constexpr std::int64_t kWidthMax = 8;
  std::size_t widths[3] = {};
  const Value::Array* const stated = dictionary.at("W").array();
  if (stated == nullptr || stated->size() != 3)
    return damage("the stream of its cross-reference does not state its widths");
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t* const width = (*stated)[i].integer();
    if (width == nullptr || *width < 0 || *width > kWidthMax)
      return damage("the stream of its cross-reference states impossible widths");
    widths[i] = static_cast<std::size_t>(*width);
  }
  const std::size_t row_bytes = widths[0] + widths[1] + widths[2];
  Value::Array whole{Value(std::int64_t{0}), dictionary.at("Size")};
  const Value::Array* const index = dictionary.at("Index").array();
  const Value::Array& ranges = index == nullptr ? whole : *index;
  for (std::size_t i = 0; i + 1 < ranges.size(); i += 2) {
    const std::int64_t* const first = ranges[i].integer();
    const std::int64_t* const count = ranges[i + 1].integer();
    if (first == nullptr || count == nullptr || *first < 0 || *count < 0 || row_bytes == 0)
      return damage("the stream of its cross-reference states impossible ranges");
    for (std::int64_t k = 0; k < *count && rows.size() >= row_bytes; ++k) {
      const std::uint64_t type = widths[0] == 0 ? 1 : big_endian(rows.substr(0, widths[0]));
      const std::uint64_t second = big_endian(rows.substr(widths[0], widths[1]));
      const std::uint64_t third = big_endian(rows.substr(widths[0] + widths[1], widths[2]));
      rows.remove_prefix(row_bytes);
      if (type > 2) continue;  // of a later version: as good as not there
      Place place{.kind = static_cast<Place::Kind>(type), .at = static_cast<std::size_t>(second)};
      (type == 2 ? place.index : place.generation) =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(third, UINT32_MAX));
      TRY(put(static_cast<std::uint64_t>(*first) + static_cast<std::uint64_t>(k), place));
    }
  }
  return {};
}

Result<> File::take_trailer(const Value& trailer) {
  if (trailer.dictionary() == nullptr) return damage("its trailer is broken");
  if (!trailer.at("Encrypt").is_null())
    return fail(Code::invalid, "it is encrypted", "save it without a password or restrictions");
  if (root_reference_.is_null()) root_reference_ = trailer.at("Root");
  return {};
}

Result<> File::find_root() {
  TRY_ASSIGN(root_, resolve(root_reference_));
  if (root_.dictionary() == nullptr) return damage("its document catalog is missing");
  return {};
}

// "12 0 obj ... endobj", and a stream where one follows. Any number will do for the stream of a
// cross-reference.
Result<Object> File::read_object(std::size_t at, std::optional<std::uint32_t> number) {
  Reader reader(bytes_, at);
  const auto here = reader.number();
  const auto generation = reader.number();
  if (!here || !generation || !reader.word("obj") || (number && *here != *number))
    return damage("an object is not where its cross-reference says");
  auto value = reader.value();
  TRY(charge(reader.at() - at));
  if (!value) {
    damaged_ = true;
    return std::unexpected(std::move(value).error());
  }
  Object out{.value = std::move(*value), .is_stream = false, .data = {}};
  if (out.value.dictionary() == nullptr || !reader.word("stream")) return out;
  std::size_t data_at = reader.at();
  if (bytes_.substr(data_at).starts_with("\r\n"))
    data_at += 2;
  else if (data_at < bytes_.size() && (bytes_[data_at] == '\n' || bytes_[data_at] == '\r'))
    ++data_at;
  TRY_ASSIGN(out.data, stream_data(out.value, data_at));
  out.is_stream = true;
  return out;
}

// The stated length counts when the stream ends there; else it ends where it says so.
Result<View> File::stream_data(const Value& dictionary, std::size_t at) {
  const auto length = stated_length(dictionary);
  if (length && *length <= bytes_.size() - at) {
    const std::size_t end = at + static_cast<std::size_t>(*length);
    Reader behind(bytes_, end);
    behind.skip_space();
    TRY(charge(behind.at() - end));
    if (behind.rest().starts_with(kEndStream))
      return bytes_.substr(at, static_cast<std::size_t>(*length));
  }
  const std::size_t found = bytes_.find(kEndStream, at);
  TRY(charge(std::min(found, bytes_.size()) - at));
  if (found == View::npos) return damage("a stream has no end");
  View data = bytes_.substr(at, found - at);
  if (data.ends_with('\n')) data.remove_suffix(1);
  if (data.ends_with('\r')) data.remove_suffix(1);
  return data;
}

std::optional<std::uint64_t> File::stated_length(const Value& dictionary) {
  const auto length = resolve(dictionary.at("Length"));
  if (!length || length->integer() == nullptr || *length->integer() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*length->integer());
}

Result<Object> File::load(Reference reference) {
  const auto found = places_.find(reference.number);
  if (found == places_.end()) return Object{};
  const Place place = found->second;
  if (place.kind == Place::Kind::free) return Object{};
  if (loading_ >= kLoadsMax) return damage("an object needs itself to be read");
  const Loading level(loading_);
  if (place.kind == Place::Kind::in_stream) return load_from_stream(reference, place);
  if (place.generation != reference.generation) return Object{};
  if (place.at >= bytes_.size()) return damage("an object is not where its cross-reference says");
  return read_object(place.at, reference.number);
}

Result<Value> File::resolve(const Value& value) {
  Value out = value;
  for (unsigned hop = 0; out.reference() != nullptr; ++hop) {
    if (hop == kHopsMax) return damage("its references go in circles");
    TRY_ASSIGN(Object object, load(*out.reference()));
    out = std::move(object.value);
  }
  return out;
}

Result<Object> File::load_from_stream(Reference reference, const Place& place) {
  if (place.at > UINT32_MAX) return damage("an object is not where its cross-reference says");
  TRY_ASSIGN(const ObjectStream* const stream,
             object_stream(static_cast<std::uint32_t>(place.at)));
  const auto& objects = stream->objects;
  auto at = objects.begin();
  if (place.index < objects.size() && objects[place.index].first == reference.number) {
    at += static_cast<std::ptrdiff_t>(place.index);
  } else {
    TRY(charge(objects.size()));
    at = std::ranges::find(objects, reference.number, &std::pair<std::uint64_t, std::size_t>::first);
  }
  if (at == objects.end()) return damage("an object is not in the stream that should hold it");
  Reader reader(stream->bytes, at->second);
  auto value = reader.value();
  TRY(charge(reader.at() - std::min(at->second, reader.at())));
  if (!value) {
    damaged_ = true;
    return std::unexpected(std::move(value).error());
  }
  return Object{.value = std::move(*value), .is_stream = false, .data = {}};
}

// ISO 32000-1 §7.5.7: pairs of number and offset, then the objects from First on.
Result<const File::ObjectStream*> File::object_stream(std::uint32_t number) {
  if (const auto known = streams_.find(number); known != streams_.end()) return &known->second;
  const auto found = places_.find(number);
  if (found == places_.end() || found->second.kind != Place::Kind::offset)
    return damage("an object stream is not there");
  TRY_ASSIGN(const Object object, load({number, found->second.generation}));
  if (!object.is_stream || object.value.at("Type").name() != "ObjStm")
    return damage("an object stream is not what its cross-reference says");
  TRY_ASSIGN(const Value count, resolve(object.value.at("N")));
  TRY_ASSIGN(const Value first, resolve(object.value.at("First")));
  ObjectStream out;
  TRY_ASSIGN(out.bytes, unpack(object));
  if (count.integer() == nullptr || first.integer() == nullptr || *first.integer() < 0)
    return damage("an object stream does not state what it holds");
  const auto begin = static_cast<std::uint64_t>(*first.integer());
  Reader reader(out.bytes);
  for (std::int64_t i = 0; i < *count.integer(); ++i) {
    const auto object_number = reader.number();
    const auto offset = reader.number();
    if (!object_number || !offset || begin > out.bytes.size() ||
        *offset > out.bytes.size() - begin)
      return damage("an object stream is broken");
    if (out.objects.size() == kObjectsMax)
      return fail(Code::too_large, "an object stream holds too many objects");
    out.objects.emplace_back(*object_number, static_cast<std::size_t>(begin + *offset));
  }
  return &streams_.emplace(number, std::move(out)).first->second;
}

Result<Bytes> File::unpack(const Object& stream) {
  TRY_ASSIGN(const Value filter, resolve(stream.value.at("Filter")));
  TRY_ASSIGN(const Value parameters, resolve(stream.value.at("DecodeParms")));
  Value::Array filters;
  if (filter.array() != nullptr)
    filters = *filter.array();
  else if (!filter.is_null())
    filters.push_back(filter);
  if (filters.size() > kFiltersMax)
    return fail(Code::invalid, "a stream has more filters than are read");
  if (!stream.value.at("F").is_null())
    return fail(Code::invalid, "a stream stands in another file, which is not read");
  View data = stream.data;
  Bytes unpacked;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const std::size_t left = std::min(kStreamBytesMax, kUnpackedBytesMax - unpacked_);
    TRY_ASSIGN(const Value name, resolve(filters[i]));
    const Value::Array* const each = parameters.array();
    const Value own = each == nullptr ? parameters : i < each->size() ? (*each)[i] : Value();
    TRY_ASSIGN(const Value resolved, resolve(own));
    TRY_ASSIGN(unpacked, unfilter(data, name.name(), resolved, left));
    unpacked_ += unpacked.size();
    data = unpacked;
  }
  if (!filters.empty()) return unpacked;
  if (data.size() > std::min(kStreamBytesMax, kUnpackedBytesMax - unpacked_))
    return fail(Code::too_large, "its streams unpack to more than is read");
  unpacked_ += data.size();
  return Bytes(data);
}

}  // namespace corridor::pdf
