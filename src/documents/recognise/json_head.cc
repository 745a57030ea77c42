// SPDX-License-Identifier: Apache-2.0
//
// No JSON document names its type in one agreed place, so each kind is a set of members that only
// it has. Sources: W3C VC Data Model 2.0 §4.3, §4.5 and 1.1 §4.1, §4.3; VC JOSE COSE §3.1;
// DCSA EBL 3.0 (TransportDocument, CreateShippingInstructions), DCSA EBL PINT 3.0 (EblEnvelope).
#include "documents/recognise/json_head.h"

#include <algorithm>

#include "documents/recognise/date.h"
#include "documents/recognise/json_scanner.h"
#include "documents/read/test_document.h"
#include "documents/xpath/atomic.h"

namespace corridor::documents {

namespace {

constexpr View kJson = "application/json";
constexpr View kCredentialJwt = "application/vc+jwt";
constexpr View kPresentationJwt = "application/vp+jwt";
constexpr View kCredential = "VerifiableCredential";
constexpr View kPresentation = "VerifiablePresentation";
constexpr std::size_t kCheckedBytes = 256;       // for being UTF-8
// Looked at first; what they decide stands, and a date behind them is not waited for.
constexpr std::size_t kNearBytes = 4 * 1024;
constexpr std::size_t kNearPayloadBytes = 1024;  // of a JWT, encoded
constexpr std::size_t kTypeBytesMax = 100;
constexpr std::size_t kJwtHeaderBytesMax = 8 * 1024;

// Members that tell something; a bit each.
enum Member : unsigned {
  kContext = 1U << 0,
  kType = 1U << 1,
  kDate = 1U << 2,
  kInnerCredential = 1U << 3,
  kInnerPresentation = 1U << 4,
  kTypeCode = 1U << 5,
  kToOrder = 1U << 6,
  kParties = 1U << 7,
  kItems = 1U << 8,
  kEquipments = 1U << 9,
  kTransports = 1U << 10,
  kCarrier = 1U << 11,
  kReference = 1U << 12,
  kCustomsZone = 1U << 13,
  kTransportDocument = 1U << 14,
  kManifest = 1U << 15,
  kChain = 1U << 16,
  kCorridor = 1U << 17,
};

// table
struct Known {
  View key;
  Member member;
};
constexpr Known kKnown[] = {
    {"@context", kContext},
    {"type", kType},
    {"validFrom", kDate},
    {"issuanceDate", kDate},
    {"issueDate", kDate},
    {"vc", kInnerCredential},
    {"vp", kInnerPresentation},
    {"transportDocumentTypeCode", kTypeCode},
    {"isToOrder", kToOrder},
    {"documentParties", kParties},
    {"consignmentItems", kItems},
    {"utilizedTransportEquipments", kEquipments},
    {"transports", kTransports},
    {"carrierCode", kCarrier},
    {"transportDocumentReference", kReference},
    {"isCargoDeliveredInICS2Zone", kCustomsZone},
    {"transportDocument", kTransportDocument},
    {"envelopeManifestSignedContent", kManifest},
    {"envelopeTransferChain", kChain},
    {"corridor", kCorridor},
};

bool contains(const std::vector<std::string>& texts, View text) {
  return std::ranges::find(texts, text) != texts.end();
}

unsigned member_of(View key) {
  for (const Known& known : kKnown)
    if (known.key == key) return known.member;
  return 0;
}

bool is_plain_type(View type) {
  return !type.empty() && type.size() <= kTypeBytesMax && std::ranges::all_of(type, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           View("_-.:/#").contains(c);
  });
}

// Lists begin with the general type and become special, or the other way round.
std::string most_specific(const std::vector<std::string>& types, View general) {
  const bool general_first = !types.empty() && types.front() == general;
  std::string out(general);
  for (const std::string& type : types) {
    if (type == kCredential || type == kPresentation || !is_plain_type(type)) continue;
    out = type;
    if (!general_first) break;
  }
  return out;
}

class Facts {
 public:
  // False when it contradicts itself: the same member twice.
  bool take(View key, View value) {
    const unsigned member = member_of(key);
    if (member == 0) return true;
    if (member == kDate) {
      if (date_.empty()) date_ = day_of(text_of(value).value_or(""));
      return true;
    }
    if ((seen_ & member) != 0) return false;
    seen_ |= member;
    if (member == kContext) contexts_ = texts_in(value);
    if (member == kType) types_ = texts_in(value);
    if (member == kInnerCredential || member == kInnerPresentation) inner_ = value;
    return true;
  }

  // Members that come later would not change it.
  [[nodiscard]] bool decided() const { return is_credential() || is_transport_document(); }
  [[nodiscard]] View inner() const { return inner_; }  // of a JWT: the claim vc or vp
  [[nodiscard]] bool says_corridor() const { return has(kCorridor); }

  void tell(Recognition& out) const {
    if (is_credential()) {
      const View general = contains(types_, kCredential) ? kCredential : kPresentation;
      out.kind = {.syntax = "vc", .type = most_specific(types_, general), .profile = {}};
      out.edition = edition();
    } else if (has(kTransportDocument | kManifest | kChain)) {
      out.kind = {.syntax = "dcsa", .type = "EblEnvelope", .profile = {}};
    } else if (is_transport_document()) {
      out.kind = {.syntax = "dcsa", .type = "TransportDocument", .profile = {}};
    } else if (is_bill() && has(kCustomsZone)) {
      out.kind = {.syntax = "dcsa", .type = "ShippingInstructions", .profile = {}};
    } else if (is_bill() && has(kReference)) {
      out.kind = {.syntax = "dcsa", .type = "TransportDocument", .profile = {}};
    } else {
      return;
    }
    out.issued = date_;
  }

