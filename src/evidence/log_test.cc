// SPDX-License-Identifier: Apache-2.0
#include "evidence/log.h"

#include "evidence/example_test.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

namespace corridor::evidence {

namespace {

// Appends `count` leaves and keeps what a node would keep: the full tiles, and the edge.
struct Published {
  RightEdge edge;
  std::map<std::string, Bytes> files;
  std::vector<Digest> leaves;

  void grow(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      leaves.push_back(leaf_hash("entry " + std::to_string(leaves.size())));
      std::vector<RightEdge::FullTile> full;
      edge.append(leaves.back(), full);
      for (auto& tile : full) files[tile_path(tile.tile)] = std::move(tile.bytes);
    }
  }
  // Full tiles from files, partial ones from the edge.
  [[nodiscard]] TileSource tiles() const {
    return [this](const Tile& tile) -> Result<Bytes> {
      if (auto here = edge.tile_bytes(tile)) return here;
      Tile full = tile;
      full.width = kTileWidth;
      const auto file = files.find(tile_path(full));
      if (file == files.end()) return fail(Code::not_found, "no such tile");
      return file->second;
    };
  }
};

crypto::SigningKey key_of(std::uint8_t number) {
  return std::move(
      crypto::SigningKey::generate(crypto::Suite::ed25519, example::seed_of(number)).value());
}

}  // namespace

TEST_CASE("paths of tiles are those of tlog-tiles") {
  CHECK(tile_path({TileKind::hashes, 0, 1'234'067, 256}) == "tile/0/x001/x234/067");
  CHECK(tile_path({TileKind::hashes, 2, 0, 1}) == "tile/2/000.p/1");
  CHECK(tile_path({TileKind::entries, 0, 1000, 255}) == "tile/entries/x001/000.p/255");
  for (const std::uint64_t index :
       {0ULL, 7ULL, 999ULL, 1000ULL, 999'999ULL, 1'000'000ULL, 36'028'797'018'963'967ULL})
    for (const std::uint16_t width : std::array<std::uint16_t, 4>{1, 9, 255, 256})
      for (const auto kind : {TileKind::hashes, TileKind::entries}) {
        const Tile tile{kind, static_cast<std::uint8_t>(kind == TileKind::hashes ? 63 : 0), index,
                        width};
        const auto read = parse_tile_path(tile_path(tile));
        REQUIRE(read);
        CHECK(*read == tile);
      }
}

TEST_CASE("a path that tile_path does not write is refused") {
  for (const View bad : {"",
                         "tile",
                         "tile/",
                         "tile/0",
                         "tile/0/",
                         "tile/0/0",
                         "tile/0/00",
                         "tile/0/0000",
                         "tile/0/000.p/0",
                         "tile/0/000.p/256",
                         "tile/0/000.p/01",
                         "tile/0/000.p/",
                         "tile/0/000.p/-1",
                         "tile/0/000.p",
                         "tile/00/000",
                         "tile/64/000",
                         "tile/-1/000",
                         "tile/+1/000",
                         "tile/x/000",
                         "tile/0/x000/000",
                         "tile/0/x000/001",
                         "tile/0/001/001",
                         "tile/0/x001",
                         "tile/0/x01/000",
                         "tile/0/x001/x000",
                         "tile/entries/0",
                         "tile/entries/000/",
                         "/tile/0/000",
                         "tile//0/000",
                         "tile/0/000.p/1/",
                         "tile/0/000.p/1.p/1",
                         "tile/0/../000",
                         "TILE/0/000",
                         "tile/entries",
                         "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                         "tile/0/ 000",
                         "tile/0/a00"}) {
    INFO(bad);
    CHECK_FALSE(parse_tile_path(bad));
  }
}

