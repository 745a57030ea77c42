// SPDX-License-Identifier: Apache-2.0
#include "folders/folders.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "folders/inbox.h"
#include "folders/outbox.h"

namespace corridor::folders {

namespace {

constexpr Duration kRetryFirst = milliseconds(500);

class WatchedFolders final : public Folders {
 public:
  WatchedFolders(Parts parts, Watch watch, OpenFile wake)
      : parts_(std::move(parts)),
        watch_(std::move(watch)),
        wake_(std::move(wake)),
        inbox_(parts_.engine, parts_.env, parts_.path),
        outbox_({parts_.env, parts_.workers, parts_.engine, parts_.path,
                 [this](Task task) { here(std::move(task)); }}) {}
  ~WatchedFolders() override { WatchedFolders::stop(); }

  engine::Engine::Edge edge() override;
  void start() override;
  void stop() override;

 private:
  void here(Task task);
  void run();
  void run_tasks();
  void look_at_all();
  void wait();
  void set_inbox_problem(const Result<>& outcome);
  [[nodiscard]] json::Value standing() const;
  Result<std::map<std::string, Did>> read_partners() const;

  Parts parts_;
  Watch watch_;
  OpenFile wake_;
  Inbox inbox_;
  Outbox outbox_;
  std::map<std::string, Did> partners_;
  bool missed_ = true;       // something may have happened that was not told
  Duration pause_ = kRetryFirst;
  Time look_again_;          // 0: not
  std::atomic<bool> stopping_ = false;
  std::thread thread_;

  mutable std::mutex mutex_;
  std::deque<Task> tasks_;   // bounded by who posts: one event, the files at work, the exchanges followed
  bool partners_changed_ = false;
  std::string problem_;
  std::string inbox_problem_;
};

engine::Engine::Edge WatchedFolders::edge() {
  engine::Engine::Edge edge;
  edge.exchange_changed = [this](View id) { outbox_.changed(id); };
  edge.peers_changed = [this] {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(partners_changed_, true)) return;
    }
    here([this] {
      {
        const std::lock_guard lock(mutex_);
        partners_changed_ = false;
      }
      if (auto partners = read_partners()) partners_ = std::move(*partners);
      missed_ = true;
    });
  };
  edge.standing = [this] { return standing(); };
  edge.subscriber.take = [this](std::uint64_t number, Bytes event,
                                std::move_only_function<void(Result<>)> done) {
    here([this, number, event = std::move(event), done = std::move(done)]() mutable {
      const auto outcome = inbox_.take(number, event, partners_);
      set_inbox_problem(outcome);
      done(outcome);
    });
  };
  edge.subscriber.committed = [this](std::uint64_t cursor) {
    here([this, cursor] { set_inbox_problem(inbox_.forget(cursor)); });
  };
  return edge;
}

void WatchedFolders::start() {
  thread_ = std::thread([this] { run(); });
  // From now on when it is the first time; else it is there, and goes on where its cursor stands.
  engine::Subscribe command;
  command.subscription.id = engine::kLocalSubscription;
  command.subscription.url = engine::kLocalUrl;
  command.subscription.types = {"document.received"};
  parts_.engine.manage(std::move(command), [this](const Result<engine::Committed>& done) {
    if (!done && done.error().code != Code::conflict)
      parts_.env.log(Level::error, "inbox-not-subscribed", {{"why", done.error().why}});
  });
}

void WatchedFolders::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  here([] {});
  thread_.join();
}

void WatchedFolders::here(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  const std::uint64_t one = 1;
  (void)!::write(wake_.fd(), &one, sizeof one);
}

void WatchedFolders::run() {
  look_at_all();
  while (!stopping_) {
    run_tasks();
    for (const auto& event : watch_.take()) {
      using enum Watch::What;
      if (event.what == overflow || event.what == gone || event.what == folder) {
        missed_ = true;
      } else {
        outbox_.happened(event);
      }
    }
    const bool due = look_again_.ms != 0 && parts_.env.now() >= look_again_;
    if (missed_ && (look_again_.ms == 0 || due)) look_at_all();
    outbox_.work();
    wait();
  }
}

