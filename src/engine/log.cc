// SPDX-License-Identifier: Apache-2.0
#include "engine/log.h"

namespace corridor::engine {

namespace {

Bytes index_key(std::uint64_t index) {
  Bytes key;
  append_u64_be(key, index);
  return key;
}

}  // namespace

Log::Log(Parts parts) : parts_(std::move(parts)) {}

Result<> Log::open() {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.participant);
  TRY_ASSIGN(const auto size_row, rows.get(Table::log, "size"));
  TRY_ASSIGN(const auto checkpoint_row, rows.get(Table::log, "checkpoint"));
  if (size_row && size_row->size() == 8) size_ = read_u64_be(*size_row);
  if (checkpoint_row) {
    TRY_ASSIGN(const auto record, from_bytes<CheckpointRecord>(*checkpoint_row));
    TRY(rebuild(record));
  } else {
    head_ = {{0, evidence::empty_root()}, {}};
  }
  if (size_ > head_.head.size) schedule();
  return {};
}

Result<> Log::rebuild(const CheckpointRecord& record) {
  if (record.size > size_)
    return fail(Code::corrupt, "the log's checkpoint is ahead of its leaves",
                "restore the data folder from a backup; this log must not be signed any further");
  const std::uint64_t full = record.size / evidence::kTileWidth * evidence::kTileWidth;
  TRY_ASSIGN(const auto last, leaves(full, record.size));
  std::vector<Digest> hashes;
  for (const auto& leaf : last) hashes.push_back(evidence::leaf_hash(leaf));
  const auto files = [this](const evidence::Tile& tile) -> Result<Bytes> {
    TRY_ASSIGN(auto bytes, parts_.files.get(evidence::tile_path(tile)));
    if (!bytes) return fail(Code::corrupt, "the log's file " + evidence::tile_path(tile) + " is gone");
    return std::move(*bytes);
  };
  TRY_ASSIGN(edge_, evidence::RightEdge::rebuild(record.size, files, hashes));
  if (edge_.root() != record.root)
    return fail(Code::corrupt,
                "the log's files do not have the root that was signed for size " +
                    std::to_string(record.size),
                "restore the data folder from a backup; this log must not be signed any further");
  head_ = {{record.size, record.root}, record.note};
  return {};
}

Result<std::vector<Bytes>> Log::leaves(std::uint64_t from, std::uint64_t to) const {
  std::vector<Bytes> found;
  if (from == to) return found;
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.participant);
  Bytes after = from == 0 ? Bytes() : index_key(from - 1);
  while (found.size() < to - from) {
    TRY_ASSIGN(auto page, rows.scan({Table::leaf, {}, after,
                                     std::min<std::size_t>(limits::kScanRowsMax,
                                                           to - from - found.size())}));
    for (auto& row : page) {
      if (row.key != index_key(from + found.size()))
        return fail(Code::corrupt, "the log lacks leaf " + std::to_string(from + found.size()));
      after = row.key;
      found.push_back(std::move(row.value));
    }
    if (page.empty())
      return fail(Code::corrupt, "the log lacks leaf " + std::to_string(from + found.size()));
  }
  return found;
}

void Log::appended(std::uint64_t size) {
  {
    const std::lock_guard lock(mutex_);
    size_ = std::max(size_, size);
  }
  schedule();
}

LogHead Log::published() const {
  const std::lock_guard lock(mutex_);
  return head_;
}

void Log::when_logged(std::uint64_t index, Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (head_.head.size <= index) {
      waiting_.emplace(index, std::move(task));
      return;
    }
  }
  task();
}

void Log::schedule() {
  {
    const std::lock_guard lock(mutex_);
    if (at_work_ || size_ <= head_.head.size) return;
    at_work_ = true;
  }
  parts_.executor.at(parts_.env.now() + limits::kCheckpointDelay, [this] { make_checkpoint(); });
}

void Log::make_checkpoint() {
  evidence::RightEdge edge;
  {
    const std::lock_guard lock(mutex_);
    edge = edge_;
  }
  auto made = prepare(edge);
  if (!made) {
    parts_.broken(made.error());
    return;
  }
  parts_.commit(*made, [this, made = *made, edge = std::move(edge)](Result<Committed> done) mutable {
    if (!done) {
      parts_.broken(done.error());
      return;
    }
    committed(made, std::move(edge));
  });
}

