// SPDX-License-Identifier: Apache-2.0
#include "evidence/log.h"

#include <charconv>
#include <map>
#include <memory>

namespace corridor::evidence {

namespace {

constexpr std::size_t kHashBytes = 32;
constexpr unsigned kLevelMax = 63;

// Hashes of this level in a tree of `size` leaves. Above level 7 a shift would pass 64 bits.
std::uint64_t hashes_at(unsigned level, std::uint64_t size) {
  return level * kTileHeight < 64 ? size >> (level * kTileHeight) : 0;
}

std::string index_path(std::uint64_t index) {
  std::string path;
  for (bool last = true; last || index > 0; last = false, index /= 1000) {
    std::string digits = std::to_string(index % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    path.insert(0, last ? digits : "x" + digits + "/");
  }
  return path;
}

std::unexpected<Error> no_path(View path) {
  return fail(Code::invalid, "\"" + std::string(path.substr(0, 100)) + "\" is no path of a tile");
}

// A decimal number up to `most`, without leading zeroes.
std::optional<std::uint64_t> small_number(View text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most ||
      (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  return value;
}

Digest hash_at(View bytes, std::size_t at) {
  Digest digest;
  const View raw = bytes.substr(at * kHashBytes, kHashBytes);
  std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(digest.bytes.data()));
  return digest;
}

std::vector<Digest> hashes_in(View bytes) {
  std::vector<Digest> hashes;
  hashes.reserve(bytes.size() / kHashBytes);
  for (std::size_t i = 0; i < bytes.size() / kHashBytes; ++i) hashes.push_back(hash_at(bytes, i));
  return hashes;
}

Bytes bytes_of(std::span<const Digest> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Digest& hash : hashes) bytes.append(hash.view());
  return bytes;
}

// The tiles of one tree as they are read, each once.
class TileReader {
 public:
  TileReader(TileSource tiles, std::uint64_t size) : tiles_(std::move(tiles)), size_(size) {}

  Result<Digest> node(unsigned height, std::uint64_t index) {
    const unsigned level = height / kTileHeight;
    const unsigned within = height % kTileHeight;
    const std::uint64_t count = std::uint64_t{1} << within;
    const std::uint64_t all = hashes_at(level, size_);
    if (index >= all >> within) return fail(Code::invalid, "a node outside of the tree");
    const std::uint64_t first = index << within;
    TRY_ASSIGN(const View bytes, read(level, first / kTileWidth, all));
    const std::size_t offset = first % kTileWidth;
    return root_over(hashes_in(bytes.substr(offset * kHashBytes, count * kHashBytes)));
  }

 private:
  Result<View> read(unsigned level, std::uint64_t index, std::uint64_t all) {
    const auto key = std::pair(level, index);
    if (const auto known = read_.find(key); known != read_.end()) return View(known->second);
    const std::uint64_t width = std::min(kTileWidth, all - index * kTileWidth);
    TRY_ASSIGN(Bytes bytes, tiles_({TileKind::hashes, static_cast<std::uint8_t>(level), index,
                                    static_cast<std::uint16_t>(width)}));
    if (bytes.size() != width * kHashBytes && bytes.size() != kTileWidth * kHashBytes)
      return fail(Code::corrupt, "a tile of the log has the wrong length");
    return View(read_.emplace(key, std::move(bytes)).first->second);
  }

