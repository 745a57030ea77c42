// SPDX-License-Identifier: Apache-2.0
#include "evidence/merkle.h"

#include "json/json.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace corridor::evidence {

namespace {

std::vector<Digest> leaves(std::size_t count) {
  std::vector<Digest> hashes;
  for (std::size_t i = 0; i < count; ++i) hashes.push_back(leaf_hash("leaf " + std::to_string(i)));
  return hashes;
}

// The definition, word for word (RFC 9162 §2.1.1): slow, and shares nothing with what is tested.
Digest defined_root(std::span<const Digest> hashes) {
  if (hashes.empty()) return empty_root();
  if (hashes.size() == 1) return hashes.front();
  std::size_t split = 1;
  while (split * 2 < hashes.size()) split *= 2;
  return node_hash(defined_root(hashes.first(split)), defined_root(hashes.subspan(split)));
}

NodeSource nodes_over(const std::vector<Digest>& hashes) {
  return [&hashes](unsigned height, std::uint64_t index) -> Result<Digest> {
    const std::uint64_t count = std::uint64_t{1} << height;
    if ((index + 1) * count > hashes.size()) return fail(Code::invalid, "outside of the tree");
    return defined_root(std::span(hashes).subspan(index * count, count));
  };
}

std::filesystem::path shared_suite(const std::string& name) {
  const char* shared = std::getenv("CORRIDOR_SHARED");
  return std::filesystem::path(shared != nullptr ? shared : CORRIDOR_SOURCE_DIR "/../shared") /
         "suites/tlog" / name;
}

// The suite also has hashes that are no SHA-256: cut or padded, so that equal ones stay equal.
Digest suite_hash(View text) {
  auto raw = from_base64(text);
  REQUIRE(raw);
  raw->resize(32, '\0');
  return Digest::from(*raw).value();
}

Proof suite_proof(const json::Value& test) {
  Proof proof;
  const json::Value* hashes = test.find("proof");
  for (const auto& hash : hashes->items()) proof.push_back(suite_hash(hash.text()));
  return proof;
}

std::uint64_t suite_number(const json::Value& test, std::string_view key) {
  return static_cast<std::uint64_t>(test.integer_or(key));
}

// Hashes of no bytes cannot even be asked about.
bool inclusion_holds(const json::Value& test) {
  if (test.text_or("leafHash").empty() || test.text_or("root").empty()) return false;
  return verify_inclusion(suite_hash(test.text_or("leafHash")), suite_number(test, "leafIdx"),
                          suite_proof(test),
                          {suite_number(test, "treeSize"), suite_hash(test.text_or("root"))})
      .has_value();
}

bool consistency_holds(const json::Value& test) {
  return verify_consistency({suite_number(test, "size1"), suite_hash(test.text_or("root1"))},
                            {suite_number(test, "size2"), suite_hash(test.text_or("root2"))},
                            suite_proof(test))
      .has_value();
}

void run_suite(const std::string& name, std::size_t count, bool (*holds)(const json::Value&)) {
  const auto folder = shared_suite(name);
  if (!std::filesystem::is_directory(folder)) {
    std::printf("SKIPPED tlog %s: ../shared is not here\n", name.c_str());
    return;
  }
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    // The same 64 bits, spelled as our reader of signed integers wants them.
    constexpr View kLargest = "18446744073709551615";
    if (const auto at = text.find(kLargest); at != View::npos)
      text.replace(at, kLargest.size(), "-1");
    const auto test = json::parse(text);
    REQUIRE(test);
    INFO(entry.path().string());
    CHECK(holds(*test) != test->boolean_or("wantErr"));
    ++seen;
  }
  CHECK(seen == count);
}

}  // namespace

TEST_CASE("hashes are those of RFC 6962") {
  CHECK(hex(empty_root().view()) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(leaf_hash("").view()) ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  CHECK(leaf_hash("a") != leaf_hash("b"));
  CHECK(node_hash(leaf_hash("a"), leaf_hash("b")) != node_hash(leaf_hash("b"), leaf_hash("a")));
}

TEST_CASE("a root over leaves is the one that the definition gives") {
  for (std::size_t size = 0; size <= 70; ++size) {
    const auto hashes = leaves(size);
    CHECK(root_over(hashes) == defined_root(hashes));
    CHECK(tree_root(size, nodes_over(hashes)).value() == defined_root(hashes));
  }
}

TEST_CASE("every leaf of every small tree is proved, and no other leaf with its proof") {
  for (std::size_t size = 1; size <= 33; ++size) {
    const auto hashes = leaves(size);
    const TreeHead head{size, defined_root(hashes)};
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = prove_inclusion(index, size, nodes_over(hashes));
      REQUIRE(proof);
      CHECK(verify_inclusion(hashes[index], index, *proof, head));
      for (std::size_t other = 0; other <= size; ++other)
        CHECK(verify_inclusion(hashes[index], other, *proof, head).has_value() == (other == index));
      CHECK_FALSE(verify_inclusion(leaf_hash("another"), index, *proof, head));
    }
    CHECK_FALSE(prove_inclusion(size, size, nodes_over(hashes)));
  }
}

