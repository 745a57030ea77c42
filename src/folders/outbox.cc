// SPDX-License-Identifier: Apache-2.0
//
// Taking files and following their exchanges. What is done with them once they are settled:
// outbox_settle.cc.
#include "folders/outbox.h"

#include <algorithm>

#include "base/files.h"
#include "crypto/crypto.h"
#include "engine/sending.h"

namespace corridor::folders {

namespace {

constexpr int kTriesMost = 100;  // of one file that was refused and put there again

std::string first_key(const std::string& folder, const std::string& name, const Digest& sha256) {
  return "folder:" + hex(crypto::sha256(key_of({folder, name, sha256.view()})).view());
}

std::string next_key(const std::string& key, const std::string& exchange) {
  return "folder:" + hex(crypto::sha256(key_of({key, exchange})).view());
}

bool is_refused(const exchange::ExchangeRecord& record) {
  return record.state == exchange::ExchangeState::refused ||
         record.state == exchange::ExchangeState::failed;
}

struct Found {
  std::string key;       // to send under
  std::string exchange;  // that has this key already; empty: none
};

Result<Found> find_key(const engine::Rows& rows, std::string key, Time placed) {
  for (int tries = 0; tries < kTriesMost; ++tries) {
    TRY_ASSIGN(const auto id, rows.get(Table::idempotency, key_of({"local", key})));
    if (!id) return Found{std::move(key), {}};
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, *id));
    if (!row) return fail(Code::corrupt, "an idempotency key without its exchange " + *id);
    TRY_ASSIGN(const auto record, from_bytes<exchange::ExchangeRecord>(*row));
    if (!is_refused(record) || placed <= record.settled) return Found{std::move(key), *id};
    key = next_key(key, *id);
  }
  return fail(Code::conflict, "it was refused " + std::to_string(kTriesMost) + " times",
              "give the document another name");
}

Time time_of(const timespec& at) { return Time{at.tv_sec * 1000 + at.tv_nsec / 1'000'000}; }

}  // namespace

Result<Folder> Outbox::folder(const std::string& first, const std::string& second) const {
  auto opened = [&]() -> Result<Folder> {
    TRY_ASSIGN(const Folder root, Folder::open(parts_.path));
    TRY_ASSIGN(const Folder outer, root.inside(first));
    return outer.inside(second);
  }();
  // Of a folder that is not there, nothing is said of its files.
  if (!opened) return fail(Code::unavailable, opened.error().why, opened.error().todo);
  return opened;
}

Result<> Outbox::look_at_all(Watch& watch, const std::map<std::string, Did>& partners) {
  partners_ = partners;
  TRY_ASSIGN(const Folder root, Folder::open(parts_.path));
  TRY_ASSIGN(const Folder outbox, root.inside("outbox"));
  TRY(root.inside("inbox"));
  TRY(root.inside("sent"));
  TRY(root.inside("refused"));
  for (const auto& [name, did] : partners_) TRY(outbox.inside(name));
  std::map<int, std::string> watched;
  TRY_ASSIGN(const int own, watch.add(outbox));
  watched.emplace(own, "");
  bool all = true;
  TRY_ASSIGN(const auto names, outbox.names(limits::kFolderOpenMax, all, nullptr));
  for (const auto& name : names) {
    const auto inside = outbox.look(name);
    if (!inside || !S_ISDIR(inside->st_mode) || name.starts_with('.')) continue;
    TRY_ASSIGN(const Folder partner, outbox.inside(name));
    TRY_ASSIGN(const int number, watch.add(partner));
    watched.emplace(number, name);
  }
  watched_ = std::move(watched);
  for (const auto& [number, name] : watched_)
    if (!name.empty()) TRY(scan(name));
  return {};
}

// What cannot be kept in mind now is looked for again when there is room.
Result<> Outbox::scan(const std::string& partner) {
  const bool known = partners_.contains(partner) || partner.starts_with("did%3A");
  TRY_ASSIGN(const Folder from, folder("outbox", partner));
  const std::size_t room =
      limits::kFolderTasksMax - std::min(limits::kFolderTasksMax, pending_.size());
  bool all = true;
  TRY_ASSIGN(auto names, from.names(room, all, [&](const std::string& name) {
    const auto failed = retries_.find({partner, name});
    return !is_left_alone(name) && !busy_.contains({partner, name}) &&
           (failed == retries_.end() || failed->second.at.ms == 0);
  }));
  if (!known && !names.empty())
    parts_.env.log(Level::warning, "outbox-without-partner",
                   {{"folder", from.path()}, {"files", std::to_string(names.size())}});
  if (!all) rescan_ = true;
  std::ranges::sort(names);
  for (auto& name : names) add({partner, std::move(name)});
  return {};
}

