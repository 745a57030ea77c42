// SPDX-License-Identifier: Apache-2.0
// A saved directory that anyone may have written: its sum is made right first, so that the rows
// behind it are what is examined. What is restored answers every question and saves the same.
#include "base/base.h"
#include "documents/edifact/directory.h"
#include "documents/edifact/interchange.h"

using namespace corridor;
using namespace corridor::edifact;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const View bytes(reinterpret_cast<const char*>(data), size);
  (void)Directory::restore(bytes);
  const auto directory = Directory::restore(Directory::with_sum(bytes));
  if (!directory) return 0;
  CHECK(directory->save().size() == directory->save().size());
  for (const Message& message : directory->tables().messages) {
    std::string text = "UNB+UNOC:4+A'UNH+1+" + std::string(message.type.data(), 6) + ":D:1'";
    for (const Slot& slot : directory->slots(message)) {
      const Segment& segment = directory->tables().segments[slot.segment];
      text += tag_text(segment.tag) + "+1:2:3+4*5+6'";
      for (const Use& use : directory->uses(segment)) (void)use;
    }
    (void)documents::read_and_check(text, {.directory = [&](View, View) { return &*directory; }});
  }
  for (const Element& element : directory->tables().elements)
    for (const CodeValue& code : directory->codes(element))
      CHECK(directory->has_code(element, Directory::value(code)));
  return 0;
}
