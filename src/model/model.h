// SPDX-License-Identifier: Apache-2.0
//
// The words that all rooms share, as values: who, which process, what kind of document, what was
// found in it, what happened. Nothing here decides anything. How a step is asked and answers is
// model/step.h.
//
// Ids of the Dataspace Protocol are kept byte for byte as they arrived: never normalised, compared
// as they are (DSP 2025-1, pids are opaque IRIs). Ours are minted as urn:uuid:...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "base/env.h"
#include "json/json.h"

namespace corridor {

struct DidTag;
struct ProviderPidTag;
struct ConsumerPidTag;
struct AgreementIdTag;
struct OfferIdTag;
struct DatasetIdTag;
struct ExchangeIdTag;
using Did = StrongId<DidTag>;                  // a participant
using ProviderPid = StrongId<ProviderPidTag>;  // of a negotiation or a transfer process
using ConsumerPid = StrongId<ConsumerPidTag>;
using AgreementId = StrongId<AgreementIdTag>;
using OfferId = StrongId<OfferIdTag>;
using DatasetId = StrongId<DatasetIdTag>;
using ExchangeId = StrongId<ExchangeIdTag>;    // the one id a person sees

// Which participant of this node; part of every key, token and route.
using ParticipantNumber = std::uint16_t;

// What a document is: `ubl`, `cii`, `edifact`, `corridor` or `unknown`; its type in that syntax;
// and the profile it names itself (CustomizationID, guideline id, association code), if any.
struct DocumentKind {
  std::string syntax = "unknown";
  std::string type;
  std::string profile;

  // What streams, instructions and people name it by: "ubl:Invoice", "edifact:INVOIC", "unknown".
  [[nodiscard]] std::string name() const { return type.empty() ? syntax : syntax + ":" + type; }
  bool operator==(const DocumentKind&) const = default;
};

enum class Severity : std::uint8_t { information, warning, fatal };
std::string_view severity_name(Severity severity);  // "information", "warning", "fatal"

struct Finding {
  std::string rule;       // the rule's own id
  Severity severity = Severity::fatal;
  std::string text;       // one sentence, values filled in
  std::string path;       // where in the document; empty when nowhere in particular
  std::uint32_t line = 0;    // 1-based; 0 when unknown
  std::uint32_t column = 0;
  std::string term;       // semantic term (BT-1, BG-25) when the rule names one
  std::string values;     // what was seen, as text
  bool operator==(const Finding&) const = default;
};

// From which severity on a document is refused: what its profile says, fatal where none says it.
enum class Refuse : std::uint8_t { fatal, warning, never };
std::string_view refuse_name(Refuse refuse);  // "fatal", "warning", "never"
std::optional<Refuse> refuse_from_name(std::string_view name);

// The outcome of checking one document. `rules` names what judged it: packs, editions and a digest.
struct Report {
  DocumentKind kind;
  std::vector<Finding> findings;
  std::string rules;
  Digest rules_digest;
  std::string profile;  // the one that chose the rules; empty for the built-in ones
  Refuse refuse = Refuse::fatal;

  [[nodiscard]] bool valid() const;    // no fatal finding
  [[nodiscard]] bool refused() const;  // a finding for which the profile refuses a document
  bool operator==(const Report&) const = default;
};
// {"kind","profile","valid","rules","rulesDigest","judgedAs"?,"refuse"?,"findings":[{rule,severity,
// text,path,line,column,term,values}]}; empty members are left out of a finding.
json::Value to_json(const Report& report);
Result<Report> report_from_json(const json::Value& value);

// What a statement says happened; the number is the type byte of its leaf (evidence/evidence.h).
enum class EventType : std::uint8_t {
  offer = 1,
  request = 2,
  agreement = 3,
  decision = 4,
  submit = 5,
  translate = 6,
  receive = 7,
  accept = 8,
  reject = 9,
  query = 10,
  handover = 11,
  expire = 12,
  cancel = 13,
  verified = 14,
  finalized = 15,
  terminated = 16,
  started = 17,
  join = 18,
  suspended = 19,
  completed = 20,
};
std::string_view event_name(EventType type);  // "OFFER", "RECEIVE", ...
std::optional<EventType> event_from_name(std::string_view name);

// How far a receipt proves its exchange; a later level includes the earlier ones.
enum class ReceiptLevel : std::uint8_t { none, answered, logged, witnessed };
std::string_view level_name(ReceiptLevel level);
std::optional<ReceiptLevel> level_from_name(std::string_view name);

// Who asks, once identity has established it. A node's own management callers have no DID.
struct Caller {
  Did did;
  std::string presented;  // the token's nested `token` claim, if any: opaque to identity
};

}  // namespace corridor
