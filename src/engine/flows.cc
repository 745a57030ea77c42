// SPDX-License-Identifier: Apache-2.0
#include "engine/flows.h"

namespace corridor::engine {

namespace {

constexpr Duration kFirstWait = seconds(1);
constexpr Duration kLongestWait = minutes(5);

// Not the other side's last word: it may go on later where it ended.
bool may_go_on(Code code) {
  return code == Code::unavailable || code == Code::timeout || code == Code::busy;
}

std::string partial_name(const std::string& transfer) {
  return transfer.substr(0, store::kPartialNameBytesMax);
}

}  // namespace

// Before anything moves again; a partial that cannot be thrown away now goes at the next start.
void Flows::sweep() const {
  const auto partials = parts_.blobs.partials();
  if (!partials) return;
  for (const auto& partial : *partials) {
    const auto wanted = [&] {
      const std::lock_guard lock(mutex_);
      return std::ranges::any_of(entries_, [&](const auto& entry) {
        return partial_name(entry.first) == partial.name;
      });
    };
    if (wanted()) continue;
    auto writer = parts_.blobs.write(partial.name);
    const bool gone = writer && (*writer)->discard().has_value();
    parts_.env.log(Level::info, gone ? "partial-swept" : "partial-stays",
                   {{"partial", partial.name}, {"bytes", std::to_string(partial.bytes)}});
  }
}

Result<> Flows::load() {
  TRY_ASSIGN(const auto view, parts_.store.snapshot());
  const Rows rows(*view, parts_.participant);
  Bytes after;
  for (;;) {
    TRY_ASSIGN(const auto found, rows.scan({Table::flow, {}, after, limits::kScanRowsMax}));
    if (found.empty()) {
      parts_.executor.post_always([this] { sweep(); });
      return {};
    }
    after = found.back().key;
    for (const auto& row : found) changed(row.key, true);
  }
}

void Flows::changed(const std::string& transfer, bool wanted) {
  std::uint64_t order = 0;
  {
    const std::lock_guard lock(mutex_);
    entries_.erase(transfer);
    if (!wanted) return;
    order = ++orders_;
    entries_[transfer].order = order;
  }
  parts_.executor.post_always([this, transfer, order] { begin(transfer, order); });
}

Result<> Flows::may_move(const std::string& transfer, std::uint64_t order) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(transfer);
  if (found != entries_.end() && found->second.order == order) return {};
  return fail(Code::denied, "the transfer no longer wants these bytes");
}

void Flows::begin(const std::string& transfer, std::uint64_t order) {
  if (!may_move(transfer, order)) return;
  const auto view = parts_.store.snapshot();
  auto row = view ? Rows(**view, parts_.participant).get(Table::flow, transfer)
                  : Result<std::optional<Bytes>>(std::unexpected(view.error()));
  if (!row || !*row) return;  // erased meanwhile
  auto flow = from_bytes<exchange::FlowRecord>(**row);
  if (!flow) {
    parts_.env.log(Level::error, "flow-unreadable", {{"transfer", transfer}, {"why", flow.error().why}});
    return;
  }
  flow->push ? put(*flow, order) : get(*flow, order);
}

void Flows::get(const exchange::FlowRecord& flow, std::uint64_t order) {
  dataplane::Fetch what;
  what.url = flow.endpoint;
  what.authorization = flow.authorization;
  what.partial = partial_name(flow.transfer);
  what.gate = [this, transfer = flow.transfer, order] { return may_move(transfer, order); };
  parts_.plane.fetch(std::move(what), [this, flow, order](Result<dataplane::Fetched> fetched) {
    if (!fetched) return failed(flow, order, fetched.error());
    parts_.ended({.transfer = flow.transfer,
                  .blob = fetched->stored.blob.value,
                  .sha256 = fetched->stored.sha256,
                  .bytes = fetched->stored.bytes,
                  .media_type = fetched->media_type});
  });
}

void Flows::put(const exchange::FlowRecord& flow, std::uint64_t order) {
  dataplane::Push what;
  what.blob = store::BlobId(flow.blob);
  what.url = flow.endpoint;
  what.authorization = flow.authorization;
  if (!flow.media_type.empty()) what.media_type = flow.media_type;
  what.gate = [this, transfer = flow.transfer, order] { return may_move(transfer, order); };
  parts_.plane.push(std::move(what), [this, flow, order](Result<net::Response> answer) {
    if (!answer) return failed(flow, order, answer.error());
    parts_.ended({.transfer = flow.transfer, .blob = flow.blob});
  });
}

void Flows::failed(const exchange::FlowRecord& flow, std::uint64_t order, const Error& error) {
  if (!may_move(flow.transfer, order)) return;  // stopped on purpose
  const Time now = parts_.env.now();
  if (!may_go_on(error.code) || now >= flow.deadline) {
    parts_.ended({.transfer = flow.transfer,
                  .code = std::string(code_facts(error.code).name),
                  .reason = error.why});
    return;
  }
  int breaks = 0;
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[flow.transfer];
    breaks = ++entry.breaks;
    entry.last_error = error.why;
  }
  const std::int64_t wait = std::min(kFirstWait.ms << std::min(breaks - 1, 20), kLongestWait.ms);
  parts_.env.log(Level::info, "flow-broken",
                 {{"transfer", flow.transfer}, {"why", error.why}, {"wait_ms", std::to_string(wait)}});
  parts_.executor.at(now + milliseconds(wait),
                     [this, transfer = flow.transfer, order] { begin(transfer, order); });
}

std::vector<Flows::Moving> Flows::moving(const std::string& transfer) const {
  std::vector<Moving> list;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_)
    if (transfer.empty() || transfer == name) list.push_back({name, entry.breaks, entry.last_error});
  return list;
}

}  // namespace corridor::engine
