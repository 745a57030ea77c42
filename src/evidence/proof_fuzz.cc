// SPDX-License-Identifier: Apache-2.0
#include "evidence/log.h"

namespace {

using namespace corridor;

// Index, size and older size, then the hashes of a proof, the roots first.
void check_proofs(View input) {
  const std::uint64_t index = read_u64_be(input);
  const std::uint64_t size = read_u64_be(input.substr(8));
  std::vector<Digest> hashes;
  for (View rest = input.substr(16); rest.size() >= 32; rest.remove_prefix(32))
    hashes.push_back(Digest::from(rest.substr(0, 32)).value());
  if (hashes.size() < 2) return;
  const auto proof = std::span(hashes).subspan(2);
  if (evidence::verify_inclusion(hashes[0], index, proof, {size, hashes[1]})) {
    CHECK(index < size);
    CHECK(proof.size() <= 62);
  }
  if (evidence::verify_consistency({index, hashes[0]}, {size, hashes[1]}, proof))
    CHECK(index > 0 && index <= size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View input(reinterpret_cast<const char*>(data), size);
  if (const auto tile = evidence::parse_tile_path(input))
    CHECK(evidence::tile_path(*tile) == input);
  if (const auto entries = evidence::entries_in(input)) {
    Bytes bundle;
    for (const View entry : *entries) evidence::append_entry(bundle, entry);
    CHECK(bundle == input);
  }
  if (size >= 16) check_proofs(input);
  return 0;
}
