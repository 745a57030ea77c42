// SPDX-License-Identifier: Apache-2.0
//
// Checking documents without a node: files and folders, by the packs of the data folder or by any ISO
// Schematron file, on all cores. Results come in the order that was asked for.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "cli/families.h"
#include "cli/files.h"
#include "cli/packs.h"
#include "cli/rule_cache.h"
#include "cli/terminal.h"
#include "crypto/crypto.h"
#include "documents/documents.h"
#include "documents/rules.h"

namespace corridor::cli {

namespace {

constexpr std::size_t kFindingsMax = 10'000;  // of one set of rules about one document

json::Value check_json(const std::string& file, const Report& report) {
  auto body = json::Value::object({{"file", file}});
  const json::Value judged = to_json(report);
  for (const auto& [name, value] : judged.members()) body.set(name, value);
  return body;
}

// Documents quote others' words; every line is kept, nothing else that steers a terminal.
std::string printable_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += printable(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

// Files as named; of a folder every regular file below it, in the order of their names.
Result<std::vector<std::string>> all_files(const std::vector<std::string>& operands) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const auto& operand : operands) {
    std::error_code error;
    if (!fs::is_directory(operand, error)) {
      files.push_back(operand);
      continue;
    }
    const std::size_t before = files.size();
    for (fs::recursive_directory_iterator it(operand, error), end; !error && it != end;
         it.increment(error))
      if (it->is_regular_file(error)) files.push_back(it->path().string());
    if (error)
      return fail(Code::invalid, printable(operand) + " cannot be read: " + error.message());
    std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
  }
  return files;
}

struct Checked {
  Result<Report> report = fail(Code::internal, "not checked");
  std::string svrl;
  bool done = false;
};

// One document, judged: its report, and the run as SVRL where that is wanted.
using Judge = std::function<Result<Report>(View bytes, std::string* svrl)>;

// Judges `files` on as many threads as there are cores; `take` gets each in turn, in order.
class Checking {
 public:
  Checking(const std::vector<std::string>& files, const Judge& judge, bool svrl)
      : files_(files), judge_(judge), svrl_(svrl), checked_(files.size()) {
    const std::size_t most = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < std::min(most, files.size()); ++i)
      threads_.emplace_back([this] { work(); });
  }
  ~Checking() {
    next_ = files_.size();
    for (auto& thread : threads_) thread.join();
  }

  Checked& at(std::size_t index) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return checked_[index].done; });
    return checked_[index];
  }

 private:
  void work() {
    for (std::size_t i = next_++; i < files_.size(); i = next_++) {
      Checked result;
      auto bytes = read_file(files_[i]);
      if (!bytes) {
        result.report = std::unexpected(bytes.error());
      } else {
        result.report = judge_(*bytes, svrl_ ? &result.svrl : nullptr);
      }
      const std::lock_guard lock(mutex_);
      result.done = true;
      checked_[i] = std::move(result);
      ready_.notify_all();
    }
  }

  const std::vector<std::string>& files_;
  const Judge& judge_;
  bool svrl_;
  std::vector<Checked> checked_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<std::thread> threads_;
};

void show(const Invocation& asked, const std::string& path, const Checked& checked,
          const std::string& language, bool alone) {
  if (asked.has("--svrl")) return say(checked.svrl);
  if (asked.has("--json")) return say_json(check_json(path, *checked.report));
  if (!alone) say(toned(Tone::strong, printable(path)) + "\n");
  say(printable_lines(documents::render_text(*checked.report, language)));
  if (!alone) say("\n");
}

Result<Judge> judge_by_rules(const Invocation& asked) {
  TRY_ASSIGN(auto loaded, load_rules(asked.get("--rules")));
  auto rules = std::make_shared<const documents::RulePack>(std::move(loaded));
  return Judge([rules](View bytes, std::string* svrl) {
    return rules->check(bytes, SystemEnv().now(), svrl);
  });
}

Result<Judge> judge_by_packs(const Invocation& asked) {
  TRY_ASSIGN(const auto local, open_packs(asked));
  for (const auto& pack : local.packs->installed())
    if (!pack.refused.empty())
      complain("corridor check: the pack " + pack.manifest.id() + " is not used: " +
               printable(pack.refused) + "\n");
  return Judge([library = local.packs->library(), partner = asked.get("--partner")](
                   View bytes, std::string* svrl) -> Result<Report> {
    return library
        ->examine(bytes, {.now = SystemEnv().now(),
                          .partner = partner,
                          .findings_max = kFindingsMax,
                          .svrl = svrl})
        .report;
  });
}

}  // namespace

Result<int> run_check(Invocation& asked) {
  if (asked.has("--stream") || asked.operands().empty()) return run_check_stream(asked);
  TRY_ASSIGN(const std::string language, language_of(asked));
  TRY_ASSIGN(const auto files, all_files(asked.operands()));
  const bool alone = files.size() == 1;
  if (asked.has("--svrl") && !alone)
    return fail(Code::invalid, "--svrl is about one document", "give one FILE");
  if (asked.has("--rules"))
    asked.attempt(printable(asked.get("--rules")) + " cannot be used as rules");
  TRY_ASSIGN(const Judge judge, asked.has("--rules") ? judge_by_rules(asked) : judge_by_packs(asked));
  Checking checking(files, judge, asked.has("--svrl"));
  int status = 0;
  std::size_t bad = 0;
  Progress progress;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!alone)
      progress.show(std::to_string(i) + " of " + std::to_string(files.size()) + " checked");
    Checked& checked = checking.at(i);
    if (!checked.report) {
      // One that cannot be read does not keep the others from being checked.
      complain("corridor check: " + printable(files[i]) +
               " was not checked\n  why: " + printable(checked.report.error().why) + "\n");
      status = 2;
      continue;
    }
    show(asked, files[i], checked, language, alone);
    if (checked.report->refused()) ++bad;
    checked.report = fail(Code::internal, "shown");  // a long run keeps no reports
  }
  if (status == 0 && bad > 0) status = 1;
  if (!alone && !asked.has("--json"))
    say(std::to_string(files.size()) + " documents, " + std::to_string(bad) +
        " with fatal findings\n");
  return status;
}

}  // namespace corridor::cli
