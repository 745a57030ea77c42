// SPDX-License-Identifier: Apache-2.0
//
// Any ISO Schematron file as rules for documents: compiled once, shared by all threads, named in
// every report by the SHA-256 over its files.
//
//   TRY_ASSIGN(auto rules, documents::compile_rules("EN16931-UBL.sch", open));
//   TRY_ASSIGN(Report report, rules.check(bytes, now));
//
// Compiled rules can be saved as bytes and restored, which is much faster than compiling. What is
// restored need not be trusted: bytes that were cut, altered or written by another program are
// `corrupt`, and bytes that someone made to look right are still safe to run. Whether they belong
// to the files on disk is decided by the digest of those files, which the caller computes.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/env.h"
#include "model/model.h"

namespace corridor::schematron {
class RuleSet;
}

namespace corridor::documents {

// The bytes of a file by its path, relative to the folder of the rules.
using OpenRules = std::function<Result<Bytes>(std::string_view)>;

// The files that rules are made of, in the order in which they are asked for.
struct RuleFiles {
  std::vector<std::string> paths;
  Digest digest;  // over their paths and contents
};
Result<Digest> digest_of_rules(std::span<const std::string> paths, const OpenRules& open);

class RulePack {
 public:
  RulePack(std::shared_ptr<const schematron::RuleSet> rules, std::string name, RuleFiles files);

  // A document that is not XML, or not well-formed, is a report with that fatal finding. `now` is
  // what current-date() answers. `svrl`, when given, receives the run as SVRL.
  [[nodiscard]] Result<Report> check(View bytes, Time now, std::string* svrl = nullptr) const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Digest& digest() const { return files_.digest; }
  [[nodiscard]] const RuleFiles& files() const { return files_; }
  // For restore_rules(); empty when these rules are better compiled every time.
  [[nodiscard]] Bytes save() const;

 private:
  std::shared_ptr<const schematron::RuleSet> rules_;
  std::string name_;
  RuleFiles files_;
};

// `path` is relative to the folder that `open` reads from; so is everything it includes. `invalid`
// names what is not understood, its file and line.
Result<RulePack> compile_rules(std::string_view path, const OpenRules& open);

// What saved bytes say they were made from; `corrupt` when they are not whole, or not ours.
Result<RuleFiles> saved_files(View saved);
// `corrupt` also when they were made from files of another digest than `expected`.
Result<RulePack> restore_rules(View saved, const Digest& expected, const OpenRules& open);

}  // namespace corridor::documents
