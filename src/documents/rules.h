// SPDX-License-Identifier: Apache-2.0
//
// Any ISO Schematron file as rules for documents: compiled once, shared by all threads, named in
// every report by the SHA-256 over its files.
//
//   TRY_ASSIGN(auto rules, documents::compile_rules("EN16931-UBL.sch", open));
//   TRY_ASSIGN(Report report, rules.check(bytes, now));
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/env.h"
#include "model/model.h"

namespace corridor::schematron {
class RuleSet;
}

namespace corridor::documents {

class RulePack {
 public:
  RulePack(std::shared_ptr<const schematron::RuleSet> rules, std::string name, Digest digest);

  // A document that is not XML, or not well-formed, is a report with that fatal finding. `now` is
  // what current-date() answers. `svrl`, when given, receives the run as SVRL.
  [[nodiscard]] Result<Report> check(View bytes, Time now, std::string* svrl = nullptr) const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }

 private:
  std::shared_ptr<const schematron::RuleSet> rules_;
  std::string name_;
  Digest digest_;
};

// `path` is relative to the folder that `open` reads from; so is everything it includes. `invalid`
// names what is not understood, its file and line.
Result<RulePack> compile_rules(std::string_view path,
                               const std::function<Result<Bytes>(std::string_view)>& open);

}  // namespace corridor::documents
