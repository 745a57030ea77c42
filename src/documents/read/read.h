// SPDX-License-Identifier: Apache-2.0
//
// The one door for bytes: what they are, and a tree of them for the rules, or the finding that says
// why there is none. Everything that judges or shows a document comes through here.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "documents/documents.h"
#include "documents/xml/tree.h"

namespace corridor::edifact {
class Directory;
}

namespace corridor::documents {

// What a document turned out to be.
struct Read {
  Recognised recognised;
  bool well_formed = false;        // there is a tree of it, or could be one
  std::optional<xml::Tree> tree;   // for the rules of its syntax
  std::vector<Finding> findings;   // what is wrong already
  std::string edition;             // that it names itself: "2.1", "D.96A"
  std::string issued;              // "2024-11-27", when it says so
};

// The directory of an EDIFACT message ("D", "96A"); null when it is not here.
using FindDirectory = std::function<const edifact::Directory*(View version, View release)>;
// What an interchange is read for: its messages are checked against directories, when there is a
// function; without `tree` no tree is made of it, which is several times as fast.
struct EdifactReading {
  FindDirectory directory{};
  bool tree = true;
};
using EdifactReadingOf = std::function<EdifactReading(const DocumentKind& kind)>;

Read read(View bytes, const EdifactReadingOf& edifact = {});

// What a well-formed tree is, by its document element; nothing known: the unknown kind.
DocumentKind kind_of(const xml::Tree& tree);
// When XML was issued, as "2024-11-27", and the edition of its syntax; empty when it does not say.
std::string issued_of(const xml::Tree& tree, const DocumentKind& kind);
std::string edition_of(const xml::Tree& tree, const DocumentKind& kind);
// The same of EDIFACT, from the date of the document as it is written there, and from the kind.
std::string edifact_issued(View document_date);
std::string edifact_edition(const DocumentKind& kind);

}  // namespace corridor::documents
