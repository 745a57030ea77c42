// SPDX-License-Identifier: Apache-2.0
//
// Documents judged one after the other in one stream: a line in, a line out, in the same order, as
// soon as it is judged. Several are judged at once; who gives lines waits while
// limits::kCheckLinesMax are at work or not yet taken, so memory is bounded whatever comes.
//
//   {"name":"a.xml","partner"?:"did:...","document":"<base64>"}     or "text" in place of "document"
//   {"name":"a.xml","kind":"ubl:Invoice",...}                       the report, the name in front
//   {"name":"a.xml","line":7,"error":{"code","reason","todo"?}}     a line that is none; the next goes on
//
// Empty lines are nothing. It does no I/O: pieces come in by `take`, answers go out by `next`, each one
// at a time and from any thread, as net's sinks and sources do. After `end` and the last answer `next`
// gives 0 bytes. What is at work keeps the stream alive (shared_ptr).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "base/work.h"
#include "documents/documents.h"

namespace corridor::engine {

using ExamineDocument =
    std::function<documents::Examined(View bytes, const std::string& partner)>;

// The answer to one line, without its line end. `number` counts from 1.
Bytes check_line(View line, std::size_t number, const ExamineDocument& examine);

class CheckStream final : public std::enable_shared_from_this<CheckStream> {
 public:
  CheckStream(Executor& workers, std::size_t at_once, ExamineDocument examine)
      : workers_(workers), at_once_(at_once), examine_(std::move(examine)) {}

  // `piece` stays until `done` is called, once.
  void take(View piece, Task done);
  // Nothing more comes; with an error when that was not the end of it: it becomes the last answer.
  void end(Result<> how);
  // Fills `room` with what there is, at least one byte; 0 at the end.
  void next(std::span<char> room, std::move_only_function<void(std::size_t)> done);
  // Nobody takes answers any more: what still comes is thrown away.
  void abandon();
  // How many lines have been begun.
  [[nodiscard]] std::size_t lines() const;

 private:
  struct Slot {
    std::size_t number = 0;
    Bytes line{};
    Bytes answer{};
    bool begun = false;
    bool done = false;
  };
  // What is called once the mutex is free.
  struct Calls {
    std::vector<Task> tasks;
    ~Calls() {
      for (auto& task : tasks) task();
    }
  };

  void cut(Calls& calls);     // lines off the piece, as many as have a place
  void add_line();
  void answer_with(const Error& error);
  void begin(Calls& calls);   // the next ones that wait
  void give(Calls& calls);    // answers to whoever waits for them
  void go_on(Calls& calls);
  void judge(Slot& slot);

  Executor& workers_;
  const std::size_t at_once_;
  const ExamineDocument examine_;

  mutable std::mutex mutex_;
  std::deque<Slot> slots_;    // in order; references stay, they are taken from the front only
  std::size_t at_work_ = 0;
  std::size_t held_bytes_ = 0;  // of slots
  std::size_t numbers_ = 0;
  Bytes line_;                // begun, its end has not come
  bool too_long_ = false;     // it is passed over
  View piece_;
  Task taken_;
  bool ended_ = false;
  bool abandoned_ = false;
  std::size_t given_ = 0;     // of the first answer
  std::span<char> room_;
  std::move_only_function<void(std::size_t)> wanted_;
};

}  // namespace corridor::engine
