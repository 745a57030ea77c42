// SPDX-License-Identifier: Apache-2.0
//
// Every node that a proof or a root needs is the root of a complete subtree: a range of leaves is
// walked from its left end in the largest complete pieces, so a NodeSource never has to know how
// large the tree is.
#include "evidence/merkle.h"

#include "crypto/crypto.h"

#include <algorithm>
#include <bit>

namespace corridor::evidence {

namespace {

constexpr View kLeafPrefix("\0", 1);
constexpr View kNodePrefix("\1", 1);

// The largest power of two below `size`, where RFC 9162 §2.1.1 splits a tree; size >= 2.
std::uint64_t split_of(std::uint64_t size) { return std::bit_floor(size - 1); }

// MTH of the leaves [start, start + count), where `start` is a multiple of bit_ceil(count): the
// complete pieces from left to right, folded from the right.
Result<Digest> range_root(std::uint64_t start, std::uint64_t count, const NodeSource& nodes) {
  std::vector<Digest> pieces;
  for (std::uint64_t at = start; count > 0;) {
    const std::uint64_t piece = std::bit_floor(count);
    const auto height = static_cast<unsigned>(std::countr_zero(piece));
    TRY_ASSIGN(auto hash, nodes(height, at >> height));
    pieces.push_back(hash);
    at += piece;
    count -= piece;
  }
  Digest root = pieces.back();
  for (std::size_t i = pieces.size() - 1; i > 0; --i) root = node_hash(pieces[i - 1], root);
  return root;
}

Result<> check_size(std::uint64_t size) {
  if (size > kTreeSizeMax) return fail(Code::invalid, "a tree size that no log can have");
  return {};
}

std::unexpected<Error> wrong_length(std::string_view what) {
  return fail(Code::invalid, std::string(what) + " proof has too many or too few hashes");
}

// Splits a proof that ends at `head.root` into what lies below and above the point where the path
// of `index` meets the right edge of the tree (RFC 9162 §2.1.3.2).
struct PathShape {
  unsigned inner = 0;   // steps with a sibling on either side
  unsigned border = 0;  // steps along the right edge, siblings on the left only
};
PathShape shape_of(std::uint64_t index, std::uint64_t size) {
  const auto inner = static_cast<unsigned>(std::bit_width(index ^ (size - 1)));
  return {inner, static_cast<unsigned>(std::popcount(index >> inner))};
}

}  // namespace

Digest leaf_hash(View entry) { return crypto::sha256({kLeafPrefix, entry}); }

Digest node_hash(const Digest& left, const Digest& right) {
  return crypto::sha256({kNodePrefix, left.view(), right.view()});
}

Digest empty_root() { return crypto::sha256(View{}); }

Digest root_over(std::span<const Digest> hashes) {
  if (hashes.empty()) return empty_root();
  std::vector<Digest> row(hashes.begin(), hashes.end());
  while (row.size() > 1) {
    const std::size_t pairs = row.size() / 2;
    for (std::size_t i = 0; i < pairs; ++i) row[i] = node_hash(row[2 * i], row[2 * i + 1]);
    if (row.size() % 2 == 1) row[pairs] = row.back();
    row.resize((row.size() + 1) / 2);
  }
  return row.front();
}

Result<Digest> tree_root(std::uint64_t size, const NodeSource& nodes) {
  TRY(check_size(size));
  if (size == 0) return empty_root();
  return range_root(0, size, nodes);
}

Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const NodeSource& nodes) {
  TRY(check_size(size));
  if (index >= size) return fail(Code::invalid, "the tree has no leaf of this index");
  Proof proof;
  std::uint64_t start = 0;
  for (std::uint64_t count = size; count > 1;) {
    const std::uint64_t left = split_of(count);
    const bool go_left = index - start < left;
    TRY_ASSIGN(auto sibling, go_left ? range_root(start + left, count - left, nodes)
                                     : range_root(start, left, nodes));
    proof.push_back(sibling);
    if (!go_left) start += left;
    count = go_left ? left : count - left;
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<Proof> prove_consistency(std::uint64_t first_size, std::uint64_t second_size,
                                const NodeSource& nodes) {
  TRY(check_size(second_size));
  if (first_size == 0 || first_size > second_size)
    return fail(Code::invalid, "no consistency proof exists between these sizes");
  Proof proof;
  std::uint64_t start = 0;
  std::uint64_t count = second_size;
  bool known = true;  // the verifier has the root of what is left of the first tree
  while (first_size - start != count) {
    const std::uint64_t left = split_of(count);
    const bool go_left = first_size - start <= left;
    TRY_ASSIGN(auto sibling, go_left ? range_root(start + left, count - left, nodes)
                                     : range_root(start, left, nodes));
    proof.push_back(sibling);
    if (!go_left) {
      start += left;
      known = false;
    }
    count = go_left ? left : count - left;
  }
  if (!known) {
    TRY_ASSIGN(auto rest, range_root(start, count, nodes));
    proof.push_back(rest);
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

Result<> verify_inclusion(const Digest& leaf, std::uint64_t index, std::span<const Digest> proof,
                          const TreeHead& head) {
  TRY(check_size(head.size));
  if (index >= head.size) return fail(Code::invalid, "the tree has no leaf of this index");
  const PathShape shape = shape_of(index, head.size);
  if (proof.size() != shape.inner + shape.border) return wrong_length("an inclusion");
  Digest hash = leaf;
  for (unsigned i = 0; i < proof.size(); ++i) {
    const bool on_right = i < shape.inner && ((index >> i) & 1) == 0;
    hash = on_right ? node_hash(hash, proof[i]) : node_hash(proof[i], hash);
  }
  if (hash != head.root) return fail(Code::invalid, "the leaf is not in the tree of this root");
  return {};
}

Result<> verify_consistency(const TreeHead& first, const TreeHead& second,
                            std::span<const Digest> proof) {
  TRY(check_size(second.size));
  if (first.size == 0 || first.size > second.size)
    return fail(Code::invalid, "consistency is not defined between these sizes");
  if (first.size == second.size) {
    if (!proof.empty()) return wrong_length("a consistency");
    if (first.root != second.root) return fail(Code::invalid, "one size with two roots");
    return {};
  }
  // RFC 9162 §2.1.4.2: the path of the first tree's last leaf, from the first node on it that is
  // not a complete subtree of the first tree.
  const auto whole = static_cast<unsigned>(std::countr_zero(first.size));
  const bool known = std::has_single_bit(first.size);
  PathShape shape = shape_of(first.size - 1, second.size);
  shape.inner -= whole;
  const std::size_t seed = known ? 0 : 1;
  if (proof.size() != seed + shape.inner + shape.border) return wrong_length("a consistency");

  Digest of_first = known ? first.root : proof.front();
  Digest of_second = of_first;
  const std::uint64_t path = (first.size - 1) >> whole;
  for (unsigned i = 0; i < shape.inner + shape.border; ++i) {
    const Digest& sibling = proof[seed + i];
    if (i < shape.inner && ((path >> i) & 1) == 0) {
      of_second = node_hash(of_second, sibling);
      continue;
    }
    of_first = node_hash(sibling, of_first);
    of_second = node_hash(sibling, of_second);
  }
  if (of_first != first.root) return fail(Code::invalid, "the older root does not come out");
  if (of_second != second.root) return fail(Code::invalid, "the newer root does not come out");
  return {};
}

}  // namespace corridor::evidence
