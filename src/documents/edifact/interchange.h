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
//     <message number="1">                          (in <group>, behind UNG, where there are groups)
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
//   from directory to directory, their triggers hardly. Which segments open a group, and within
//   which others, is a table for INVOIC; other messages have no groups yet.
// - Lines and columns are those of the interchange. Bytes that are not UTF-8 are read as
//   ISO 8859-1, which has a character for each; `encoding` says which it was.
//
// Source: ISO 9735-1:2002 §8 to §9; UNB, UNG, UNH, UNT, UNE, UNZ of its annex C.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "base/bytes.h"
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

}  // namespace corridor::documents
