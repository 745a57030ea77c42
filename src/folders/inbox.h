// SPDX-License-Identifier: Apache-2.0
//
// Documents that arrived, into inbox/<partner>/: once each, whatever is killed when. Beside a document
// are its receipt and its report, there before it. Two hidden files say how far a hand-over is:
//
//   .NAME.part                 the document, whole and durable, not yet shown
//   .EVENT-ID.given            written before the document gets its name, removed when the cursor of the
//                              subscription has been committed behind the event
//
// An event that comes again after a crash finds the mark: with the part the document was not shown yet,
// without it it was, though somebody may have taken it away since. Private to this module; belongs to
// the thread of the folders.
#pragma once

#include <functional>

#include "engine/engine.h"
#include "folders/disk.h"
#include "folders/names.h"

namespace corridor::folders {

class Inbox {
 public:
  Inbox(engine::Engine& engine, Env& env, std::string path)
      : engine_(engine), env_(env), path_(std::move(path)) {}

  // One event of the local subscription.
  Result<> take(std::uint64_t number, View event, const std::map<std::string, Did>& partners);
  // Removes the marks of events up to here.
  Result<> forget(std::uint64_t cursor);

 private:
  Result<> hand_over(std::uint64_t number, const exchange::ExchangeRecord& exchange,
                     const std::map<std::string, Did>& partners);

  engine::Engine& engine_;
  Env& env_;
  std::string path_;
  bool swept_ = false;  // marks of an earlier life have been looked for
  std::vector<std::pair<std::uint64_t, std::string>> marks_;  // event, folder of the partner
};

}  // namespace corridor::folders
