// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "documents/packs/basic_pack.h"
#include "documents/packs/embedded.h"
#include "documents/packs/part.h"
#include "documents/read/read.h"
#include "documents/read/reading.h"
#include "documents/schematron/svrl.h"
#include "documents/terms/terms.h"
#include "documents/view/view.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kValueBytesMax = 100;  // of one value in a sentence

// The star at the end takes the rest; how much of the pattern was literal, or nothing.
std::optional<std::size_t> matched(std::string_view pattern, std::string_view text) {
  if (pattern.ends_with('*')) {
    pattern.remove_suffix(1);
    if (!text.starts_with(pattern)) return std::nullopt;
    return pattern.size();
  }
  if (pattern != text) return std::nullopt;
  return pattern.size() + 1;  // the whole of it is more than any beginning
}

bool holds_on(std::string_view date, std::string_view from, std::string_view until) {
  if (date.empty()) return true;
  return (from.empty() || from <= date) && (until.empty() || date < until);
}

// How specific a profile is for a document, larger is more; nothing when it does not match.
using Rank = std::tuple<bool, bool, std::size_t, bool, bool, std::string>;

std::optional<Rank> rank(const Profile& profile, const Manifest& manifest, const DocumentKind& kind,
                         std::string_view date, std::string_view partner) {
  if (!profile.syntax.empty() && profile.syntax != kind.syntax) return std::nullopt;
  if (!profile.types.empty() && std::ranges::find(profile.types, kind.type) == profile.types.end())
    return std::nullopt;
  const bool ours = std::ranges::find(profile.partners, partner) != profile.partners.end();
  if (!profile.partners.empty() && !ours) return std::nullopt;
  if (!holds_on(date, profile.from, profile.until)) return std::nullopt;
  std::size_t literal = 0;
  if (!profile.profiles.empty()) {
    bool any = false;
    for (const std::string& pattern : profile.profiles) {
      const auto one = matched(pattern, kind.profile);
      any = any || one.has_value();
      if (one) literal = std::max(literal, *one + 1);
    }
    if (!any) return std::nullopt;
  }
  const bool imported = manifest.name != kBuiltInPack;
  return Rank{ours,
              imported,
              literal,
              !profile.types.empty(),
              !profile.syntax.empty(),
              manifest.from + " " + manifest.edition};
}

}  // namespace

struct Library::State {
  // Is this part what a profile asks for, of any edition unless it names one?
  static bool means(const PartReference& reference, const LoadedPart& part) {
    const Manifest& manifest = part.pack().manifest;
    return part.part().id == reference.part && manifest.name == reference.pack &&
           (reference.edition.empty() || manifest.edition == reference.edition);
  }

  std::vector<Pack> packs;
  std::vector<Digest> digests;  // of their manifests
  std::vector<std::unique_ptr<LoadedPart>> parts;
  CompiledStore compiled;
  std::vector<RefusedPack> refused;

  struct Chosen {
    const Profile* profile = nullptr;
    const Digest* manifest = nullptr;  // its pack's
  };
  [[nodiscard]] Chosen choose(const DocumentKind& kind, std::string_view date,
                              std::string_view partner) const {
    Chosen best;
    Rank highest;
    for (std::size_t i = 0; i < packs.size(); ++i) {
      for (const Profile& profile : packs[i].manifest.profiles) {
        auto here = rank(profile, packs[i].manifest, kind, date, partner);
        if (!here || (best.profile != nullptr && *here <= highest)) continue;
        best = {&profile, &digests[i]};
        highest = std::move(*here);
      }
    }
    return best;
  }

  // Of the editions that are here the newest that is valid on that date, else the oldest.
  [[nodiscard]] const LoadedPart* find(const PartReference& reference, std::string_view date,
                                       std::string_view edition, bool& other_edition) const {
    const LoadedPart* best = nullptr;
    std::pair<bool, std::string> highest;
    for (const auto& part : parts) {
      if (!means(reference, *part)) continue;
      const Manifest& manifest = part->pack().manifest;
      const auto& editions = part->part().editions;
      if (!editions.empty() && std::ranges::find(editions, edition) == editions.end()) {
        other_edition = true;
        continue;
      }
      std::pair<bool, std::string> here{holds_on(date, manifest.from, manifest.until),
                                        manifest.from + " " + manifest.edition};
      if (best != nullptr && here <= highest) continue;
      best = part.get();
      highest = std::move(here);
    }
    return best;
  }

  // Has the profile parts that judge a tree?
  [[nodiscard]] bool needs_tree(const Profile* profile) const {
    if (profile == nullptr) return false;
    return std::ranges::any_of(profile->checks, [this](const PartReference& check) {
      return std::ranges::any_of(parts, [&check](const auto& part) {
        return part->part().kind != PartKind::edifact && means(check, *part);
      });
    });
  }

