// SPDX-License-Identifier: Apache-2.0
//
// The members of one JSON object, in order, over bytes that may end anywhere; private to
// recognition. What is inside a value is passed over unread, 64 bytes at a time.
//
//   JsonScanner in(text);                     // from its "{"
//   while (in.next()) if (in.key() == "type") types = texts_in(in.value());
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace corridor::documents {

class JsonScanner {
 public:
  explicit JsonScanner(View text);

  bool next();
  [[nodiscard]] View key() const { return key_; }      // as written, without the quotes
  [[nodiscard]] View value() const { return value_; }  // as written, with quotes and brackets
  [[nodiscard]] std::size_t offset() const { return at_; }
  // The object was read to its end.
  [[nodiscard]] bool complete() const { return state_ == State::complete; }
  // It stopped because there were no more bytes, not because of what stood there.
  [[nodiscard]] bool cut() const { return state_ == State::cut; }

 private:
  enum class State { first, more, complete, cut, broken };
  bool stop(State state);
  bool skip_space();
  bool read_string(View& out);
  bool read_value();

  View text_;
  std::size_t at_ = 0;
  State state_ = State::first;
  View key_;
  View value_;
};

// The text of a string value; nothing when it is another value or has an escape that is none.
std::optional<std::string> text_of(View value);

// A string value, or the strings directly in an array of them: at most 32.
std::vector<std::string> texts_in(View value);

}  // namespace corridor::documents
