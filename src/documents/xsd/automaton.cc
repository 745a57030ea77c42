// SPDX-License-Identifier: Apache-2.0
#include "documents/xsd/automaton.h"

#include <algorithm>
#include <map>
#include <set>

namespace corridor::xsd {

namespace {

using Set = std::vector<Index>;  // of positions, sorted

struct Fragment {
  bool nullable = true;
  Set first;
  Set last;
};

void merge(Set& into, const Set& from) {
  Set out;
  out.reserve(into.size() + from.size());
  std::ranges::set_union(into, from, std::back_inserter(out));
  into = std::move(out);
}

class Glushkov {
 public:
  Glushkov(Tables& tables, Budget& budget) : t_(tables), budget_(budget) {}

  Result<Index> run(const Particle& particle) {
    TRY_ASSIGN(const Fragment whole, repeated(particle));
    last_ = whole.last;
    first_ = whole.first;
    TRY(consistent());
    return states(whole.nullable);
  }

 private:
  Result<Fragment> once(const Particle& particle) {
    TRY(budget_.spend(1));
    switch (particle.kind) {
      case Particle::Kind::element:
      case Particle::Kind::any: {
        if (positions_.size() >= kPositionsMax)
          return fail(Code::too_large, "a content model has more than " +
                                           std::to_string(kPositionsMax) + " places");
        const auto at = static_cast<Index>(positions_.size());
        positions_.push_back(&particle);
        follow_.emplace_back();
        return Fragment{false, {at}, {at}};
      }
      case Particle::Kind::choice: {
        Fragment out{particle.parts.empty(), {}, {}};
        for (const ParticlePtr& part : particle.parts) {
          TRY_ASSIGN(const Fragment one, repeated(*part));
          out.nullable = out.nullable || one.nullable;
          TRY(budget_.spend(out.first.size() + out.last.size()));
          merge(out.first, one.first);
          merge(out.last, one.last);
        }
        return out;
      }
      default: {
        Fragment out;
        for (const ParticlePtr& part : particle.parts) {
          TRY_ASSIGN(const Fragment one, repeated(*part));
          TRY(append(out, one));
        }
        return out;
      }
    }
  }

  // x{2,4} is x x x? x?; x{2,unbounded} is x x+.
  Result<Fragment> repeated(const Particle& particle) {
    Fragment out;
    if (particle.max == 0) return out;
    const bool endless = particle.max == kUnbounded;
    const std::uint32_t copies = endless ? std::max(particle.min, 1U) : particle.max;
    for (std::uint32_t i = 0; i < copies; ++i) {
      TRY_ASSIGN(Fragment one, once(particle));
      one.nullable = one.nullable || i >= particle.min;
      if (one.first.empty()) return one;  // nothing can stand here, however often
      if (endless && i + 1 == copies) TRY(link(one.last, one.first));
      TRY(append(out, one));
    }
    return out;
  }

  Result<> append(Fragment& out, const Fragment& one) {
    TRY(link(out.last, one.first));
    TRY(budget_.spend(out.first.size() + out.last.size() + one.last.size()));
    if (out.nullable) merge(out.first, one.first);
    if (one.nullable) merge(out.last, one.last);
    else out.last = one.last;
    out.nullable = out.nullable && one.nullable;
    return {};
  }

  Result<> link(const Set& from, const Set& to) {
    TRY(budget_.spend(from.size() * (to.size() + 1)));
    for (const Index position : from) merge(follow_[position], to);
    return {};
  }

  // §3.8.6, Element Declarations Consistent: one name has one type, wherever it stands.
  Result<> consistent() {
    std::map<Index, Index> types;
    for (const Particle* position : positions_)
      for (const auto& [name, element] : position->elements) {
        const Index type = t_.elements[element].type;
        if (types.emplace(name, type).first->second != type)
          return fail(Code::invalid, std::string(t_.local(name)) +
                                         " stands twice in a content model, with different types");
      }
    return {};
  }

  struct Moves {
    std::map<Index, std::pair<Index, Set>> by_name;  // name: declaration, positions
    std::vector<std::pair<Index, Set>> by_wildcard;
  };

  Result<Moves> moves_from(const Set& set) {
    Moves out;
    for (const Index at : set) {
      const Particle& position = *positions_[at];
      TRY(budget_.spend(position.elements.size() + 1));
      for (const auto& [name, element] : position.elements) {
        auto& [declaration, positions] = out.by_name[name];
        if (positions.empty()) declaration = element;
        positions.push_back(at);
      }
      if (position.kind != Particle::Kind::any) continue;
      const auto known = std::ranges::find(out.by_wildcard, position.wildcard,
                                           &std::pair<Index, Set>::first);
      if (known != out.by_wildcard.end()) known->second.push_back(at);
      else out.by_wildcard.push_back({position.wildcard, {at}});
    }
    return out;
  }

  Index state_of(Set next, bool accepts) {
    const auto [it, fresh] = known_.try_emplace({std::move(next), accepts}, known_.size());
    if (fresh) queue_.push_back(&it->first);
    return static_cast<Index>(base_ + it->second);
  }

  // Where one of these positions has just been read. What may follow is all that counts, so that
  // (a|b|c)* has two states and not four.
  Result<Index> state_after(const Set& positions) {
    Set next;
    bool accepts = false;
    for (const Index position : positions) {
      TRY(budget_.spend(next.size() + follow_[position].size() + 1));
      merge(next, follow_[position]);
      accepts = accepts || std::ranges::binary_search(last_, position);
    }
    if (queue_.size() >= kStatesMax)
      return fail(Code::too_large, "a content model needs more than " +
                                       std::to_string(kStatesMax) + " states");
    return state_of(std::move(next), accepts);
  }

