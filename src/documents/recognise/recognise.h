// SPDX-License-Identifier: Apache-2.0
//
// What a document says it is, from its first bytes: its kind, profile, edition and date, in a few
// microseconds and without a tree. For whoever has to choose before reading: which rules, which
// limits, which way. It is a hint. The word of the tree is the last one, and a document that only
// begins well is recognised here all the same.
//
//   const Recognition seen = documents::recognise_head(bytes);
//   if (seen.kind.name() == "ubl:Order") ...            // seen.kind.profile, seen.edition "2.1"
//
// - UBL 2: any document type; XML of UN/CEFACT ("cii:CrossIndustryInvoice", orders, despatch
//   advices); EDIFACT: the first message, whatever its type; JSON: bills of lading and shipping
//   instructions of DCSA, envelopes between their platforms, W3C verifiable credentials and
//   presentations (2.0 and 1.1, also as a compact JWT), the test document; PDF.
// - At most kHeadBytes are looked at. What stands behind is not seen, and a document whose first
//   bytes do not tell is unknown. No name or declared type is consulted.
// - XML in UTF-8, US-ASCII, ISO-8859-1, and UTF-16 with a byte order mark. Namespaces count, not
//   prefixes.
//
// Threads: free functions, pure. Never fails, whatever the bytes and wherever they are cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "model/model.h"

namespace corridor::documents {

inline constexpr std::size_t kHeadBytes = 64 * 1024;

struct Recognition {
  // "ubl:Order", "cii:CrossIndustryInvoice", "edifact:ORDERS", "dcsa:TransportDocument",
  // "dcsa:ShippingInstructions", "dcsa:EblEnvelope", "vc:DigitalProductPassport",
  // "vc:VerifiablePresentation", "corridor:Test", "pdf:Document", or "unknown"
  DocumentKind kind;
  // application/xml, application/edifact, application/json, application/pdf, application/vc+jwt,
  // application/vp+jwt, application/octet-stream
  std::string_view media_type = "application/octet-stream";
  std::string edition;     // UBLVersionID "2.1", "D16B" in a guideline, "D.96A", "2.0" of a
                           // credential, "1.7" of a PDF; empty where the document does not say
  std::string issued;      // "2024-11-27", when it stands near the front
  bool container = false;  // the document is inside (pdf/pdf.h)
};

Recognition recognise_head(View bytes);

}  // namespace corridor::documents