 private:
  [[nodiscard]] bool has(unsigned members) const { return (seen_ & members) == members; }
  [[nodiscard]] bool has_any(unsigned members) const { return (seen_ & members) != 0; }

  // What bills of lading and the instructions for them have in common.
  [[nodiscard]] bool is_bill() const {
    return has(kTypeCode | kToOrder) && has_any(kParties | kItems | kEquipments);
  }
  // The carrier and the voyage are stated by the carrier only.
  [[nodiscard]] bool is_transport_document() const {
    return is_bill() && has_any(kTransports | kCarrier);
  }
  [[nodiscard]] bool is_credential() const {
    return !edition().empty() && (contains(types_, kCredential) ||
                                  contains(types_, kPresentation));
  }
  [[nodiscard]] std::string edition() const {
    for (const std::string& context : contexts_) {
      if (context == "https://www.w3.org/ns/credentials/v2") return "2.0";
      if (context == "https://www.w3.org/2018/credentials/v1") return "1.1";
    }
    return {};
  }

  unsigned seen_ = 0;
  std::vector<std::string> contexts_;
  std::vector<std::string> types_;
  std::string date_;
  View inner_;
};

// The facts of an object whose bytes may go on behind `text`; none when what is there is no JSON.
std::optional<Facts> read_facts(View text, bool goes_on) {
  Facts out;
  JsonScanner in(text);
  while (in.next())
    if (!out.take(in.key(), in.value())) return std::nullopt;
  if (in.complete() && !goes_on && !xpath::trim(text.substr(in.offset())).empty())
    return std::nullopt;
  if (!in.complete() && !(in.cut() && goes_on)) return std::nullopt;
  return out;
}

bool is_base64url(View text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  });
}

// A prefix that ends within an encoded group is cut back to whole ones.
std::optional<Bytes> decoded(View part, bool goes_on) {
  if (goes_on) part = part.substr(0, part.size() / 4 * 4);
  auto bytes = from_base64url(part);
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

bool is_jwt_header(View part) {
  if (part.size() > kJwtHeaderBytesMax) return false;
  const auto header = decoded(part, false);
  if (!header) return false;
  JsonScanner in(*header);
  bool algorithm = false;
  while (in.next()) algorithm = algorithm || in.key() == "alg";
  return in.complete() && algorithm;
}

// True when the answer will not change with more bytes.
bool read_payload(View part, bool goes_on, Recognition& out) {
  const auto payload = decoded(part, goes_on);
  if (!payload) return true;
  const auto claims = read_facts(*payload, goes_on);
  if (!claims) return !goes_on;
  Recognition seen;
  claims->tell(seen);
  if (seen.kind.syntax != "vc" && !claims->inner().empty()) {
    const auto inner = read_facts(claims->inner(), false);
    if (inner) inner->tell(seen);
  }
  if (seen.kind.syntax != "vc") return !goes_on;
  out = std::move(seen);
  out.media_type =
      out.kind.type.ends_with("Presentation") ? kPresentationJwt : kCredentialJwt;
  return true;
}

}  // namespace

bool looks_like_json_head(View bytes) {
  const View text = xpath::trim(bytes);
  const bool object = text.starts_with('{') && text.ends_with('}');
  const bool array = text.starts_with('[') && text.ends_with(']');
  if (text.size() < 2 || !(object || array)) return false;
  View checked = text.substr(0, kCheckedBytes);
  for (int i = 0; i < 3 && checked.size() < text.size() && !is_utf8(checked); ++i)
    checked.remove_suffix(1);  // a character across the border
  return is_utf8(checked);
}

Recognition recognise_json(View bytes) {
  Recognition out;
  out.media_type = kJson;
  const View text = xpath::trim(bytes);
  const View head = text.substr(0, kHeadBytes);
  auto facts = read_facts(head.substr(0, kNearBytes), kNearBytes < text.size());
  if (kNearBytes < head.size() && !(facts && facts->decided()))
    facts = read_facts(head, head.size() < text.size());
  if (!facts) return out;
  if (facts->says_corridor()) {
    if (is_test_document(bytes)) out.kind = test_kind();
    return out;
  }
  facts->tell(out);
  return out;
}

bool looks_like_jwt(View bytes) {
  const View text = xpath::trim(bytes);
  if (!text.starts_with("eyJ")) return false;
  const std::size_t first = text.substr(0, kJwtHeaderBytesMax).find('.');
  return first != View::npos && is_jwt_header(text.substr(0, first));
}

Recognition recognise_jwt(View bytes) {
  Recognition out;
  const View text = xpath::trim(bytes);
  const View head = text.substr(0, kHeadBytes);
  const std::size_t first = head.find('.');
  if (first == View::npos) return out;
  const std::size_t second = head.find('.', first + 1);
  const bool whole = second != View::npos;
  if (whole && (second + 1 == text.size() || !is_base64url(head.substr(second + 1)))) return out;
  if (!whole && head.size() == text.size()) return out;  // only two parts
  const View payload = head.substr(first + 1, whole ? second - first - 1 : View::npos);
  for (std::size_t near = kNearPayloadBytes; near < payload.size(); near *= 8)
    if (read_payload(payload.substr(0, near), true, out)) return out;
  (void)read_payload(payload, !whole, out);
  return out;
}

}  // namespace corridor::documents
