// SPDX-License-Identifier: Apache-2.0
#include "engine/check_stream.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace corridor::engine {

namespace {

struct Asked {
  std::string partner;
  Bytes document;
};

Result<Asked> read_asked(const json::Value& line) {
  if (!line.is_object())
    return fail(Code::invalid, "the line is not a JSON object",
                R"(write {"name":"a.xml","document":"<base64>"})");
  Asked asked;
  const json::Value* const document = line.find("document");
  const json::Value* const text = line.find("text");
  if ((document == nullptr) == (text == nullptr))
    return fail(Code::invalid, "the line has neither a document nor a text, or both",
                R"(give the bytes in base64 as "document", or characters as "text")");
  for (const char* const member : {"name", "partner", "document", "text"}) {
    const json::Value* const found = line.find(member);
    if (found != nullptr && !found->is_text())
      return fail(Code::invalid, "the member \"" + std::string(member) + "\" is not a text");
  }
  asked.partner = line.text_or("partner");
  if (text != nullptr) {
    asked.document = text->text();
  } else {
    auto bytes = from_base64(document->text());
    if (!bytes)
      return fail(Code::invalid, "the document is not base64",
                  "use the standard alphabet with padding, without line ends");
    asked.document = std::move(*bytes);
  }
  if (asked.document.size() > limits::kDocumentBytesMax)
    return fail(Code::too_large, "the document is larger than 64 MiB");
  return asked;
}

Bytes error_line(std::string_view name, std::size_t number, const Error& error) {
  auto said = json::Value::object({{"code", code_facts(error.code).name}, {"reason", error.why}});
  if (!error.todo.empty()) said.set("todo", error.todo);
  return json::write(json::Value::object({{"name", name}, {"line", number}, {"error", said}}));
}

constexpr View kWhite = " \t\r";

}  // namespace

Bytes check_line(View line, std::size_t number, const ExamineDocument& examine) {
  auto read = json::parse(line, {.bytes_max = limits::kCheckLineBytesMax});
  if (!read) return error_line({}, number, read.error());
  const std::string name(read->text_or("name"));
  auto asked = read_asked(*read);
  if (!asked) return error_line(name, number, asked.error());
  *read = json::Value();  // a large document need not be there three times
  const documents::Examined examined = examine(asked->document, asked->partner);
  auto answer = json::Value::object({{"name", name}});
  const json::Value report = to_json(examined.report);
  for (const auto& [member, value] : report.members()) answer.set(member, value);
  return json::write(answer);
}

void CheckStream::take(View piece, Task done) {
  Calls calls;
  const std::lock_guard lock(mutex_);
  piece_ = piece;
  taken_ = std::move(done);
  go_on(calls);
}

void CheckStream::end(Result<> how) {
  Calls calls;
  const std::lock_guard lock(mutex_);
  if (too_long_ || line_.find_first_not_of(kWhite) != Bytes::npos) add_line();
  if (!how) answer_with(how.error());
  ended_ = true;
  go_on(calls);
}

void CheckStream::next(std::span<char> room, std::move_only_function<void(std::size_t)> done) {
  Calls calls;
  const std::lock_guard lock(mutex_);
  room_ = room;
  wanted_ = std::move(done);
  go_on(calls);
}

void CheckStream::abandon() {
  Calls calls;
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  wanted_ = nullptr;
  line_ = {};
  go_on(calls);
}

std::size_t CheckStream::lines() const {
  const std::lock_guard lock(mutex_);
  return numbers_;
}

void CheckStream::go_on(Calls& calls) {
  give(calls);
  cut(calls);
  begin(calls);
}

void CheckStream::cut(Calls& calls) {
  if (abandoned_) piece_ = {};
  while (!piece_.empty()) {
    if (slots_.size() >= limits::kCheckLinesMax || held_bytes_ >= limits::kCheckBytesMax) return;
    const std::size_t end = piece_.find('\n');
    const View part = piece_.substr(0, end);
    if (line_.size() + part.size() > limits::kCheckLineBytesMax) {
      too_long_ = true;
      line_ = {};
    }
    if (!too_long_) line_.append(part);
    if (end == View::npos) {
      piece_ = {};
      break;
    }
    piece_.remove_prefix(end + 1);
    if (too_long_ || line_.find_first_not_of(kWhite) != Bytes::npos) {
      add_line();
    } else {
      line_.clear();
      ++numbers_;
    }
  }
  if (taken_) calls.tasks.push_back(std::exchange(taken_, nullptr));
}

void CheckStream::add_line() {
  if (too_long_) {
    answer_with({Code::too_large,
                 "the line is longer than " + std::to_string(limits::kCheckLineBytesMax) + " bytes",
                 "a document has at most 64 MiB"});
  } else {
    held_bytes_ += line_.size();
    slots_.push_back({.number = ++numbers_, .line = std::move(line_)});
  }
  line_ = {};
  too_long_ = false;
}

void CheckStream::answer_with(const Error& error) {
  Slot slot{.number = ++numbers_, .begun = true, .done = true};
  slot.answer = error_line({}, slot.number, error) + "\n";
  slots_.push_back(std::move(slot));
}

void CheckStream::begin(Calls& calls) {
  for (auto& slot : slots_) {
    if (at_work_ >= at_once_ || abandoned_) return;
    if (slot.begun) continue;
    slot.begun = true;
    ++at_work_;
    calls.tasks.push_back([this, self = shared_from_this(), &slot] {
      workers_.post_always([this, self, &slot] { judge(slot); });
    });
  }
}

void CheckStream::judge(Slot& slot) {
  Bytes answer = check_line(slot.line, slot.number, examine_) + "\n";
  Calls calls;
  const std::lock_guard lock(mutex_);
  held_bytes_ -= slot.line.size();
  slot.line = {};
  slot.answer = std::move(answer);
  slot.done = true;
  --at_work_;
  go_on(calls);
}

void CheckStream::give(Calls& calls) {
  if (!wanted_) return;
  std::size_t filled = 0;
  while (!slots_.empty() && slots_.front().done && filled < room_.size()) {
    const View left = View(slots_.front().answer).substr(given_);
    const std::size_t size = std::min(left.size(), room_.size() - filled);
    std::memcpy(room_.data() + filled, left.data(), size);
    filled += size;
    given_ += size;
    if (given_ < slots_.front().answer.size()) break;
    slots_.pop_front();
    given_ = 0;
  }
  if (filled == 0 && !(ended_ && slots_.empty())) return;
  calls.tasks.push_back(
      [done = std::exchange(wanted_, nullptr), filled]() mutable { done(filled); });
}

}  // namespace corridor::engine
