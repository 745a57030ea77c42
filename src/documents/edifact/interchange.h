// SPDX-License-Identifier: Apache-2.0
//
// An EDIFACT interchange as the tree that rules run on. Nothing is judged here: whatever the order
// of its segments, an interchange that can be cut into segments becomes a tree, and what is wrong
// with it is for the rules to say.
//
//   UNB+UNOC:3+...'UNH+1+INVOIC:D:14B:UN'BGM+380+R-7'...LIN+1'MOA+203:20'...UNT+9+1'UNZ+1+26'
//
//   <interchange encoding="UTF-8">
//     <UNB><e1><c1>UNOC</c1><c2>3</c2></e1>...</UNB>
//     <message number="1">                          (in <group>, behind UNG, where there are
//     groups)
//       <UNH number="1"><e1><c1>1</c1></e1><e2><c1>INVOIC</c1>...</e2></UNH>
//       <BGM number="2"><e1><c1>380</c1></e1><e2><c1>R-7</c1></e2></BGM>
//       <LIN-group>
//         <LIN number="5"><e1><c1>1</c1></e1></LIN>
//         <MOA number="6"><e1><c1>203</c1><c2>20</c2></e1></MOA>
//       </LIN-group>
//       <UNT number="9">...</UNT>
//     </message>
//     <UNZ>...</UNZ>
//   </interchange>
//
// - A segment is an element named by its tag; in a message it has its number, UNH being 1. Data
//   elements are e1, e2, ...: the position behind the tag, given twice where it repeats. Their
//   components are c1, c2, ..., a single one too. What is empty is left out, and release
//   characters are gone. No names are in a namespace.
// - Segment groups are named by their trigger ("NAD-group"), not numbered: their numbers change
//   from directory to directory, their triggers hardly. They are those of the directory that a
//   message names, where the caller has it; without it an INVOIC has the groups of a built-in
//   table, and other messages have none.
// - Lines and columns are those of the interchange. `encoding` says how its bytes were read
//   (characters.h).
//
// With a directory a message is also checked against it, with or without a tree: order and number
// of segments and groups, elements, formats, lengths, codes. What frames messages (counts,
// references) is for the rules.
//
//   auto checked = read_and_check(bytes, {.directory = find});
//
// Source: ISO 9735-1:2002 §8 to §9; UNB, UNG, UNH, UNT, UNE, UNZ of its annex C.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "documents/edifact/directory.h"
#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::documents {

// Does the document begin as an interchange (UNA, or UNB with a separator)?
bool begins_as_edifact(View bytes);

// What the first message says it is: "edifact:INVOIC" with "D:14B:UN::16B", or unknown for another
// message type. Nothing when no message could be read; `reason` then says why.
std::optional<DocumentKind> edifact_kind(View bytes, std::string& reason);

struct NoInterchange {
  std::string why;
  xml::Position position;
};

std::expected<xml::Tree, NoInterchange> read_interchange(View bytes);

struct DirectoryCheck {
  // Null when it is not here: such a message is a warning. Called once for each message; what it
  // gives must outlive the call of `read_and_check`.
  // No function: nothing is checked.
  std::function<const edifact::Directory*(View version, View release)> directory;
  // An INVOIC keeps the groups of the built-in table, which the built-in rules are written for.
  bool invoice_groups_built_in = false;
};

struct Checked {
  xml::Tree tree;
  std::vector<Finding> findings;  // their rules: EDI-segment-missing, EDI-code, ... (findings.h)
  std::string document_date;      // of the first DTM that states it (137), as written there
};
std::expected<Checked, NoInterchange> read_and_check(View bytes, const DirectoryCheck& against);

// The same without the tree, where nobody else needs one: several times as fast.
struct CheckedOnly {
  std::vector<Finding> findings;
  std::string document_date;
};
std::expected<CheckedOnly, NoInterchange> check_interchange(View bytes,
                                                            const DirectoryCheck& against);

}  // namespace corridor::documents
