// SPDX-License-Identifier: Apache-2.0
//
// The Merkle tree of a log: hashes, proofs and their checks, over hashes alone. Where the hashes
// come from (tiles, rows, memory) is the caller's: proofs are made from a NodeSource.
//
// Verification is strict: a proof has exactly the hashes that the sizes ask for, an index lies
// below the size, and consistency is only defined from a tree that has a leaf.
//
//   TRY_ASSIGN(Proof proof, prove_inclusion(7, size, nodes));
//   TRY(verify_inclusion(leaf_hash(entry), 7, size, proof, root));
//
// Threads: free functions over values. Source: RFC 9162 §2.1 (the tree of RFC 6962).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::evidence {

Digest leaf_hash(View entry);                               // SHA-256(0x00 || entry)
Digest node_hash(const Digest& left, const Digest& right);  // SHA-256(0x01 || left || right)
Digest empty_root();                                        // SHA-256("")

// The root over `hashes` as consecutive nodes of one height (leaf hashes: the tree's root).
Digest root_over(std::span<const Digest> hashes);

// The root of the complete subtree over the leaves [index << height, (index + 1) << height).
using NodeSource = std::function<Result<Digest>(unsigned height, std::uint64_t index)>;
using Proof = std::vector<Digest>;  // from the leaf's side upwards

// More leaves than this a tree cannot have here; indexes and sizes above are refused.
inline constexpr std::uint64_t kTreeSizeMax = std::uint64_t{1} << 62;

Result<Digest> tree_root(std::uint64_t size, const NodeSource& nodes);
Result<Proof> prove_inclusion(std::uint64_t index, std::uint64_t size, const NodeSource& nodes);
Result<Proof> prove_consistency(std::uint64_t first_size, std::uint64_t second_size,
                                const NodeSource& nodes);

struct TreeHead {
  std::uint64_t size = 0;
  Digest root;
  bool operator==(const TreeHead&) const = default;
};

// `invalid`, saying which way the proof fails.
Result<> verify_inclusion(const Digest& leaf, std::uint64_t index, std::span<const Digest> proof,
                          const TreeHead& head);
Result<> verify_consistency(const TreeHead& first, const TreeHead& second,
                            std::span<const Digest> proof);

}  // namespace corridor::evidence