  TileSource tiles_;
  std::uint64_t size_;
  std::map<std::pair<unsigned, std::uint64_t>, Bytes> read_;
};

}  // namespace

std::string tile_path(const Tile& tile) {
  std::string path =
      tile.kind == TileKind::entries ? "tile/entries/" : "tile/" + std::to_string(tile.level) + "/";
  path += index_path(tile.index);
  if (tile.width < kTileWidth) path += ".p/" + std::to_string(tile.width);
  return path;
}

Result<Tile> parse_tile_path(View path) {
  constexpr View kStart = "tile/";
  View rest = path;
  if (path.size() > 128 || !rest.starts_with(kStart)) return no_path(path);
  rest.remove_prefix(kStart.size());
  Tile tile;
  const View level = rest.substr(0, rest.find('/'));
  if (level == "entries") {
    tile.kind = TileKind::entries;
  } else {
    const auto number = small_number(level, kLevelMax);
    if (!number) return no_path(path);
    tile.level = static_cast<std::uint8_t>(*number);
  }
  rest.remove_prefix(std::min(rest.size(), level.size() + 1));
  if (const std::size_t at = rest.find(".p/"); at != View::npos) {
    const auto width = small_number(rest.substr(at + 3), kTileWidth - 1);
    if (!width || *width == 0) return no_path(path);
    tile.width = static_cast<std::uint16_t>(*width);
    rest = rest.substr(0, at);
  }
  // Only the digits matter here: whatever else stands between them, the path written back differs.
  for (const char c : rest) {
    if (c < '0' || c > '9') continue;
    if (tile.index > kTreeSizeMax / 10) return no_path(path);
    tile.index = tile.index * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (tile_path(tile) != path) return no_path(path);
  return tile;
}

std::vector<Tile> completed_tiles(std::uint64_t from, std::uint64_t to) {
  std::vector<Tile> tiles;
  for (unsigned level = 0; hashes_at(level + 1, to) > 0; ++level) {
    for (std::uint64_t index = hashes_at(level + 1, from); index < hashes_at(level + 1, to);
         ++index) {
      if (level == 0) tiles.push_back({TileKind::entries, 0, index, kTileWidth});
      tiles.push_back({TileKind::hashes, static_cast<std::uint8_t>(level), index, kTileWidth});
    }
  }
  return tiles;
}

std::optional<Tile> partial_tile(unsigned level, std::uint64_t size) {
  const std::uint64_t hashes = hashes_at(level, size);
  if (hashes % kTileWidth == 0) return std::nullopt;
  return Tile{TileKind::hashes, static_cast<std::uint8_t>(level), hashes / kTileWidth,
              static_cast<std::uint16_t>(hashes % kTileWidth)};
}

NodeSource nodes_in_tiles(TileSource tiles, std::uint64_t size) {
  auto reader = std::make_shared<TileReader>(std::move(tiles), size);
  return [reader](unsigned height, std::uint64_t index) { return reader->node(height, index); };
}

void append_entry(Bytes& bundle, View entry) {
  CHECK(entry.size() <= kEntryBytesMax);
  bundle.push_back(static_cast<char>(entry.size() >> 8));
  bundle.push_back(static_cast<char>(entry.size() & 0xff));
  bundle.append(entry);
}

Result<std::vector<View>> entries_in(View bundle) {
  std::vector<View> entries;
  while (!bundle.empty()) {
    if (entries.size() == kTileWidth) return fail(Code::invalid, "a bundle of over 256 entries");
    if (bundle.size() < 2) return fail(Code::invalid, "a bundle that ends within a length");
    const auto high = static_cast<std::size_t>(static_cast<std::uint8_t>(bundle[0]));
    const std::size_t length = high * 256 + static_cast<std::uint8_t>(bundle[1]);
    if (bundle.size() - 2 < length) return fail(Code::invalid, "a bundle that ends in an entry");
    entries.push_back(bundle.substr(2, length));
    bundle.remove_prefix(2 + length);
  }
  return entries;
}

Result<RightEdge> RightEdge::rebuild(std::uint64_t size, const TileSource& full_tiles,
                                     std::span<const Digest> last_leaves) {
  if (size > kTreeSizeMax || last_leaves.size() != size % kTileWidth)
    return fail(Code::invalid, "the leaves given do not end a tree of this size");
  RightEdge edge;
  edge.size_ = size;
  edge.levels_.emplace_back(last_leaves.begin(), last_leaves.end());
  for (unsigned level = 1; hashes_at(level, size) > 0; ++level) {
    auto& row = edge.levels_.emplace_back();
    const std::uint64_t hashes = hashes_at(level, size);
    for (std::uint64_t index = hashes - hashes % kTileWidth; index < hashes; ++index) {
      TRY_ASSIGN(
          const Bytes bytes,
          full_tiles({TileKind::hashes, static_cast<std::uint8_t>(level - 1), index, kTileWidth}));
      if (bytes.size() != kTileWidth * kHashBytes)
        return fail(Code::corrupt, "a full tile of the log has the wrong length");
      row.push_back(root_over(hashes_in(bytes)));
    }
  }
  return edge;
}

void RightEdge::append(const Digest& leaf, std::vector<FullTile>& full) {
  ++size_;
  Digest hash = leaf;
  for (unsigned level = 0;; ++level) {
    if (level == levels_.size()) levels_.emplace_back().reserve(kTileWidth);
    auto& row = levels_[level];
    row.push_back(hash);
    if (row.size() < kTileWidth) return;
    full.push_back({{TileKind::hashes, static_cast<std::uint8_t>(level),
                     hashes_at(level + 1, size_) - 1, kTileWidth},
                    bytes_of(row)});
    hash = root_over(row);
    row.clear();
  }
}

Digest RightEdge::root() const {
  // Lower levels stand to the right: fold from the rightmost complete piece of the lowest level.
  std::optional<Digest> right;
  for (const auto& row : levels_) {
    for (std::size_t end = row.size(); end > 0;) {
      const std::size_t piece = end & (~end + 1);
      const Digest hash = root_over(std::span(row).subspan(end - piece, piece));
      right = right ? node_hash(hash, *right) : hash;
      end -= piece;
    }
  }
  return right.value_or(empty_root());
}

Result<Bytes> RightEdge::tile_bytes(const Tile& tile) const {
  const bool here = tile.kind == TileKind::hashes && tile.level < levels_.size() &&
                    tile.index == hashes_at(tile.level, size_) / kTileWidth &&
                    tile.width <= levels_[tile.level].size();
  if (!here) return fail(Code::not_found, "no partial tile at the end of this tree");
  return bytes_of(std::span(levels_[tile.level]).first(tile.width));
}

}  // namespace corridor::evidence
