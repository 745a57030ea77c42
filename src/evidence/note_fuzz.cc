// SPDX-License-Identifier: Apache-2.0
#include "evidence/log.h"

// A note and a checkpoint have one spelling: what is read is written back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace corridor;
  const View input(reinterpret_cast<const char*>(data), size);
  if (const auto note = evidence::parse_note(input)) {
    CHECK(evidence::write_note(*note) == input);
    const crypto::PublicKey key{crypto::Suite::ed25519, Bytes(32, '\x09')};
    (void)evidence::verify_note(*note, note->signatures.front().name, key);
  }
  if (const auto checkpoint = evidence::parse_checkpoint_text(input))
    CHECK(input.starts_with(evidence::checkpoint_text(*checkpoint)));
  return 0;
}