  // Is it a directory, which judges while a document is read?
  [[nodiscard]] bool is_directory(const PartReference& check) const {
    return std::ranges::any_of(parts, [&check](const auto& part) {
      return part->part().kind == PartKind::edifact && means(check, *part);
    });
  }

  // The directories by which a profile checks the messages of an interchange; no function when it
  // checks none, or none is here. Those that messages ask for are put into `asked`, also one that
  // cannot be used.
  [[nodiscard]] FindDirectory directories(const Profile* profile,
                                          std::vector<const LoadedPart*>& asked) const {
    if (profile == nullptr) return {};
    for (const PartReference& check : profile->checks) {
      if (!is_directory(check)) continue;
      return [this, &check, &asked](View version, View release) -> const edifact::Directory* {
        const std::string edition = std::string(version) + "." + std::string(release);
        for (const auto& part : parts) {
          if (!means(check, *part) || part->pack().manifest.edition != edition) continue;
          if (std::ranges::find(asked, part.get()) == asked.end()) asked.push_back(part.get());
          return part->load(compiled).empty() ? &part->directory() : nullptr;
        }
        return nullptr;
      };
    }
    return {};
  }
};

// One document being judged. A tree of it is made only where rules or a page need one.
class Judging {
 public:
  Judging(const Library::State& library, const Asking& asking, View bytes, bool with_page)
      : library_(library), asking_(asking), bytes_(bytes) {
    document_ = read_by([&](const Profile* profile) {
      return with_page || library_.needs_tree(profile);
    });
    report_.kind = document_.recognised.kind;
    report_.findings = std::move(document_.findings);
    date_ = document_.issued;
  }
  Judging(const Judging&) = delete;
  Judging& operator=(const Judging&) = delete;

  Examined run() {
    chosen_ = library_.choose(report_.kind, date_, asking_.partner);
    weigh(report_.findings);
    for (const LoadedPart* directory : directories_) {
      if (const std::string& why = directory->load(library_.compiled); why.empty()) {
        used_.push_back(directory);
      } else {
        cannot_use(directory->name(), why);
      }
    }
    if (asking_.svrl != nullptr && !report_.findings.empty())
      schematron::append_svrl(svrl_, "reading", report_.findings);
    if (document_.well_formed) {
      // The date may have led to another profile than the one that it was read by.
      if (!document_.tree && library_.needs_tree(chosen_.profile))
        document_.tree = read_by([](const Profile*) { return true; }).tree;
      for (const RefusedPack& pack : library_.refused)
        report_.findings.push_back(
            reading_finding("CB-85", {{"pack", pack.id}, {"reason", pack.why}}));
      if (chosen_.profile != nullptr)
        for (const PartReference& check : chosen_.profile->checks) judge_by(check);
      if (used_.empty() && report_.valid() && report_.kind.syntax != "unknown")
        report_.findings.push_back(reading_finding(kNoRules, {{"kind", report_.kind.name()}}));
    }
    for (Finding& finding : report_.findings)
      if (finding.term.empty() && !finding.path.empty())
        finding.term = term_of_path(finding.path, report_.kind);
    name_rules();
    if (chosen_.profile != nullptr) report_.refuse = chosen_.profile->refuse;
    if (asking_.svrl != nullptr) *asking_.svrl = schematron::svrl_document(svrl_);
    return {document_.recognised, report_};
  }

  // Of a document that was judged.
  [[nodiscard]] std::string page(const PageOptions& options) const {
    const ViewOptions view{language_from_code(options.language).value_or(Language::en), options.name};
    if (!document_.tree) return render_report_page(report_, view);
    return render_page(*document_.tree, report_.kind, report_, view);
  }

 private:
  template <class NeedsTree>
  Read read_by(NeedsTree needs_tree) {
    return read(bytes_, [&](const DocumentKind& kind) {
      const Profile* const profile = library_.choose(kind, {}, asking_.partner).profile;
      return EdifactReading{library_.directories(profile, directories_), needs_tree(profile)};
    });
  }

  void judge_by(const PartReference& check) {
    if (library_.is_directory(check)) return;  // it has judged while the document was read
    bool other_edition = false;
    const LoadedPart* const part = library_.find(check, date_, document_.edition, other_edition);
    if (part == nullptr) {
      if (other_edition) {
        report_.findings.push_back(reading_finding(
            "CB-83", {{"part", check.pack}, {"edition", document_.edition}}));
      } else if (!check.optional) {
        cannot_use(reference_name(check), "it is not here; see corridor pack list");
      }
      return;
    }
    if (const std::string& why = part->load(library_.compiled); !why.empty())
      return cannot_use(part->name(), why);
    if (part->part().kind == PartKind::xsd) return run_schema(*part);
    used_.push_back(part);
    run_rules(part->rules());
  }

  // As severe as the profile has it.
  void weigh(std::vector<Finding>& findings) const {
    if (chosen_.profile == nullptr) return;
    for (Finding& finding : findings) {
      const auto other = chosen_.profile->severity.find(finding.rule);
      if (other != chosen_.profile->severity.end()) finding.severity = other->second;
    }
  }