TEST_CASE("a tree of 70,000 has the tiles that tlog-tiles counts") {
  const auto tiles = completed_tiles(0, 70'000);
  std::map<std::pair<TileKind, unsigned>, std::size_t> count;
  for (const Tile& tile : tiles) ++count[{tile.kind, tile.level}];
  CHECK(count[{TileKind::hashes, 0}] == 273);
  CHECK(count[{TileKind::entries, 0}] == 273);
  CHECK(count[{TileKind::hashes, 1}] == 1);
  CHECK(count.size() == 3);
  CHECK(partial_tile(0, 70'000)->width == 112);
  CHECK(partial_tile(1, 70'000)->width == 17);
  CHECK(partial_tile(1, 70'000)->index == 1);
  CHECK(partial_tile(2, 70'000)->width == 1);
  CHECK_FALSE(partial_tile(3, 70'000));
  CHECK_FALSE(partial_tile(0, 256));
  CHECK(partial_tile(1, 256)->width == 1);
  CHECK_FALSE(partial_tile(9, ~std::uint64_t{0} >> 2));
}

TEST_CASE("tiles completed in steps are those completed at once") {
  constexpr unsigned kSeed = 815;
  INFO("seed " << kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> stepwise;
    std::uint64_t size = 0;
    while (size < 140'000) {
      const std::uint64_t next = size + random() % 9000;
      for (const Tile& tile : completed_tiles(size, next)) stepwise.push_back(tile_path(tile));
      size = next;
    }
    std::vector<std::string> at_once;
    for (const Tile& tile : completed_tiles(0, size)) at_once.push_back(tile_path(tile));
    std::ranges::sort(stepwise);
    std::ranges::sort(at_once);
    CHECK(stepwise == at_once);
  }
}

TEST_CASE("a growing edge has the root of its leaves and hands out each full tile once") {
  Published log;
  CHECK(log.edge.root() == empty_root());
  for (const std::size_t step : {1U, 1U, 1U, 252U, 1U, 1U, 300U, 511U, 65'000U, 469U, 3000U}) {
    log.grow(step);
    CHECK(log.edge.size() == log.leaves.size());
    CHECK(log.edge.root() == root_over(log.leaves));
  }
  std::size_t expected = 0;
  for (const Tile& tile : completed_tiles(0, log.edge.size())) {
    if (tile.kind == TileKind::entries) continue;
    ++expected;
    REQUIRE(log.files.contains(tile_path(tile)));
    CHECK(log.files[tile_path(tile)].size() == 8192);
  }
  CHECK(log.files.size() == expected);
  CHECK(expected == 271 + 1);
}

TEST_CASE("proofs from tiles verify, at the size of the log and at earlier ones") {
  Published log;
  log.grow(66'051);
  constexpr unsigned kSeed = 99;
  INFO("seed " << kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t size = round % 3 == 0 ? log.edge.size() : 1 + random() % log.edge.size();
    const TreeHead head{size, root_over(std::span(log.leaves).first(size))};
    CHECK(tree_root(size, nodes_in_tiles(log.tiles(), size)).value() == head.root);
    const std::uint64_t index = random() % size;
    const auto proof = prove_inclusion(index, size, nodes_in_tiles(log.tiles(), size));
    REQUIRE(proof);
    CHECK(verify_inclusion(log.leaves[index], index, *proof, head));
    const std::uint64_t first = 1 + random() % size;
    const TreeHead earlier{first, root_over(std::span(log.leaves).first(first))};
    const auto grown = prove_consistency(first, size, nodes_in_tiles(log.tiles(), size));
    REQUIRE(grown);
    CHECK(verify_consistency(earlier, head, *grown));
  }
}

TEST_CASE("an edge is rebuilt from full tiles and the last leaves, and goes on as before") {
  Published log;
  for (const std::size_t step : {0U, 5U, 251U, 1U, 700U, 64'835U, 1'000U}) {
    log.grow(step);
    const std::size_t tail = log.leaves.size() % kTileWidth;
    auto again = RightEdge::rebuild(log.edge.size(), log.tiles(), std::span(log.leaves).last(tail));
    REQUIRE(again);
    CHECK(again->root() == log.edge.root());
    std::vector<RightEdge::FullTile> full;
    RightEdge original = log.edge;
    again->append(leaf_hash("next"), full);
    original.append(leaf_hash("next"), full);
    CHECK(again->root() == original.root());
  }
  CHECK_FALSE(RightEdge::rebuild(log.edge.size(), log.tiles(), {}));
  const auto short_tiles = [](const Tile&) -> Result<Bytes> { return Bytes(8191, 'x'); };
  CHECK(RightEdge::rebuild(256, short_tiles, {}).error().code == Code::corrupt);
}

TEST_CASE("a tile of the wrong length is corrupt; one outside of the tree does not exist") {
  Published log;
  log.grow(600);
  const auto damaged = [&](const Tile& tile) -> Result<Bytes> {
    TRY_ASSIGN(Bytes bytes, log.tiles()(tile));
    bytes.pop_back();
    return bytes;
  };
  CHECK(prove_inclusion(3, 600, nodes_in_tiles(damaged, 600)).error().code == Code::corrupt);
  CHECK_FALSE(nodes_in_tiles(log.tiles(), 600)(0, 600));
  CHECK_FALSE(nodes_in_tiles(log.tiles(), 600)(9, 1));
  CHECK_FALSE(nodes_in_tiles(log.tiles(), 600)(70, 0));
  CHECK(log.edge.tile_bytes({TileKind::hashes, 0, 2, 88}).value().size() == 88 * 32);
  CHECK(log.edge.tile_bytes({TileKind::hashes, 0, 2, 89}).error().code == Code::not_found);
  CHECK_FALSE(log.edge.tile_bytes({TileKind::hashes, 0, 1, 1}));
  CHECK_FALSE(log.edge.tile_bytes({TileKind::entries, 0, 2, 1}));
}

TEST_CASE("a bundle gives back its entries; a cut one is refused") {
  Bytes bundle;
  const std::string longest(kEntryBytesMax, 'z');
  for (const View entry : {View("one"), View(""), View(longest)}) append_entry(bundle, entry);
  const auto entries = entries_in(bundle);
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0] == "one");
  CHECK((*entries)[1].empty());
  CHECK((*entries)[2] == longest);
  CHECK(bundle.substr(0, 2) == View("\0\3", 2));
  for (const std::size_t cut : {1U, 4U, 6U, 8U, 1000U})
    CHECK_FALSE(entries_in(View(bundle).substr(0, cut)));
  Bytes many;
  for (int i = 0; i < 257; ++i) append_entry(many, "x");
  CHECK_FALSE(entries_in(many));
  CHECK(entries_in("").value().empty());
}

TEST_CASE("a checkpoint is the golden one, reads back, and is refused by another key or name") {
  const auto key = key_of(77);
  const Checkpoint checkpoint{"node.example/log/2026h2", {20'852, leaf_hash("a root")}};
  const std::string note = sign_checkpoint(checkpoint, key);
  CHECK(example::matches_golden(
      "checkpoint.txt",
      note + "key " + verifier_key_text(checkpoint.origin, key.public_key()) + "\n"));
  CHECK(verify_checkpoint(note, checkpoint.origin, key.public_key()).value() == checkpoint);
  CHECK_FALSE(verify_checkpoint(note, checkpoint.origin, key_of(78).public_key()));
  CHECK_FALSE(verify_checkpoint(note, "node.example/log/2027h1", key.public_key()));
  CHECK(sign_checkpoint(checkpoint, key) == note);
}

TEST_CASE("signatures of unknown keys are ignored, a wrong one of the known key is not") {
  const auto key = key_of(77);
  const auto witness = key_of(78);
  const Checkpoint checkpoint{"log.example", {3, leaf_hash("a root")}};
  Note note = parse_note(sign_checkpoint(checkpoint, key)).value();
  const Note cosigned = parse_note(sign_note(note.text, "witness.example", witness)).value();
  note.signatures.push_back(cosigned.signatures.front());
  note.signatures.push_back({"log.example", 0x01020304, Bytes(80, 'q')});
  CHECK(verify_checkpoint(write_note(note), "log.example", key.public_key()));
  CHECK(verify_note(note, "witness.example", witness.public_key()));
  CHECK_FALSE(verify_note(note, "witness.example", key.public_key()));

  Note forged = note;
  forged.signatures.push_back(forged.signatures.front());
  forged.signatures.back().signature[5] ^= 1;
  CHECK_FALSE(verify_note(forged, "log.example", key.public_key()));
  forged = note;
  forged.text.insert(0, "x");
  CHECK_FALSE(verify_note(forged, "log.example", key.public_key()));
}

TEST_CASE("a note is one spelling: anything else is refused") {
  const std::string good = sign_checkpoint({"log.example", {3, leaf_hash("a root")}}, key_of(77));
  REQUIRE(parse_note(good));
  const std::string text = good.substr(0, good.find("\n\n") + 1);
  const std::string line = good.substr(good.find("\n\n") + 2);
  CHECK(write_note(parse_note(good).value()) == good);
  for (const std::string& bad :
       {std::string(), text, text + "\n", text + line, good.substr(0, good.size() - 1), good + "\n",
        good + "more\n", text + "\n- log.example AAAAAAA=\n", text + "\n\xe2\x80\x94 log.example\n",
        text + "\n\xe2\x80\x94  AAAAAAA=\n", text + "\n\xe2\x80\x94 log+example AAAAAAA=\n",
        text + "\n\xe2\x80\x94 log.example AAAAAA\n",
        text + "\n\xe2\x80\x94 log.example AAAAAA==\n",
        text + "\n\xe2\x80\x94 log\xc2\xa0x AAAAAAA=\n", "a\rb\n\n" + line, "a\tb\n\n" + line,
        "\xff\n\n" + line, std::string(70'000, 'a') + "\n\n" + line}) {
    INFO(bad.substr(0, 200));
    CHECK_FALSE(parse_note(bad));
  }
  std::string many = text + "\n";
  for (int i = 0; i < 65; ++i) many += line;
  CHECK(parse_note(many).error().code == Code::too_large);
}

TEST_CASE("a checkpoint's text is three lines and nothing loose") {
  const std::string root = base64(leaf_hash("a root").view());
  CHECK(parse_checkpoint_text("log\n0\n" + root + "\n").value().head.size == 0);
  CHECK(parse_checkpoint_text("log\n12\n" + root + "\nextension\n").value().head.size == 12);
  for (const std::string& bad :
       {"log\n12\n" + root, "log\n12\n" + root + "\n\n", "log\n12\n" + root + "\nx",
        "log\n012\n" + root + "\n", "log\n-1\n" + root + "\n", "log\n+1\n" + root + "\n",
        "log\n 1\n" + root + "\n", "log\n\n" + root + "\n", "log\n1e3\n" + root + "\n",
        "log\n99999999999999999999\n" + root + "\n", "log\n9223372036854775807\n" + root + "\n",
        "\n12\n" + root + "\n", std::string("log\n12\nAAAA\n"), "log\n12\n" + root.substr(1) + "\n",
        std::string("log\n12\n"), std::string("log\n"), std::string()}) {
    INFO(bad);
    CHECK_FALSE(parse_checkpoint_text(bad));
  }
}

TEST_CASE("a log's name has no spaces, plus or control characters") {
  CHECK(is_origin("node.example:8443/log/2026h2"));
  CHECK(
      is_origin("b\xc3\xbc"
                "cher.example/log"));
  for (const View bad : {View(""), View("a b"), View("a+b"), View("a\nb"),
                         View("a\xe2\x80\x83"
                              "b"),
                         View("a\xe3\x80\x80"
                              "b"),
                         View("\xff"), View("a\tb")})
    CHECK_FALSE(is_origin(bad));
}

}  // namespace corridor::evidence
