// SPDX-License-Identifier: Apache-2.0
//
// XML Schema 1.0 as structure: which elements stand where and how often, which attributes they
// have, and whether their values are dates, amounts or codes. The schemas of a standard are compiled
// once, into flat tables without pointers; a document is checked in one walk over its tree that
// allocates nothing as long as it finds nothing.
//
// Supported is the language of UBL, CII, XML Signature and XAdES, and what else can be told exactly:
// see README.md. Everything else is refused at compile time, by name, file and line, and never
// ignored. A schema is read, not judged: that it obeys all constraints which XML Schema puts on
// schemas is the business of those who publish it. A DOCTYPE in a schema file is stepped over; what
// it declares does not exist. Nothing is fetched: `open` decides what is there.
//
//   TRY_ASSIGN(const xsd::Schema schema, xsd::compile({{"maindoc/UBL-Invoice-2.1.xsd"}}, open));
//   TRY_ASSIGN(const xml::Tree tree, xml::parse(bytes));
//   for (const Finding& finding : schema.check(tree)) ...
//
// Implements: XML Schema 1.0 (second edition), part 1 §3 (validation of elements and attributes, no
// identity constraints) and part 2 (all built-in types but NOTATION). Threads: a Schema is immutable
// and cheap to copy; any number of threads may check with it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "base/bytes.h"
#include "documents/xml/tree.h"
#include "model/model.h"

namespace corridor::xsd {

struct Tables;

// `path` is relative to the folder of the schemas, has no "..", no scheme and no leading "/".
using Open = std::function<Result<Bytes>(std::string_view path)>;

struct Facts {
  std::size_t files = 0;
  std::size_t elements = 0;  // declarations, global and local
  std::size_t types = 0;     // simple and complex, the built-in ones included
  std::size_t bytes = 0;     // of the tables in memory
};

class Schema {
 public:
  explicit Schema(std::shared_ptr<const Tables> tables) : tables_(std::move(tables)) {}

  // Whether such an element is a document: declared by one of the files that `compile` was given
  // (or what they include), not by one that they only import.
  [[nodiscard]] bool knows(View space, View local) const;

  // Everything that is wrong, in document order, at most `findings_max`; all of it is fatal. Rules:
  // XSD-root, XSD-element, XSD-missing, XSD-repeated, XSD-order, XSD-attribute,
  // XSD-attribute-missing, XSD-value, XSD-text, XSD-type.
  [[nodiscard]] std::vector<Finding> check(const xml::Tree& tree,
                                           std::size_t findings_max = 100) const;

  [[nodiscard]] Bytes save() const;
  [[nodiscard]] Facts facts() const;

 private:
  std::shared_ptr<const Tables> tables_;
};

// Many documents at once; what they share is read once. Code::invalid or Code::too_large with file
// and line in `why`, or the error of `open`.
Result<Schema> compile(std::span<const std::string> paths, const Open& open);

// What `save` gave. The bytes are not trusted: Code::corrupt, or a schema that is safe to check with.
Result<Schema> restore(View saved);

}  // namespace corridor::xsd
