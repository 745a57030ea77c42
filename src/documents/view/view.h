// SPDX-License-Identifier: Apache-2.0
//
// A document as a page that a person reads: invoices, credit notes, orders and despatch advices by
// their terms, anything else as a tree of its own names; what was found wrong stands where it is.
//
// The page is one file of HTML that is XML as well: no script, nothing fetched (its policy forbids
// it), its style inside, made for a screen, a small screen and A4. Every value of the document is
// on it: by its term, under "Other content", or under "Technical content" where it only tells the
// syntax what another value means. Files inside the document are named, not opened; comments and
// processing instructions are no content. What is too long ends with a sentence that says so.
//
// Values are escaped and isolated, so that they cannot change the page or the order of its text;
// characters that are not seen are spelled out. Numbers and days are formatted for the language,
// with the raw value in a title. A page is a function of its arguments; nothing here fails.
//
//   const std::string page = render_page(tree, kind, report, {.language = Language::ar});
//
// Threads: free functions, pure.
#pragma once

#include <string>

#include "documents/terms/terms.h"
#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::documents {

struct ViewOptions {
  Language language = Language::en;
  std::string name;  // of the file
};

std::string render_page(const xml::Tree& tree, const DocumentKind& kind, const Report& report,
                        const ViewOptions& options);

// The findings alone, for a document that could not be read.
std::string render_report_page(const Report& report, const ViewOptions& options);

}  // namespace corridor::documents
