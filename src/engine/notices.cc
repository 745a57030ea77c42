// SPDX-License-Identifier: Apache-2.0
#include "engine/notices.h"

namespace corridor::engine {

Bytes notice_key(std::uint64_t number) {
  Bytes key;
  append_u64_be(key, number);
  return key;
}

// Written straight through: one of these stands on the path of every document.
Bytes write_event(const Did& source, std::uint64_t number, Time at, const Notice& notice) {
  Bytes event;
  event.reserve(512);
  event.append(R"({"specversion":"1.0","id":")").append(std::to_string(number));
  event.append(R"(","source":)");
  json::append_quoted(event, source.value);
  event.append(R"(,"type":)");
  json::append_quoted(event, std::string(kEventPrefix) + notice.type);
  event.append(R"(,"subject":)");
  json::append_quoted(event, notice.subject);
  event.append(R"(,"time":")").append(iso8601(at));
  event.append(R"(","datacontenttype":"application/json","data":)");
  event.append(json::write(notice.data)).append("}");
  return event;
}

Result<std::uint64_t> newest_notice(const Rows& rows) {
  TRY_ASSIGN(const auto row, rows.get(Table::meta, kNoticeCount));
  if (!row) return std::uint64_t{0};
  if (row->size() != 8) return fail(Code::corrupt, "the stored count of events is not a number");
  return read_u64_be(*row);
}

Result<> Notices::load(const Rows& rows) {
  TRY_ASSIGN(const std::uint64_t newest, newest_notice(rows));
  const std::lock_guard lock(mutex_);
  newest_ = std::max(newest_, newest);
  return {};
}

void Notices::committed(std::vector<Told> told) {
  if (told.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, told.back().number);
    for (const auto& one : told) ++counts_[one.type];
    for (auto it = waiters_.begin(); it != waiters_.end();) {
      if (it->second.number >= newest_) {
        ++it;
        continue;
      }
      executor_.post_always(std::move(it->second.task));
      it = waiters_.erase(it);
    }
  }
  // A slow reader of standard error must not hold the clerk.
  executor_.post_always([this, told = std::move(told)] {
    for (const auto& one : told)
      env_.log(Level::info, one.type,
               {{"event", std::to_string(one.number)}, {"subject", one.subject}});
  });
}

std::uint64_t Notices::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

void Notices::when_after(std::uint64_t number, Time until, Task task) {
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (newest_ > number) {
      executor_.post_always(std::move(task));
      return;
    }
    ticket = ++waiters_so_far_;
    waiters_.emplace(ticket, Waiter{number, std::move(task)});
  }
  executor_.at(until, [this, ticket] {
    Task late;
    {
      const std::lock_guard lock(mutex_);
      const auto found = waiters_.find(ticket);
      if (found == waiters_.end()) return;
      late = std::move(found->second.task);
      waiters_.erase(found);
    }
    late();
  });
}

std::map<std::string, std::uint64_t> Notices::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace corridor::engine
