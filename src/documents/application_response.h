// SPDX-License-Identifier: Apache-2.0
//
// The business answer to a document as a UBL 2.1 ApplicationResponse, for partners whose programs
// read nothing else. What it answers is read from that document's own bytes: its number, date, type
// and parties (UBL 2, CII); of any other the caller's words for it stand.
//
//   ApplicationResponse response;
//   response.about = read_answered(stored);
//   ...
//   const Bytes xml = write_application_response(response);
//
// Writes what the UBL 2.1 schema takes, and claims no profile. Deliberately not here: what may be
// answered, with which codes (exchange/verdict.h). Nothing fails; text of others is escaped, and
// characters that XML has no place for are left out. Threads: free functions, pure.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/env.h"
#include "model/model.h"

namespace corridor::documents {

struct AnsweredParty {
  std::string endpoint;         // electronic address
  std::string endpoint_scheme;  // EAS code
  std::string name;
};

// What a response refers to; empty members: the document does not say.
struct AnsweredDocument {
  std::string id;
  std::string issue_date;  // YYYY-MM-DD
  std::string type_code;   // UNCL 1001
  AnsweredParty seller;
  AnsweredParty buyer;
};
AnsweredDocument read_answered(View bytes);

struct ApplicationResponse {
  std::string id;
  Time at;
  AnsweredDocument about;
  std::string fallback_id;  // what the document is called when it does not say so itself
  Did sender;               // who answers: the document's buyer
  Did receiver;
  std::string response_code;  // UNCL 4343: AP, CA, RE, UQ
  std::string reason_code;    // of the status; empty: none
  std::string reason;         // the same, a sentence
  std::string text;
  std::string field;          // what a query is about
};
Bytes write_application_response(const ApplicationResponse& response);

}  // namespace corridor::documents
