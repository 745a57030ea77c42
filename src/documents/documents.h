// SPDX-License-Identifier: Apache-2.0
//
// Documents: what kind a file is, and what is wrong with it. Recognised are UBL 2 invoices and
// credit notes, CII invoices, EDIFACT INVOIC, and the test document two nodes exchange when they
// join; everything else is `unknown`, which is a value and no error: such a document can be sent
// where both sides' instructions allow it, and nothing is claimed about its content.
//
// Nothing here fails: a broken, endless or hostile document is a report with a fatal finding. A
// document that claims a known kind (its root element or its first segment says so) is held to it;
// one that only looks like XML or EDIFACT and cannot be read is unknown, with a warning.
//
//   const Report report = documents::check(bytes);
//   if (!report.valid()) std::cout << documents::render_text(report);
//
// The rules are ours and built in ("corridor-basic": ISO Schematron, as every rule is), so a node
// without any rule pack checks usefully; the report names them and the SHA-256 of their files.
// Nothing is ever fetched, and no DTD or entity is processed. Threads: free functions, pure; any
// number at once. The first document of a syntax waits while its rules are compiled.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/env.h"
#include "model/model.h"

namespace corridor::documents {

inline constexpr std::string_view kBasicRules = "corridor-basic 2";  // name and edition

struct Recognised {
  DocumentKind kind;  // "ubl:Invoice", "ubl:CreditNote", "cii:CrossIndustryInvoice",
                      // "edifact:INVOIC", "corridor:Test", or "unknown"
  // application/xml, application/edifact, application/json, application/octet-stream
  std::string_view media_type = "application/octet-stream";
};

// From the bytes alone; no name or declared type is consulted. At most limits::kDocumentBytesMax
// bytes are looked at, a longer document is unknown.
Recognised recognise(View bytes);

// Recognises and judges, reading the document once. The report is a function of the bytes and of
// the rules it names.
struct Examined {
  Recognised recognised;
  Report report;
};
Examined examine(View bytes);

// The report of `examine`.
Report check(View bytes);

// For people, one finding a paragraph, with what its term means to the reader, in one of en fr es ru
// zh ar; ends with a line end.
std::string render_text(const Report& report, std::string_view language = "en");
// The six, and whether a code ("ar", "zh-CN") is one of them.
bool is_language(std::string_view code);

// The document that proves a connection works: who sent it to whom, when, and a nonce that makes
// it unlike any other. JSON of our own, kind "corridor:Test".
struct TestDocument {
  Did from;
  Did to;
  Time at;
  std::string nonce;
};
Bytes make_test_document(const TestDocument& test);

}  // namespace corridor::documents
