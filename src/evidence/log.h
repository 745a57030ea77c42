// SPDX-License-Identifier: Apache-2.0
//
// What a log publishes: tiles of 256 hashes, bundles of the entries themselves, and a signed
// checkpoint. This room makes the bytes and checks them; who stores and serves them is the engine.
//
// A RightEdge is the growing end of a tree: it takes leaf hashes, hands out every tile that becomes
// full, and holds the at most 255 hashes a level that no full tile has yet, so that partial tiles
// and roots cost no reading. It is a value: copy it, try, keep it only when the batch is durable.
//
//   std::vector<RightEdge::FullTile> full;
//   edge.append(leaf_hash(entry), full);                              // write `full`, durably,
//   then std::string note = sign_checkpoint({origin, edge.size(), edge.root()}, log_key);
//
// A checkpoint is a signed note of three lines (origin, size, root). Notes may carry signatures of
// keys unknown here: they are ignored; a signature of a known key that fails refuses the note.
// Threads: values. Sources: C2SP tlog-tiles, signed-note v1.0.0, tlog-checkpoint v1.0.0.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "evidence/merkle.h"

namespace corridor::evidence {

// ---- tiles

inline constexpr std::uint64_t kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8;
inline constexpr std::size_t kEntryBytesMax = 65'535;

enum class TileKind : std::uint8_t { hashes, entries };

struct Tile {
  TileKind kind = TileKind::hashes;
  std::uint8_t level = 0;  // of hashes; entries have only level 0
  std::uint64_t index = 0;
  std::uint16_t width = kTileWidth;  // less: a partial tile
  bool operator==(const Tile&) const = default;
};

std::string tile_path(const Tile& tile);  // "tile/0/x001/067.p/12", "tile/entries/003"
Result<Tile> parse_tile_path(View path);  // only what tile_path writes

// The tiles and bundles that are full at size `to` and were not at size `from`, lower levels first.
std::vector<Tile> completed_tiles(std::uint64_t from, std::uint64_t to);
// The partial tile of this level at this size; nullopt when there is none.
std::optional<Tile> partial_tile(unsigned level, std::uint64_t size);

// The bytes of a hash tile; of a partial one the full tile's bytes are welcome too.
using TileSource = std::function<Result<Bytes>(const Tile& tile)>;
// The nodes of the tree of this size, read from its tiles. Each tile is asked for once; the source
// is meant for one proof or root. `corrupt` when a tile has the wrong length.
NodeSource nodes_in_tiles(TileSource tiles, std::uint64_t size);

// A bundle is its entries, each after its length as uint16 big-endian.
void append_entry(Bytes& bundle, View entry);
Result<std::vector<View>> entries_in(View bundle);

class RightEdge {
 public:
  struct FullTile {
    Tile tile;
    Bytes bytes;
  };

  RightEdge() = default;
  // From durable full tiles, and the leaf hashes after the last full tile of level 0, in order.
  static Result<RightEdge> rebuild(std::uint64_t size, const TileSource& full_tiles,
                                   std::span<const Digest> last_leaves);

  void append(const Digest& leaf, std::vector<FullTile>& full);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Digest root() const;
  // The first `width` hashes after the last full tile of this level; `not_found` when there are
  // fewer (then they are in a full tile).
  [[nodiscard]] Result<Bytes> tile_bytes(const Tile& tile) const;

 private:
  std::uint64_t size_ = 0;
  std::vector<std::vector<Digest>> levels_;  // by level, each shorter than a tile
};

// ---- signed notes and checkpoints

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes signature;
};

struct Note {
  std::string text;  // with its last newline
  std::vector<NoteSignature> signatures;
};

// The first four bytes of SHA-256(name || "\n" || 0x01 || key), big-endian.
std::uint32_t note_key_id(View name, const crypto::PublicKey& key);
// "<name>+<key id in hex>+<base64 of 0x01 || key>", as other tools take it.
std::string verifier_key_text(View name, const crypto::PublicKey& key);

std::string sign_note(View text, View name, const crypto::SigningKey& key);
Result<Note> parse_note(View note);
std::string write_note(const Note& note);
// `unauthenticated` when this key has not signed, or any of its signatures is wrong.
Result<> verify_note(const Note& note, View name, const crypto::PublicKey& key);

struct Checkpoint {
  std::string origin;
  TreeHead head;
  bool operator==(const Checkpoint&) const = default;
};

std::string checkpoint_text(const Checkpoint& checkpoint);
// Lines after the third are allowed and ignored.
Result<Checkpoint> parse_checkpoint_text(View text);
// The log's key name is its origin.
std::string sign_checkpoint(const Checkpoint& checkpoint, const crypto::SigningKey& log_key);
Result<Checkpoint> verify_checkpoint(View note, View origin, const crypto::PublicKey& log_key);
// What a node may call its log: no spaces, no '+', no control characters, not empty.
bool is_origin(View text);

}  // namespace corridor::evidence