TEST_CASE("every small tree is consistent with each of its beginnings, from one leaf on") {
  const auto hashes = leaves(33);
  for (std::size_t second = 1; second <= hashes.size(); ++second) {
    const TreeHead later{second, defined_root(std::span(hashes).first(second))};
    for (std::size_t first = 1; first <= second; ++first) {
      const TreeHead earlier{first, defined_root(std::span(hashes).first(first))};
      const auto proof = prove_consistency(first, second, nodes_over(hashes));
      REQUIRE(proof);
      CHECK(verify_consistency(earlier, later, *proof));
      CHECK_FALSE(verify_consistency({first, leaf_hash("forged")}, later, *proof));
      CHECK_FALSE(verify_consistency(earlier, {second, leaf_hash("forged")}, *proof));
      if (first > 1) CHECK_FALSE(verify_consistency({first - 1, earlier.root}, later, *proof));
    }
    CHECK_FALSE(prove_consistency(0, second, nodes_over(hashes)));
    CHECK_FALSE(prove_consistency(second + 1, second, nodes_over(hashes)));
  }
}

TEST_CASE("a proof with any hash changed, missing, doubled or added is refused") {
  constexpr unsigned kSeed = 4711;
  INFO("seed " << kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    const std::size_t size = 2 + random() % 300;
    const auto hashes = leaves(size);
    const TreeHead head{size, root_over(hashes)};
    const std::size_t index = random() % size;
    const auto good = prove_inclusion(index, size, nodes_over(hashes)).value();
    const std::size_t first = 1 + random() % (size - 1);
    const TreeHead earlier{first, root_over(std::span(hashes).first(first))};
    const auto grown = prove_consistency(first, size, nodes_over(hashes)).value();

    const auto check_refused = [&](const Proof& bad, bool inclusion) {
      if (inclusion) CHECK_FALSE(verify_inclusion(hashes[index], index, bad, head));
      if (!inclusion) CHECK_FALSE(verify_consistency(earlier, head, bad));
    };
    for (const bool inclusion : {true, false}) {
      const Proof& proof = inclusion ? good : grown;
      const std::size_t at = random() % (proof.size() + 1);
      Proof bad = proof;
      bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(at), leaf_hash("x"));
      check_refused(bad, inclusion);
      if (at == proof.size()) continue;
      bad = proof;
      bad[at].bytes[random() % 32] ^= static_cast<std::uint8_t>(1U << (random() % 8));
      check_refused(bad, inclusion);
      bad = proof;
      bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(at));
      check_refused(bad, inclusion);
      bad = proof;
      bad.insert(bad.begin() + static_cast<std::ptrdiff_t>(at), proof[at]);
      check_refused(bad, inclusion);
    }
  }
}

TEST_CASE("sizes that no log can have are refused, not computed with") {
  const Digest any = leaf_hash("any");
  CHECK_FALSE(verify_inclusion(any, 0, {}, {0, any}));
  CHECK_FALSE(verify_inclusion(any, 0, {}, {~std::uint64_t{0}, any}));
  CHECK_FALSE(verify_inclusion(any, ~std::uint64_t{0}, {}, {~std::uint64_t{0}, any}));
  CHECK_FALSE(verify_consistency({1, any}, {~std::uint64_t{0}, any}, {}));
  CHECK_FALSE(verify_consistency({0, empty_root()}, {1, any}, {}));
  CHECK(verify_inclusion(any, 0, {}, {1, any}));
}

TEST_CASE("an error of the node source comes through") {
  const NodeSource broken = [](unsigned, std::uint64_t) -> Result<Digest> {
    return fail(Code::corrupt, "a tile is damaged");
  };
  CHECK(prove_inclusion(3, 9, broken).error().code == Code::corrupt);
  CHECK(prove_consistency(3, 9, broken).error().code == Code::corrupt);
  CHECK(tree_root(9, broken).error().code == Code::corrupt);
}

TEST_CASE("the public inclusion suite is judged as it wants") {
  run_suite("inclusion", 98, inclusion_holds);
}

TEST_CASE("the public consistency suite is judged as it wants") {
  run_suite("consistency", 98, consistency_holds);
}

}  // namespace corridor::evidence