  Result<Index> states(bool nullable) {
    base_ = t_.states.size();
    (void)state_of(first_, nullable);
    for (std::size_t i = 0; i < queue_.size(); ++i) {
      TRY_ASSIGN(const Moves moves, moves_from(queue_[i]->first));
      State state;
      state.accepts = queue_[i]->second;
      state.edges_at = static_cast<Index>(t_.edges.size());
      state.guards_at = static_cast<Index>(t_.guards.size());
      state.edges = static_cast<Index>(moves.by_name.size());
      state.guards = static_cast<Index>(moves.by_wildcard.size());
      for (const auto& [name, move] : moves.by_name) {
        TRY_ASSIGN(const Index next, state_after(move.second));
        t_.edges.push_back({name, move.first, next});
      }
      for (const auto& [wildcard, set] : moves.by_wildcard) {
        TRY_ASSIGN(const Index next, state_after(set));
        t_.guards.push_back({wildcard, next});
      }
      t_.states.push_back(state);
    }
    t_.models.push_back({Model::Form::states, false, static_cast<Index>(base_),
                         static_cast<Index>(queue_.size())});
    return static_cast<Index>(t_.models.size() - 1);
  }

  Tables& t_;
  Budget& budget_;
  std::vector<const Particle*> positions_;
  std::vector<Set> follow_;
  Set first_;
  Set last_;
  std::size_t base_ = 0;
  std::map<std::pair<Set, bool>, std::size_t> known_;  // what may follow; whether it may end
  std::vector<const std::pair<Set, bool>*> queue_;
};

// The elements of a sequence that is nothing but elements with distinct names.
class Slots {
 public:
  bool collect(const Particle& particle) {
    if (particle.max == 0) return true;
    if (particle.kind == Particle::Kind::element) {
      if (particle.elements.size() != 1 || slots_.size() >= kSlotsMax) return false;
      const auto [name, element] = particle.elements[0];
      slots_.push_back({name, element, particle.min, particle.max});
      return names_.insert(name).second;
    }
    if (particle.kind != Particle::Kind::sequence || particle.min != 1 || particle.max != 1)
      return false;
    return std::ranges::all_of(particle.parts, [&](const auto& p) { return collect(*p); });
  }
  [[nodiscard]] const std::vector<Slot>& slots() const { return slots_; }

 private:
  std::vector<Slot> slots_;
  std::set<Index> names_;
};

Index keep_slots(Tables& t, const std::vector<Slot>& slots, Model model) {
  model.at = static_cast<Index>(t.slots.size());
  model.count = static_cast<Index>(slots.size());
  t.slots.insert(t.slots.end(), slots.begin(), slots.end());
  t.models.push_back(model);
  return static_cast<Index>(t.models.size() - 1);
}

Result<Index> add_all(Tables& t, const Particle& particle) {
  std::vector<Slot> slots;
  std::set<Index> names;
  for (const ParticlePtr& part : particle.parts) {
    if (part->max == 0) continue;
    if (part->kind != Particle::Kind::element || part->max != 1 || part->elements.size() != 1)
      return fail(Code::invalid, "xs:all may only have elements that stand at most once");
    const auto [name, element] = part->elements[0];
    if (!names.insert(name).second)
      return fail(Code::invalid, std::string(t.local(name)) + " stands twice in xs:all");
    slots.push_back({name, element, part->min, 1});
  }
  if (slots.size() > kAllMembersMax)
    return fail(Code::too_large, "xs:all has more than " + std::to_string(kAllMembersMax) +
                                     " elements, which is not supported");
  return keep_slots(t, slots, {Model::Form::all, particle.min == 0, 0, 0});
}

// Through wrappers that mean nothing: a group reference is a sequence of one.
const Particle* unwrapped(const Particle* particle) {
  while (particle->kind == Particle::Kind::sequence && particle->parts.size() == 1 &&
         particle->min == 1 && particle->max == 1)
    particle = particle->parts[0].get();
  return particle;
}

}  // namespace

Result<ParticlePtr> make_particle(Particle particle) {
  particle.has_all = particle.kind == Particle::Kind::all;
  particle.size = 1 + particle.elements.size();
  for (const ParticlePtr& part : particle.parts) {
    particle.depth = std::max(particle.depth, part->depth + 1);
    particle.size += part->size;
    particle.has_all = particle.has_all || part->has_all;
  }
  if (particle.depth > kParticleDepthMax || particle.size > kWorkMax)
    return fail(Code::too_large, "a content model is nested too deep or multiplies too far");
  return std::make_shared<const Particle>(std::move(particle));
}

Result<Index> add_model(Tables& tables, const ParticlePtr& particle, Budget& budget) {
  if (particle == nullptr) return kNo;
  TRY(budget.spend(particle->size));
  const Particle* const inner = unwrapped(particle.get());
  if (inner->kind == Particle::Kind::all && inner->max <= 1)
    return inner->max == 0 || inner->parts.empty() ? Result<Index>(kNo) : add_all(tables, *inner);
  if (inner->has_all) return fail(Code::invalid, "xs:all may only be a whole content model");
  Slots slots;
  if (slots.collect(*inner)) {
    TRY(budget.spend(slots.slots().size()));
    if (slots.slots().empty()) return kNo;
    return keep_slots(tables, slots.slots(), {});
  }
  return Glushkov(tables, budget).run(*inner);
}

}  // namespace corridor::xsd