void WatchedFolders::run_tasks() {
  std::deque<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) {
    if (stopping_) return;
    task();
  }
}

void WatchedFolders::look_at_all() {
  missed_ = false;
  look_again_ = {};
  auto partners = read_partners();
  Result<> looked = partners ? outbox_.look_at_all(watch_, *partners)
                             : std::unexpected(partners.error());
  if (partners) partners_ = std::move(*partners);
  {
    const std::lock_guard lock(mutex_);
    if (!looked && problem_.empty())
      parts_.env.log(Level::error, "folders-unusable", {{"why", looked.error().why}});
    if (looked && !problem_.empty()) parts_.env.log(Level::info, "folders-usable-again", {});
    problem_ = looked ? std::string() : looked.error().why;
  }
  if (looked) {
    pause_ = kRetryFirst;
    return;
  }
  missed_ = true;
  look_again_ = parts_.env.now() + pause_;
  pause_ = std::min(Duration{pause_.ms * 2}, limits::kFolderRetryMost);
}

void WatchedFolders::wait() {
  {
    const std::lock_guard lock(mutex_);
    if (!tasks_.empty() || stopping_) return;
  }
  auto until = outbox_.next_retry();
  if (look_again_.ms != 0 && (!until || look_again_ < *until)) until = look_again_;
  int timeout_ms = -1;
  if (until)
    timeout_ms = static_cast<int>(std::clamp<std::int64_t>((*until - parts_.env.now()).ms, 0, 60'000));
  std::array<pollfd, 2> watched{pollfd{watch_.fd(), POLLIN, 0}, pollfd{wake_.fd(), POLLIN, 0}};
  (void)::poll(watched.data(), watched.size(), timeout_ms);
  std::uint64_t count = 0;
  (void)!::read(wake_.fd(), &count, sizeof count);
}

void WatchedFolders::set_inbox_problem(const Result<>& outcome) {
  const std::lock_guard lock(mutex_);
  inbox_problem_ = outcome ? std::string() : outcome.error().why;
}

json::Value WatchedFolders::standing() const {
  const Outbox::Standing outbox = outbox_.standing();
  auto out = json::Value::object(
      {{"path", parts_.path}, {"sending", outbox.sending}, {"unanswered", outbox.open}});
  const std::lock_guard lock(mutex_);
  for (const std::string* const problem : {&problem_, &inbox_problem_, &outbox.problem})
    if (!problem->empty() && out.text_or("problem").empty()) out.set("problem", *problem);
  return out;
}

Result<std::map<std::string, Did>> WatchedFolders::read_partners() const {
  return parts_.engine.reading(
      [&](const engine::Rows& rows) -> Result<std::map<std::string, Did>> {
        std::vector<Partner> partners;
        Bytes after;
        for (;;) {
          TRY_ASSIGN(const auto page, rows.scan({Table::peer, {}, after, limits::kScanRowsMax}));
          for (const auto& row : page) {
            after = row.key;
            TRY_ASSIGN(auto peer, from_bytes<exchange::PeerRecord>(row.value));
            if (peer.partner) partners.push_back({peer.did, peer.name});
          }
          if (page.size() < limits::kScanRowsMax) break;
        }
        return partner_folders(partners, parts_.engine.self().did);
      });
}

}  // namespace

Result<std::unique_ptr<Folders>> Folders::open(Parts parts) {
  TRY(make_folder(parts.path));
  TRY(Folder::open(parts.path));
  TRY_ASSIGN(Watch watch, Watch::open());
  OpenFile wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (wake.fd() < 0)
    return fail(Code::unavailable, std::string("no eventfd: ") + std::strerror(errno));
  return std::make_unique<WatchedFolders>(std::move(parts), std::move(watch), std::move(wake));
}

}  // namespace corridor::folders