void Outbox::happened(const Watch::Event& event) {
  const auto found = watched_.find(event.folder);
  if (found == watched_.end() || found->second.empty() || is_left_alone(event.name)) return;
  const Item item{found->second, event.name};
  if (event.what == Watch::What::made) {
    // A file that is being written is told of again when it is closed; a link is not.
    const auto from = folder("outbox", item.folder);
    const auto inside = from ? from->look(item.name) : std::unexpected(from.error());
    if (!inside || (S_ISREG(inside->st_mode) && inside->st_nlink < 2)) return;
  }
  if (const auto failed = retries_.find(item); failed != retries_.end()) failed->second.at = Time{};
  add(item);
}

void Outbox::add(Item item) {
  if (busy_.contains(item)) {
    again_.insert(std::move(item));
  } else if (pending_.size() < limits::kFolderTasksMax) {
    pending_.push_back(std::move(item));
  } else {
    rescan_ = true;
  }
}

void Outbox::work() {
  const Time now = parts_.env.now();
  for (auto it = retries_.begin(); it != retries_.end(); ++it)
    if (it->second.at <= now && it->second.at.ms != 0) {
      it->second.at = Time{};  // taken up; how often it failed is kept until it succeeds
      add(it->first);
    }
  if (pending_.empty() && std::exchange(rescan_, false))
    for (const auto& [number, name] : watched_)
      if (!name.empty()) (void)scan(name);
  for (;;) {
    if (pending_.empty() || sending_ >= limits::kFolderSendsMax ||
        sending_bytes_ >= limits::kFolderBytesMax || open_.size() >= limits::kFolderOpenMax)
      break;
    const Item item = std::move(pending_.front());
    pending_.pop_front();
    take(item);
  }
  const std::lock_guard lock(mutex_);
  standing_.sending = sending_ + pending_.size();
  standing_.open = open_.size();
}

std::optional<Time> Outbox::next_retry() const {
  std::optional<Time> next;
  for (const auto& [item, retry] : retries_)
    if (retry.at.ms != 0 && (!next || retry.at < *next)) next = retry.at;
  return next;
}

// Nothing: it is not there (any more), or still being written.
Result<std::optional<Outbox::Read>> Outbox::read(const Item& item) {
  const auto nothing = std::optional<Read>{};
  TRY_ASSIGN(const Folder from, folder("outbox", item.folder));
  const auto inside = from.look(item.name);
  if (!inside && inside.error().code == Code::not_found) return nothing;
  if (!inside) return std::unexpected(inside.error());
  if (S_ISDIR(inside->st_mode)) return nothing;
  if (S_ISLNK(inside->st_mode))
    return fail(Code::denied, "it is a link, and links are not followed", "put the file itself there");
  if (!S_ISREG(inside->st_mode))
    return fail(Code::denied, "it is no regular file", "put a file there");
  if (static_cast<std::size_t>(inside->st_size) > limits::kDocumentBytesMax)
    return fail(Code::too_large, "it is larger than 64 MiB, which no document may be",
                "offer it as a dataset: corridor dataset add");
  if (inside->st_size == 0) return nothing;
  auto file = from.open_file(item.name);
  if (!file && file.error().code == Code::not_found) return nothing;
  if (!file) return std::unexpected(file.error());
  struct stat before{};
  struct stat after{};
  if (::fstat(file->fd(), &before) != 0 || !S_ISREG(before.st_mode)) return nothing;
  if (Folder::is_being_written(*file)) return nothing;
  Read read;
  TRY_ASSIGN(read.bytes, read_whole_file(file->fd(), shown_name(item.name), limits::kDocumentBytesMax));
  if (::fstat(file->fd(), &after) != 0 || mark_of(before) != mark_of(after)) return nothing;
  read.mark = mark_of(after);
  read.placed = time_of(after.st_ctim);
  return std::optional(std::move(read));
}

