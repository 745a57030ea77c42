// SPDX-License-Identifier: Apache-2.0
//
// An interchange of INVOIC messages as a document: what it is, whether its service segments hold
// together (order, counts, references, characters), and each message judged by the built-in rules.
// Source: ISO 9735-1:2002 §8 to §9; UNB, UNG, UNH, UNT, UNE, UNZ of its annex C.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "documents/basic/rules.h"
#include "documents/edifact/segments.h"
#include "model/model.h"

namespace corridor::documents {

// What the first message says it is: "edifact:INVOIC" with "D:14B:UN::16B", or unknown for another
// message type. Nothing when no message could be read; `reason` then says why.
std::optional<DocumentKind> edifact_kind(View bytes, std::string& reason);

// For bytes that are edifact:INVOIC.
void check_interchange(View bytes, Findings& findings);

// Follows the service segments of an interchange.
class ServiceSegments {
 public:
  ServiceSegments(Findings& findings, const Locator& places)
      : findings_(findings), places_(places) {}

  void see(const Segments& in);
  void end(const Segments& in);
  [[nodiscard]] bool in_message() const { return message_.open; }

 private:
  struct Envelope {
    bool open = false;
    std::string reference;
    std::size_t contents = 0;  // segments of a message, messages of a group or interchange
  };

  Finder found(std::string_view rule) { return {findings_, places_, reading_rule(rule)}; }
  void open(const Segments& in, Envelope& envelope, View reference);
  void close(const Segments& in, Envelope& envelope, View opening, View what);
  void misplaced(const Segments& in, std::string reason);
  void note_characters(const Segments& in);

  Findings& findings_;
  const Locator& places_;
  Envelope interchange_;
  Envelope group_;
  Envelope message_;
  std::size_t groups_ = 0;
  std::size_t packages_ = 0;
  bool seen_interchange_ = false;
  std::string set_;  // UNOA, ...
  bool characters_noted_ = false;
};

}  // namespace corridor::documents
