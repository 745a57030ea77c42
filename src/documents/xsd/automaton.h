// SPDX-License-Identifier: Apache-2.0
//
// Content models: from particles, as the schema nests them, to slots or a deterministic automaton
// (Glushkov's positions, then sets of them). What a schema can multiply is counted against a budget
// before it is made.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/base.h"
#include "documents/xsd/tables.h"

namespace corridor::xsd {

inline constexpr std::size_t kPositionsMax = 5'000;     // of one content model
inline constexpr std::size_t kStatesMax = 20'000;       // of one content model
inline constexpr std::size_t kSlotsMax = 20'000;        // of one content model
inline constexpr std::size_t kWorkMax = 5'000'000;      // of a whole schema
inline constexpr std::size_t kParticleDepthMax = 250;

class Budget {
 public:
  Result<> spend(std::size_t work) {
    spent_ += work;
    if (spent_ <= kWorkMax) return {};
    return fail(Code::too_large, "the content models of the schema multiply too far");
  }

 private:
  std::size_t spent_ = 0;
};

struct Particle;
using ParticlePtr = std::shared_ptr<const Particle>;

struct Particle {
  enum class Kind : std::uint8_t { element, any, sequence, choice, all };
  Kind kind = Kind::sequence;
  std::uint32_t min = 1;
  std::uint32_t max = 1;
  // Made by `make_particle`: of what hangs below, parts that are shared counted each time.
  std::size_t depth = 1;
  std::size_t size = 1;
  bool has_all = false;
  std::vector<std::pair<Index, Index>> elements;  // name, declaration; the substitutes behind it
  Index wildcard = kNo;
  std::vector<ParticlePtr> parts;
};

// Code::too_large when it is too deep or too large to be walked.
Result<ParticlePtr> make_particle(Particle particle);

// Adds a model to the tables; kNo when nothing can stand in it.
Result<Index> add_model(Tables& tables, const ParticlePtr& particle, Budget& budget);

}  // namespace corridor::xsd