  void run_schema(const LoadedPart& part) {
    const xml::Tree& tree = *document_.tree;
    const xml::NameId root = tree.node(tree.root()).name;
    if (!part.schema().knows(tree.space(root), tree.local(root))) return;  // of a later edition
    used_.push_back(&part);
    auto findings = part.schema().check(tree, asking_.findings_max);
    weigh(findings);
    if (asking_.svrl != nullptr) schematron::append_svrl(svrl_, part.name(), findings);
    add(std::move(findings));
  }

  void cannot_use(const std::string& part, const std::string& why) {
    const std::string profile = chosen_.profile == nullptr ? "" : chosen_.profile->name;
    report_.findings.push_back(
        reading_finding("CB-82", {{"part", part}, {"profile", profile}, {"reason", why}}));
  }

  void run_rules(const schematron::RuleSet& rules) {
    schematron::Outcome outcome =
        rules.check(*document_.tree, {.now = asking_.now,
                                      .hits_max = asking_.findings_max,
                                      .value_bytes_max = kValueBytesMax});
    for (schematron::Hit& hit : outcome.hits) {
      const auto other = chosen_.profile->severity.find(rules.assertion(hit).id);
      if (other != chosen_.profile->severity.end() && !hit.rule_error) hit.severity = other->second;
    }
    if (asking_.svrl != nullptr) schematron::append_svrl(svrl_, rules, outcome, *document_.tree);
    add(rules.findings(outcome, *document_.tree));
    if (outcome.left_out == 0) return;
    Finding rest = reading_finding("CB-99", {{"count", std::to_string(outcome.left_out)}});
    if (outcome.left_out_fatal) rest.severity = Severity::fatal;
    report_.findings.push_back(std::move(rest));
  }

  void add(std::vector<Finding> findings) {
    report_.findings.insert(report_.findings.end(), std::make_move_iterator(findings.begin()),
                            std::make_move_iterator(findings.end()));
  }

  // Which rules judged, so that anybody who has them gets the same findings: the names of the
  // packs for people, and one digest over everything that had a say.
  void name_rules() {
    const bool basic = std::ranges::all_of(used_, [](const LoadedPart* part) {
      return part->pack().manifest.name == kBuiltInPack;
    });
    if (basic) {
      report_.rules = kBasicRules;
      report_.rules_digest = basic_rules_digest();
      return;
    }
    crypto::Sha256 sum;
    std::vector<std::string> names;
    for (const LoadedPart* part : used_) {
      const Manifest& manifest = part->pack().manifest;
      std::string name = manifest.name + " " + manifest.edition;
      if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
      sum.update(part->key().view());
    }
    sum.update(chosen_.manifest->view());
    sum.update(chosen_.profile->name);
    for (const std::string& name : names)
      report_.rules.append(report_.rules.empty() ? "" : ", ").append(name);
    report_.rules_digest = sum.finish();
    report_.profile = chosen_.profile->name;
  }

  const Library::State& library_;
  const Asking& asking_;
  const View bytes_;
  Read document_;
  Report report_;
  std::string date_;
  Library::State::Chosen chosen_;
  std::vector<const LoadedPart*> directories_;  // that its messages asked for
  std::vector<const LoadedPart*> used_;
  std::string svrl_;
};

Library::Library() : Library(std::vector<Pack>()) {}

Library::Library(std::vector<Pack> packs, CompiledStore compiled, std::vector<RefusedPack> refused)
    : state_(std::make_unique<State>()) {
  state_->packs = std::move(packs);
  state_->packs.push_back(basic_pack());
  state_->compiled = std::move(compiled);
  state_->refused = std::move(refused);
  for (const Pack& pack : state_->packs) {
    state_->digests.push_back(manifest_digest(pack.manifest));
    for (const PackPart& part : pack.manifest.parts)
      state_->parts.push_back(std::make_unique<LoadedPart>(pack, part, state_->digests.back()));
  }
}

Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

Examined Library::examine(View bytes, const Asking& asking) const {
  return Judging(*state_, asking, bytes, false).run();
}

Viewed Library::view(View bytes, const Asking& asking, const PageOptions& options) const {
  Judging judging(*state_, asking, bytes, true);
  Examined examined = judging.run();
  std::string page = judging.page(options);
  return {std::move(examined), std::move(page)};
}

Result<> Library::load(std::string_view pack_id) const {
  bool any = false;
  for (const auto& part : state_->parts) {
    if (part->pack().manifest.id() != pack_id) continue;
    any = true;
    const std::string& why = part->load(state_->compiled);
    if (!why.empty())
      return fail(Code::invalid, part->name() + " cannot be used: " + why, "see docs/packs.md");
  }
  if (!any) return fail(Code::not_found, "there is no pack " + std::string(pack_id));
  return {};
}

}  // namespace corridor::documents
