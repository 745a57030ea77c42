// SPDX-License-Identifier: Apache-2.0
//
// The files inside a PDF, for the sake of one of them: a hybrid invoice (Factur-X, ZUGFeRD, a
// hybrid XRechnung, Order-X) is a PDF/A-3 for people with the XML for machines embedded. Nothing of
// the pages is looked at, no script, no action, no form.
//
//   TRY_ASSIGN(const auto files, pdf::embedded_files(bytes));
//   if (const pdf::Embedded* invoice = pdf::invoice_of(files)) check(invoice->bytes);
//
// - Found are the files of the name tree Root/Names/EmbeddedFiles and of Root/AF, each once.
// - Read are cross-reference tables and streams, both at once (hybrid files), incremental updates
//   (the newest state counts), object streams; FlateDecode with PNG predictors, ASCIIHexDecode,
//   ASCII85Decode. Where the cross-reference is broken, the objects are searched for.
// - Refused by name (`invalid`): encrypted files, other filters and predictors, what is no PDF.
//   `too_large`: more objects, files or unpacked bytes than the limits allow.
// - Bounded whatever the file says: depth, objects, sections, nodes of trees, bytes read and bytes
//   unpacked. Cycles end where they close.
// - A name is what the file is called, without folders; it is no path to write to.
//
// Source: ISO 32000-1:2008 §7.2 to §7.5, §7.9.6, §7.11; ISO 19005-3 annex E; Factur-X 1.0 §6.
// Threads: free functions, pure.
#pragma once

#include <string>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor::pdf {

struct Embedded {
  std::string name;  // "factur-x.xml"
  Bytes bytes;
  std::string relationship;  // AFRelationship: "Alternative", "Data", "Source"; may be empty
  std::string media_type;    // "text/xml"; may be empty
};

// "%PDF-" and a version within the first 1,024 bytes.
bool begins_as_pdf(View bytes);

// In the order of the tree, then those that only AF names.
Result<std::vector<Embedded>> embedded_files(View bytes);

// By the names that the standards give it; else the only XML file that says it is an alternative,
// the data or the source of what people see. Null when there is none, or more than one of the kind.
const Embedded* invoice_of(const std::vector<Embedded>& files);

}  // namespace corridor::pdf
