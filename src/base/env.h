// SPDX-License-Identifier: Apache-2.0
//
// What the house knows of the outside world: the time, randomness, and a place to write what
// happened. Everything that decides takes `Time` and `Seed` as arguments; only the edges hold an
// `Env`. The real one is `SystemEnv`; the simulator's is seeded, so that a run can be replayed.
//
// Threads: an Env may be called from any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/base.h"
#include "base/bytes.h"

namespace corridor {

struct Duration {
  std::int64_t ms = 0;
  auto operator<=>(const Duration&) const = default;
};

// Milliseconds since 1970-01-01T00:00:00Z.
struct Time {
  std::int64_t ms = 0;
  auto operator<=>(const Time&) const = default;
  friend Time operator+(Time t, Duration d) { return {t.ms + d.ms}; }
  friend Time operator-(Time t, Duration d) { return {t.ms - d.ms}; }
  friend Duration operator-(Time a, Time b) { return {a.ms - b.ms}; }
};

constexpr Duration milliseconds(std::int64_t n) { return {n}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration minutes(std::int64_t n) { return {n * 60'000}; }
constexpr Duration hours(std::int64_t n) { return {n * 3'600'000}; }

std::string iso8601(Time time);                 // 2026-11-27T03:50:50.123Z
// Accepts what xsd:dateTime does (fraction and zone optional; no zone means UTC).
Result<Time> parse_iso8601(View text);
Result<Duration> parse_duration(View text);     // 250ms, 30s, 15m, 12h, 7d

// Where all randomness of one ask comes from: ids, salts and tokens are derived from it
// (crypto/crypto.h), so that running the ask again gives the same ones.
struct Seed {
  std::array<std::uint8_t, 32> bytes{};
  [[nodiscard]] View view() const { return {reinterpret_cast<const char*>(bytes.data()), 32}; }
};

enum class Level : std::uint8_t { debug, info, warning, error };
using LogField = std::pair<std::string_view, std::string_view>;

class Env {
 public:
  virtual ~Env() = default;
  virtual Time now() = 0;
  // Monotonic, for measuring; its zero means nothing.
  virtual std::int64_t ticks_ns() = 0;
  virtual Seed seed() = 0;
  // One structured line an event: `event` is a fixed word, the fields say the rest. Never a secret.
  virtual void log(Level level, std::string_view event, std::initializer_list<LogField> fields) = 0;
};

// Clock, randomness and standard error of this process. Lines: time level event key=value ...
class SystemEnv final : public Env {
 public:
  explicit SystemEnv(Level least = Level::info) : least_(least) {}
  Time now() override;
  std::int64_t ticks_ns() override;
  Seed seed() override;
  void log(Level level, std::string_view event, std::initializer_list<LogField> fields) override;

 private:
  Level least_;
};

}  // namespace corridor
