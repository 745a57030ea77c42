// SPDX-License-Identifier: Apache-2.0
//
// The built-in rules, "corridor-basic": what a node can say about an invoice without any rule pack.
// One table of rules (id, severity, term, sentence, function), written once over the Invoice of
// basic/invoice.h, whatever the syntax; the parts of the table stand beside their functions
// (presence.cc, sums.cc, taxes.cc, values.cc). Rules without a function are raised by the readers.
//
// The digest covers every id, version, severity, term and sentence: two nodes with the same digest
// judge alike. Who changes what a rule does without changing its sentence raises its version.
//
// Fatal is what makes the document unusable or wrong as an account of what is owed: structure,
// sums, taxes, currency. Everything else warns. Semantics follow EN 16931-1:2017 §6.4 where it has
// them.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "documents/basic/invoice.h"
#include "model/model.h"

namespace corridor::documents {

class Finder;

struct Rule {
  std::string_view id;
  int version = 1;
  Severity severity = Severity::fatal;
  std::string_view term = {};
  std::string_view text = {};  // one sentence; {name} takes the value of that name
  void (*judge)(const Invoice& invoice, Finder& found) = nullptr;
};

// In the order they are judged and reported.
std::span<const Rule> reading_rules();
std::span<const Rule> presence_rules();
std::span<const Rule> sum_rules();
std::span<const Rule> tax_rules();
std::span<const Rule> value_rules();

std::string rules_canonical_text();  // what the digest is taken over

struct NamedValue {
  std::string_view name;
  std::string text;
};

// Collects findings, at most kMax of them; `finish` says how many more there were, and is fatal
// when one of those was.
class Findings {
 public:
  static constexpr std::size_t kMax = 100;

  // False, and counted, when there are enough: then the place need not be found out.
  bool wants(const Rule& rule);
  void add(const Rule& rule, Location location, std::initializer_list<NamedValue> values);
  std::vector<Finding> finish();

 private:
  std::vector<Finding> findings_;
  std::size_t left_out_ = 0;
  bool left_out_fatal_ = false;
};

// What a rule's function gets: it knows the rule and the document's places.
class Finder {
 public:
  Finder(Findings& findings, const Locator& locator, const Rule& rule)
      : findings_(findings), locator_(locator), rule_(rule) {}
  void at(Where where, std::initializer_list<NamedValue> values = {}) {
    if (findings_.wants(rule_)) findings_.add(rule_, locator_.locate(where), values);
  }

 private:
  Findings& findings_;
  const Locator& locator_;
  const Rule& rule_;
};

// For the readers: a rule without a function, by its id.
const Rule& reading_rule(std::string_view id);
// All rules over one invoice.
void judge(const Invoice& invoice, const Locator& locator, Findings& findings);

}  // namespace corridor::documents
