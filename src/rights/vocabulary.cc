// SPDX-License-Identifier: Apache-2.0
// table
#include "rights/vocabulary.h"

#include <algorithm>
#include <array>

namespace corridor::rights {

namespace {

struct Entry {
  std::string_view name;
  Word word;
  std::string_view included_in = {};  // of an action
};

// ODRL Vocabulary 2.2 without the deprecated actions; members and types only as far as they are
// read or written here. Sorted by name.
constexpr std::array kVocabulary = std::to_array<Entry>({
    {"Agreement", Word::type},
    {"Constraint", Word::type},
    {"Duty", Word::type},
    {"LogicalConstraint", Word::type},
    {"Offer", Word::type},
    {"Permission", Word::type},
    {"Policy", Word::type},
    {"Prohibition", Word::type},
    {"Rule", Word::type},
    {"Set", Word::type},
    {"absolutePosition", Word::operand},
    {"absoluteSize", Word::operand},
    {"absoluteSpatialPosition", Word::operand},
    {"absoluteTemporalPosition", Word::operand},
    {"acceptTracking", Word::action, "use"},
    {"action", Word::member},
    {"aggregate", Word::action, "use"},
    {"and", Word::member},
    {"andSequence", Word::member},
    {"annotate", Word::action, "use"},
    {"anonymize", Word::action, "use"},
    {"archive", Word::action, "use"},
    {"assignee", Word::member},
    {"assigner", Word::member},
    {"attribute", Word::action, "use"},
    {"compensate", Word::action, "use"},
    {"concurrentUse", Word::action, "use"},
    {"conflict", Word::member},
    {"consequence", Word::member},
    {"constraint", Word::member},
    {"count", Word::operand},
    {"dataType", Word::member},
    {"dateTime", Word::operand},
    {"delayPeriod", Word::operand},
    {"delete", Word::action, "use"},
    {"deliveryChannel", Word::operand},
    {"derive", Word::action, "use"},
    {"device", Word::operand},
    {"digitize", Word::action, "use"},
    {"display", Word::action, "play"},
    {"distribute", Word::action, "use"},
    {"duty", Word::member},
    {"elapsedTime", Word::operand},
    {"ensureExclusivity", Word::action, "use"},
    {"eq", Word::operation},
    {"event", Word::operand},
    {"execute", Word::action, "use"},
    {"extract", Word::action, "reproduce"},
    {"fileFormat", Word::operand},
    {"give", Word::action, "transfer"},
    {"grantUse", Word::action, "use"},
    {"gt", Word::operation},
    {"gteq", Word::operation},
    {"hasPart", Word::operation},
    {"include", Word::action, "use"},
    {"index", Word::action, "use"},
    {"industry", Word::operand},
    {"inform", Word::action, "use"},
    {"inheritFrom", Word::member},
    {"install", Word::action, "use"},
    {"isA", Word::operation},
    {"isAllOf", Word::operation},
    {"isAnyOf", Word::operation},
    {"isNoneOf", Word::operation},
    {"isPartOf", Word::operation},
    {"language", Word::operand},
    {"leftOperand", Word::member},
    {"lt", Word::operation},
    {"lteq", Word::operation},
    {"media", Word::operand},
    {"meteredTime", Word::operand},
    {"modify", Word::action, "use"},
    {"move", Word::action, "use"},
    {"neq", Word::operation},
    {"nextPolicy", Word::action, "use"},
    {"obligation", Word::member},
    {"obtainConsent", Word::action, "use"},
    {"operator", Word::member},
    {"or", Word::member},
    {"payAmount", Word::operand},
    {"percentage", Word::operand},
    {"permission", Word::member},
    {"play", Word::action, "use"},
    {"present", Word::action, "use"},
    {"print", Word::action, "use"},
    {"product", Word::operand},
    {"profile", Word::member},
    {"prohibition", Word::member},
    {"purpose", Word::operand},
    {"read", Word::action, "use"},
    {"recipient", Word::operand},
    {"refinement", Word::member},
    {"relativePosition", Word::operand},
    {"relativeSize", Word::operand},
    {"relativeSpatialPosition", Word::operand},
    {"relativeTemporalPosition", Word::operand},
    {"remedy", Word::member},
    {"reproduce", Word::action, "use"},
    {"resolution", Word::operand},
    {"reviewPolicy", Word::action, "use"},
    {"rightOperand", Word::member},
    {"rightOperandReference", Word::member},
    {"sell", Word::action, "transfer"},
    {"spatial", Word::operand},
    {"spatialCoordinates", Word::operand},
    {"status", Word::member},
    {"stream", Word::action, "use"},
    {"synchronize", Word::action, "use"},
    {"system", Word::operand},
    {"systemDevice", Word::operand},
    {"target", Word::member},
    {"textToSpeech", Word::action, "use"},
    {"timeInterval", Word::operand},
    {"transfer", Word::action},
    {"transform", Word::action, "use"},
    {"translate", Word::action, "use"},
    {"uninstall", Word::action, "use"},
    {"unit", Word::member},
    {"unitOfCount", Word::operand},
    {"use", Word::action},
    {"version", Word::operand},
    {"virtualLocation", Word::operand},
    {"watermark", Word::action, "use"},
    {"xone", Word::member},
});
static_assert(std::ranges::is_sorted(kVocabulary, {}, &Entry::name));

const Entry* find(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(kVocabulary, name, {}, &Entry::name);
  return found != kVocabulary.end() && found->name == name ? found : nullptr;
}

}  // namespace

std::string canonical_term(std::string_view spelled) {
  // `uid` and `type` are what ODRL's own JSON context calls the two keywords (ODRL JSON-LD §2).
  if (spelled == "uid" || spelled == "odrl:uid") return "@id";
  if (spelled == "type" || spelled == "rdf:type") return "@type";
  if (spelled == "dspace:timestamp") return "timestamp";
  if (spelled.starts_with(kDspace) && spelled.substr(kDspace.size()) == "timestamp")
    return "timestamp";
  if (spelled.starts_with("xsd:")) return std::string(kXsd).append(spelled.substr(4));
  const bool prefixed = spelled.starts_with("odrl:");
  if (!prefixed && !spelled.starts_with(kOdrl)) return std::string(spelled);
  const std::string_view local = spelled.substr(prefixed ? 5 : kOdrl.size());
  if (local == "uid") return "@id";
  return find(local) != nullptr ? std::string(local) : std::string(kOdrl).append(local);
}

Word word_class(std::string_view canonical) {
  const Entry* const entry = find(canonical);
  return entry == nullptr ? Word::none : entry->word;
}

bool includes(std::string_view wide, std::string_view narrow) {
  while (!narrow.empty() && narrow != wide) {
    const Entry* const entry = find(narrow);
    narrow = entry == nullptr ? std::string_view{} : entry->included_in;
  }
  return !narrow.empty();
}

}  // namespace corridor::rights
