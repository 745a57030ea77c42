// SPDX-License-Identifier: Apache-2.0
#include "documents/rules.h"

#include "crypto/crypto.h"
#include "documents/documents.h"
#include "documents/schematron/schematron.h"
#include "documents/schematron/svrl.h"

namespace corridor::documents {

RulePack::RulePack(std::shared_ptr<const schematron::RuleSet> rules, std::string name, Digest digest)
    : rules_(std::move(rules)), name_(std::move(name)), digest_(digest) {}

Result<Report> RulePack::check(View bytes, Time now, std::string* svrl) const {
  Report report;
  report.rules = name_;
  report.rules_digest = digest_;
  report.kind = recognise(bytes).kind;
  auto tree = xml::parse(bytes);
  if (!tree) {
    report.findings.push_back({"not-xml", Severity::fatal,
                               "The document is not well-formed XML: " + tree.error().why + ".", "",
                               0, 0, "", ""});
    return report;
  }
  const auto outcome = rules_->check(*tree, {.now = now});
  report.findings = rules_->findings(outcome, *tree);
  if (svrl != nullptr) *svrl = schematron::write_svrl(*rules_, outcome, *tree);
  return report;
}

Result<RulePack> compile_rules(std::string_view path,
                               const std::function<Result<Bytes>(std::string_view)>& open) {
  crypto::Sha256 digest;
  const auto reading = [&](std::string_view name) -> Result<Bytes> {
    TRY_ASSIGN(Bytes bytes, open(name));
    digest.update(name);
    digest.update(View("\0", 1));
    digest.update(crypto::sha256(bytes).view());
    return bytes;
  };
  TRY_ASSIGN(auto rules, schematron::compile(path, reading));
  return RulePack(std::make_shared<const schematron::RuleSet>(std::move(rules)), std::string(path),
                  digest.finish());
}

}  // namespace corridor::documents