void Outbox::take(const Item& item) {
  if (busy_.contains(item)) return;
  Did to;
  const auto partner = partners_.find(item.folder);
  if (partner != partners_.end()) {
    to = partner->second;
  } else {
    const auto decoded = percent_decode(item.folder);
    if (!decoded || !decoded->starts_with("did:") || percent_encode(*decoded) != item.folder) {
      retries_.erase(item);
      troubled_.erase(item);
      return;
    }
    to = Did(*decoded);
  }
  busy_.insert(item);
  auto content = read(item);
  if (!content && content.error().code != Code::unavailable) return refuse(item, content.error());
  if (!content) return retry_disk(item, content.error());
  if (!*content) return finish(item, {});
  send(item, to, std::move(**content));
}

void Outbox::send(const Item& item, const Did& to, Read content) {
  const Digest sha256 = crypto::sha256(content.bytes);
  const auto found = parts_.engine.reading([&](const engine::Rows& rows) {
    return find_key(rows, first_key(item.folder, item.name, sha256), content.placed);
  });
  if (!found && found.error().code == Code::conflict) return refuse(item, found.error());
  if (!found) return retry(item, found.error());
  if (!found->exchange.empty()) return follow(item, content.mark, found->exchange);
  exchange::SendDocument command;
  command.to = to;
  command.name = shown_name(item.name);
  command.idempotency_key = found->key;
  ++sending_;
  const std::size_t bytes = content.bytes.size();
  sending_bytes_ += bytes;
  auto done = [this, item, mark = content.mark, bytes](Result<engine::Committed> committed) {
    parts_.here([this, item, mark, bytes, committed = std::move(committed)]() mutable {
      sent(item, mark, bytes, std::move(committed));
    });
  };
  parts_.workers.post_always([this, content = std::move(content.bytes), command = std::move(command),
                              done = std::move(done)]() mutable {
    engine::check_store_send(parts_.engine, parts_.workers, std::move(content), std::move(command),
                             std::move(done));
  });
}

void Outbox::sent(const Item& item, const FileMark& mark, std::size_t bytes,
                  Result<engine::Committed> committed) {
  --sending_;
  sending_bytes_ -= bytes;
  if (committed) return follow(item, mark, std::string(committed->reply.body.text_or("exchange")));
  const Error& error = committed.error();
  if (code_facts(error.code).retryable || error.code == Code::internal) return retry(item, error);
  refuse(item, error);
}

void Outbox::follow(const Item& item, const FileMark& mark, const std::string& exchange) {
  open_.insert_or_assign(exchange, Open{item, mark});
  {
    const std::lock_guard lock(mutex_);
    followed_.insert(exchange);
  }
  look(exchange);
}

void Outbox::changed(View exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (!followed_.contains(exchange)) return;
  }
  parts_.here([this, id = std::string(exchange)] { look(id); });
}

void Outbox::forget(const std::string& exchange) {
  const std::lock_guard lock(mutex_);
  followed_.erase(exchange);
}

// What is to be done for a file is done; or it failed, and is tried again.
void Outbox::finish(const Item& item, const Result<>& outcome) {
  if (!outcome) return retry_disk(item, outcome.error());
  busy_.erase(item);
  retries_.erase(item);
  if (troubled_.erase(item) > 0 && troubled_.empty()) {
    const std::lock_guard lock(mutex_);
    standing_.problem.clear();
  }
  if (again_.erase(item) > 0) add(item);
}

void Outbox::retry(const Item& item, const Error& why) {
  busy_.erase(item);
  again_.erase(item);
  if (retries_.size() >= limits::kFolderTasksMax && !retries_.contains(item)) {
    rescan_ = true;
    return;
  }
  const int tries = ++retries_[item].tries;
  const Duration wait =
      std::min(milliseconds(250LL << std::min(tries, 12)), limits::kFolderRetryMost);
  retries_[item].at = parts_.env.now() + wait;
  parts_.env.log(tries == 1 ? Level::warning : Level::debug, "outbox-retry",
                 {{"file", item.folder + "/" + shown_name(item.name)},
                  {"why", why.why},
                  {"wait_ms", std::to_string(wait.ms)}});
}

// Our own folder is what does not work; that a partner cannot be found is no fault of this node's.
void Outbox::retry_disk(const Item& item, const Error& why) {
  retry(item, why);
  if (retries_.contains(item)) troubled_.insert(item);
  const std::lock_guard lock(mutex_);
  standing_.problem = why.why;
}

Outbox::Standing Outbox::standing() const {
  const std::lock_guard lock(mutex_);
  return standing_;
}

}  // namespace corridor::folders
