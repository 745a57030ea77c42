// SPDX-License-Identifier: Apache-2.0
//
// The floor of the house: how things fail, and how ids are kept apart.
//
// Three things that are never mixed: outcomes are values of their own module (a report with
// findings, a refusal with reasons), errors are `Result<T>`, bugs are `CHECK`. `Code` is a closed
// list: a code exists only because some caller reacts to it differently; `code_facts` is the one
// table that maps it to an HTTP status, an exit status and whether trying again can help.
//
//   Result<Invoice> read(View bytes) {
//     if (bytes.empty()) return fail(Code::invalid, "the file is empty", "send a file with content");
//     TRY_ASSIGN(auto tree, parse(bytes));
//     ...
//   }
//
// Names of base and model live in `corridor` itself, every other module in `corridor::<module>`.
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace corridor {

enum class Code : std::uint8_t {
  invalid,          // the input is wrong; the same input will be refused again
  unauthenticated,  // who asks could not be established
  denied,           // known, and not allowed
  not_found,        // no such thing, or not for this caller
  conflict,         // the thing is in a state that does not permit this
  too_large,        // a limit of base/limits.h or a quota was passed
  busy,             // a queue is full; come back
  unavailable,      // something that is needed cannot be reached now
  timeout,          // it did not answer in time
  peer,             // the counterparty answered something it should not have
  corrupt,          // stored data does not verify; nothing was changed
  internal,         // everything else; a defect of ours
};

struct CodeFacts {
  std::string_view name;
  int http_status;
  int exit_status;
  bool retryable;
};
const CodeFacts& code_facts(Code code);

// What failed is added by whoever knows what was attempted (the command line, a module border);
// `why` says what was seen; `todo` what the reader can do about it. Each one sentence.
struct Error {
  Code code = Code::internal;
  std::string why;
  std::string todo;
};

template <class T = void>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(Code code, std::string why, std::string todo = {}) {
  return std::unexpected(Error{code, std::move(why), std::move(todo)});
}
// Puts `context: ` before the reason; used once, at a module's border.
[[nodiscard]] std::unexpected<Error> in_context(std::string_view context, Error error);

[[noreturn]] void check_failed(const char* expression, const char* file, int line,
                               std::string_view detail);

// CHECK(condition, detail...): a broken promise of our own code ends the process, in production
// too. Never on anything that a peer, a person or a file can cause.
#define CHECK(condition, ...)                                                              \
  do {                                                                                     \
    if (!(condition)) [[unlikely]]                                                         \
      ::corridor::check_failed(#condition, __FILE__, __LINE__, std::string_view{__VA_ARGS__}); \
  } while (false)

#define CORRIDOR_JOIN_(a, b) a##b
#define CORRIDOR_JOIN(a, b) CORRIDOR_JOIN_(a, b)

// TRY(expression): returns the error of a Result from the calling function.
#define TRY(...)                                                              \
  do {                                                                        \
    if (auto try_result_ = (__VA_ARGS__); !try_result_) [[unlikely]]          \
      return std::unexpected(std::move(try_result_).error());                 \
  } while (false)

// TRY_ASSIGN(auto name, expression): the same, and keeps the value.
#define TRY_ASSIGN(declaration, ...) \
  TRY_ASSIGN_(CORRIDOR_JOIN(try_value_, __LINE__), declaration, __VA_ARGS__)
#define TRY_ASSIGN_(temporary, declaration, ...)                                       \
  auto temporary = (__VA_ARGS__);                                                      \
  if (!temporary) [[unlikely]]                                                         \
    return std::unexpected(std::move(temporary).error());                              \
  declaration = std::move(*temporary)

// A string that only means one thing: `struct ProviderPidTag; using ProviderPid =
// StrongId<ProviderPidTag>;`. Swapping two kinds of id does not compile.
template <class Tag>
struct StrongId {
  std::string value;

  StrongId() = default;
  explicit StrongId(std::string text) : value(std::move(text)) {}
  [[nodiscard]] bool empty() const { return value.empty(); }
  auto operator<=>(const StrongId&) const = default;
};

}  // namespace corridor

template <class Tag>
struct std::hash<corridor::StrongId<Tag>> {
  std::size_t operator()(const corridor::StrongId<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value);
  }
};