Result<CheckpointMade> Log::prepare(evidence::RightEdge& edge) {
  const std::uint64_t from = edge.size();
  std::uint64_t to = 0;
  {
    const std::lock_guard lock(mutex_);
    to = size_;
  }
  TRY_ASSIGN(const auto entries, leaves(from, to));
  std::vector<evidence::RightEdge::FullTile> full;
  for (const auto& entry : entries) edge.append(evidence::leaf_hash(entry), full);
  for (const auto& tile : full) TRY(parts_.files.put(evidence::tile_path(tile.tile), tile.bytes));
  TRY(write_bundles(from, to));
  CheckpointMade made;
  made.size_before = from;
  made.bundled_from = from / evidence::kTileWidth * evidence::kTileWidth;
  made.bundled_to = to / evidence::kTileWidth * evidence::kTileWidth;
  made.checkpoint.size = to;
  made.checkpoint.root = edge.root();
  made.checkpoint.note =
      evidence::sign_checkpoint({parts_.origin, {to, made.checkpoint.root}}, parts_.key);
  return made;
}

Result<Bytes> Log::entry_bundle(std::uint64_t from, std::uint64_t count) const {
  TRY_ASSIGN(const auto entries, leaves(from, from + count));
  Bytes bundle;
  for (const auto& entry : entries) evidence::append_entry(bundle, entry);
  return bundle;
}

Result<> Log::write_bundles(std::uint64_t from, std::uint64_t to) {
  for (std::uint64_t bundle = from / evidence::kTileWidth; bundle < to / evidence::kTileWidth;
       ++bundle) {
    TRY_ASSIGN(const Bytes bytes, entry_bundle(bundle * evidence::kTileWidth, evidence::kTileWidth));
    const evidence::Tile tile{evidence::TileKind::entries, 0, bundle, evidence::kTileWidth};
    TRY(parts_.files.put(evidence::tile_path(tile), bytes));
  }
  return {};
}

void Log::committed(const CheckpointMade& made, evidence::RightEdge edge) {
  std::vector<Task> ready;
  {
    const std::lock_guard lock(mutex_);
    edge_ = std::move(edge);
    head_ = {{made.checkpoint.size, made.checkpoint.root}, made.checkpoint.note};
    at_work_ = false;
    const auto end = waiting_.lower_bound(head_.head.size);
    for (auto it = waiting_.begin(); it != end; ++it) ready.push_back(std::move(it->second));
    waiting_.erase(waiting_.begin(), end);
  }
  for (auto& task : ready) parts_.executor.post_always(std::move(task));
  schedule();
}

Result<Bytes> Log::tile(const evidence::Tile& tile) const {
  const std::uint64_t height = tile.kind == evidence::TileKind::entries ? 0 : tile.level;
  std::uint64_t size = 0;
  {
    const std::lock_guard lock(mutex_);
    size = head_.head.size >> (8 * std::min<std::uint64_t>(height, 7));
    const bool there = tile.index < size / evidence::kTileWidth + 1 &&
                       tile.index * evidence::kTileWidth + tile.width <= size;
    if (!there) return fail(Code::not_found, "the log has no such tile at its published size");
    const bool in_edge = tile.index == size / evidence::kTileWidth;
    if (in_edge && tile.kind == evidence::TileKind::hashes) return edge_.tile_bytes(tile);
  }
  if (tile.index == size / evidence::kTileWidth)
    return entry_bundle(tile.index * evidence::kTileWidth, tile.width);
  evidence::Tile whole = tile;
  whole.width = evidence::kTileWidth;
  TRY_ASSIGN(auto bytes, parts_.files.get(evidence::tile_path(whole)));
  if (!bytes) return fail(Code::corrupt, "the log's file " + evidence::tile_path(whole) + " is gone");
  return std::move(*bytes);
}

Result<std::uint64_t> Log::index_of(const Digest& leaf_hash) const {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  TRY_ASSIGN(const auto row,
             Rows(*view, parts_.participant).get(Table::leaf_index, leaf_hash.view()));
  if (!row || row->size() != 8) return fail(Code::not_found, "the log has no such leaf");
  return read_u64_be(*row);
}

Result<evidence::Proof> Log::inclusion(std::uint64_t index, std::uint64_t size) const {
  const auto nodes = evidence::nodes_in_tiles([this](const auto& t) { return tile(t); }, size);
  return evidence::prove_inclusion(index, size, nodes);
}

Result<evidence::Proof> Log::consistency(std::uint64_t from, std::uint64_t size) const {
  const auto nodes = evidence::nodes_in_tiles([this](const auto& t) { return tile(t); }, size);
  return evidence::prove_consistency(from, size, nodes);
}

}  // namespace corridor::engine
