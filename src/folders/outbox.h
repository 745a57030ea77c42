// SPDX-License-Identifier: Apache-2.0
//
// Files to be sent: outbox/<partner>/NAME, on their way to sent/<partner>/ or refused/<partner>/ when the
// exchange is settled. There is no state of its own on the disk: a file that is still in the outbox is
// sent again after a crash, under the same idempotency key, and the exchange of that key goes on.
//
// The key is a digest of the partner's folder, the name and the content. A file that is put there
// again after its exchange was refused or failed is a new try: its key follows from that exchange.
//
// Bounded: limits::kFolderSendsMax files at work, kFolderOpenMax without an answer; beyond that a file
// stays where it is and is taken later. Private to this module; belongs to the thread of the folders,
// but for `changed`.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "base/work.h"
#include "engine/engine.h"
#include "folders/disk.h"
#include "folders/names.h"
#include "folders/watch.h"

namespace corridor::folders {

class Outbox {
 public:
  struct Parts {
    Env& env;
    Executor& workers;
    engine::Engine& engine;
    std::string path;
    std::function<void(Task)> here;  // runs it on the thread of the folders
  };
  explicit Outbox(Parts parts) : parts_(std::move(parts)) {}

  // Makes what is missing, watches it, and looks at every file; whenever something may have been missed.
  Result<> look_at_all(Watch& watch, const std::map<std::string, Did>& partners);
  void happened(const Watch::Event& event);
  void work();                              // takes files, as many as may be at once
  [[nodiscard]] std::optional<Time> next_retry() const;
  // After a commit, on any thread; never waits.
  void changed(View exchange);

  struct Standing {
    std::size_t sending = 0;    // being read, judged, committed
    std::size_t open = 0;       // sent, without an answer yet
    std::string problem;
  };
  [[nodiscard]] Standing standing() const;

 private:
  struct Item {
    std::string folder;
    std::string name;
    auto operator<=>(const Item&) const = default;
  };
  struct Open {
    Item item;
    FileMark mark;
  };
  struct Receipt {  // to be written again when it is logged
    std::string folder;
    std::string name;
  };
  struct Retry {
    Time at;
    int tries = 0;
  };
  struct Read {
    Bytes bytes;
    FileMark mark;
    Time placed;  // when the file came to be as it is, where it is
  };

  Result<Folder> folder(const std::string& first, const std::string& second) const;
  Result<> scan(const std::string& folder);
  void add(Item item);
  void take(const Item& item);
  Result<std::optional<Read>> read(const Item& item);
  void send(const Item& item, const Did& to, Read read);
  void sent(const Item& item, const FileMark& mark, std::size_t bytes,
            Result<engine::Committed> committed);
  void follow(const Item& item, const FileMark& mark, const std::string& exchange);
  void look(const std::string& exchange);
  Result<> settle(const Open& open, const exchange::ExchangeRecord& record);
  Result<> to_sent(const Open& open, const exchange::ExchangeRecord& record);
  Result<> to_refused(const Item& item, const json::Value& report, View text);
  Result<> move_out(const Item& item, const Folder& to, View id);
  void write_logged(const std::string& exchange, const exchange::ExchangeRecord& record);
  void refuse(const Item& item, const Error& why);
  void finish(const Item& item, const Result<>& outcome);
  void retry(const Item& item, const Error& why);
  void retry_disk(const Item& item, const Error& why);
  void forget(const std::string& exchange);

  Parts parts_;
  std::map<std::string, Did> partners_;
  std::map<int, std::string> watched_;  // "": the outbox itself
  std::deque<Item> pending_;
  bool rescan_ = false;                 // more is there than could be kept
  std::set<Item> busy_;                 // taken, and not settled
  std::set<Item> again_;                // busy ones that something happened to
  std::map<Item, Retry> retries_;
  std::set<Item> troubled_;             // those of them that our own disk kept from going on
  std::map<std::string, Open> open_;    // by exchange
  std::map<std::string, Receipt> receipts_;  // by exchange
  std::size_t sending_ = 0;
  std::size_t sending_bytes_ = 0;

  mutable std::mutex mutex_;            // of what follows
  std::set<std::string, std::less<>> followed_;
  Standing standing_;
};

}  // namespace corridor::folders
