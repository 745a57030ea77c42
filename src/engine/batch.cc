// SPDX-License-Identifier: Apache-2.0
#include "engine/batch.h"

#include "crypto/crypto.h"
#include "engine/outbox_record.h"
#include "evidence/merkle.h"
#include "evidence/statement.h"

namespace corridor::engine {

Batch::Batch(store::Store& store, const exchange::Self& self, Time now)
    : rows_(store.latest(), self.participant), self_(self), now_(now) {}

Result<std::optional<Bytes>> Batch::get(Table table, View key) {
  const auto found = overlay_.find(Spot{table, Bytes(key)});
  if (found != overlay_.end()) return found->second;
  return rows_.get(table, key);
}

Result<std::vector<KnownRow>> Batch::scan(const Scan& scan) {
  // The overlay may hide rows of the store: read as many more as it could hide.
  Scan wider = scan;
  wider.most = std::min(scan.most, limits::kScanRowsMax) + overlay_.size();
  TRY_ASSIGN(auto stored, rows_.scan(wider));
  std::map<Bytes, Bytes> merged;
  for (auto& row : stored) merged.emplace(std::move(row.key), std::move(row.value));
  for (auto it = overlay_.lower_bound(Spot{scan.table, scan.prefix}); it != overlay_.end(); ++it) {
    const auto& [table, key] = it->first;
    if (table != scan.table || !key.starts_with(scan.prefix)) break;
    if (key <= scan.after && !scan.after.empty()) continue;
    if (it->second) {
      merged.insert_or_assign(key, *it->second);
    } else {
      merged.erase(key);
    }
  }
  std::vector<KnownRow> rows;
  for (auto& [key, value] : merged) {
    if (rows.size() == std::min(scan.most, limits::kScanRowsMax)) break;
    rows.push_back({key, std::move(value)});
  }
  return rows;
}

Outcome Batch::decide(const Command& command, Known& known, const Seed& seed) {
  struct Dispatch {
    Batch& batch;
    Known& known;
    const Seed& seed;
    Outcome operator()(const exchange::Command& c) const {
      return exchange::step(batch.self_, c, known, batch.now_, seed);
    }
    Outcome operator()(const CheckpointMade& c) const { return step(c, known); }
    Outcome operator()(const ReceiptsLogged& c) const { return step(c, known, batch.now_); }
    Outcome operator()(const Subscribe& c) const { return step(c, known, batch.now_, seed); }
    Outcome operator()(const Unsubscribe& c) const { return step(c, known); }
    Outcome operator()(const Replay& c) const { return step(c, known); }
    Outcome operator()(const NoticesDelivered& c) const { return step(c, known); }
    Outcome operator()(const PutApiKey& c) const { return step(c, known, batch.now_); }
    Outcome operator()(const RemoveApiKey& c) const { return step(c, known); }
  };
  return std::visit(Dispatch{*this, known, seed}, command);
}

Result<> Batch::load(const Needs& needs, Known& known) {
  for (const auto& key : needs.rows) {
    TRY_ASSIGN(auto value, get(key.table, key.key));
    known.put(key, std::move(value));
  }
  for (const auto& wanted : needs.scans) {
    TRY_ASSIGN(auto rows, scan(wanted));
    known.put(wanted, std::move(rows));
  }
  return {};
}

Outcome Batch::run(const Command& command, Known& known, const Seed& seed) {
  known.forget_rows();
  for (int round = 0; round <= limits::kNeedRoundsMax; ++round) {
    Outcome outcome = decide(command, known, seed);
    if (auto* const needs = std::get_if<Needs>(&outcome)) {
      if (needs->rows.empty() && needs->scans.empty()) return outcome;
      if (auto good = load(*needs, known); !good) return good.error();
      continue;
    }
    if (auto* const decision = std::get_if<Decision>(&outcome)) {
      const std::uint64_t size_before = log_size_;
      auto good = state_events(*decision, seed);
      if (good) good = tell(*decision);
      if (!good) {
        log_size_ = size_before;
        return good.error();
      }
      apply(*decision);
    }
    return outcome;
  }
  return Error{Code::internal, "a step kept asking for rows", {}};
}

Result<> Batch::load_log_size() {
  if (log_size_known_) return {};
  TRY_ASSIGN(const auto row, rows_.get(Table::log, "size"));
  if (row) {
    if (row->size() != 8) return fail(Code::corrupt, "the stored size of the log is not a number");
    log_size_ = read_u64_be(*row);
  }
  log_size_before_ = log_size_;
  log_size_known_ = true;
  return {};
}

Result<> Batch::state_events(Decision& decision, const Seed& seed) {
  if (decision.events.empty()) return {};
  TRY(load_log_size());
  std::map<std::string, ChainRecord> chains;
  int number = 0;
  for (auto& event : decision.events) {
    const std::string label = "event " + std::to_string(number++);
    auto found = chains.find(event.subject);
    if (found == chains.end()) {
      ChainRecord chain;
      TRY_ASSIGN(const auto row, get(Table::chain, event.subject));
      if (row) {
        TRY_ASSIGN(chain, from_bytes<ChainRecord>(*row));
      } else {
        chain.tag_secret = hex(evidence::TagSecret::derive(seed, "tag " + event.subject).view());
      }
      found = chains.emplace(event.subject, std::move(chain)).first;
    }
    ChainRecord& chain = found->second;
    TRY_ASSIGN(const Bytes raw_secret, from_hex(chain.tag_secret));
    TRY_ASSIGN(const auto secret, evidence::TagSecret::from(raw_secret));
    const auto salt = evidence::Salt::derive(seed, label);
    TRY_ASSIGN(const auto written,
               evidence::write_statement({event.type, self_.did, ExchangeId(event.subject), now_,
                                          std::move(event.content)}));
    const Bytes leaf = evidence::leaf_bytes(evidence::make_leaf(written, salt, secret, chain.prev_leaf));
    const Digest hash = evidence::leaf_hash(leaf);
    const std::uint64_t index = log_size_++;
    Bytes index_key;
    append_u64_be(index_key, index);
    decision.write(Table::leaf, index_key, leaf);
    decision.write(Table::leaf_index, Bytes(hash.view()), index_key);
    StatementRecord record{event.type, written.bytes, hex(salt.view()), chain.tag_secret,
                           base64(leaf), index, now_};
    decision.write(Table::statement, statement_key(event.subject, chain.next++), to_bytes(record));
    chain.prev_leaf = hash;
  }
  for (const auto& [subject, chain] : chains)
    decision.write(Table::chain, subject, to_bytes(chain));
  Bytes size;
  append_u64_be(size, log_size_);
  decision.write(Table::log, "size", size);
  return {};
}

Result<> Batch::tell(Decision& decision) {
  if (decision.notices.empty()) return {};
  if (!notices_) {
    TRY_ASSIGN(notices_, newest_notice(rows_));
  }
  for (auto& notice : decision.notices) {
    const std::uint64_t number = ++*notices_;
    decision.write(Table::notice, notice_key(number), write_event(self_.did, number, now_, notice));
    if (number > limits::kNoticesKept)
      decision.erase(Table::notice, notice_key(number - limits::kNoticesKept));
    told_.push_back({number, std::move(notice.type), std::move(notice.subject)});
  }
  decision.write(Table::meta, Bytes(kNoticeCount), notice_key(*notices_));
  return {};
}

void Batch::apply(Decision& decision) {
  for (const auto& id : decision.settled) decision.erase(Table::outbox, id);
  for (const auto& message : decision.outgoing)
    decision.write(Table::outbox, message.id, to_bytes(message));
  for (const auto& timer : decision.timers)
    decision.write(Table::timer, exchange::timer_key(timer.at, timer.what, timer.subject),
                   to_bytes(timer));
  for (const auto& write : decision.writes)
    overlay_.insert_or_assign(Spot{write.table, write.key}, write.value);
}

std::vector<store::Write> Batch::writes() const {
  std::vector<store::Write> writes;
  writes.reserve(overlay_.size());
  for (const auto& [spot, value] : overlay_)
    writes.push_back({table_id(spot.first), row_key(self_.participant, spot.second), value});
  return writes;
}

}  // namespace corridor::engine
