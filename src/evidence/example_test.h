// SPDX-License-Identifier: Apache-2.0
//
// One exchange made from fixed seeds, as two real nodes would make it: a provider (the sender), a
// consumer (the receiver), a log each. Tests take it apart; golden files hold what it looks like.
#pragma once

#include <string>
#include <vector>

#include "evidence/receipt.h"

namespace corridor::evidence::example {

Seed seed_of(std::uint8_t number);

// Compares with testdata/<name>; UPDATE_GOLDEN=1 rewrites it instead. True when they agree.
bool matches_golden(std::string_view name, View actual);
std::string testdata(std::string_view name);

// A log in memory, filled with entries of others so that proofs have some length.
class MemoryLog {
 public:
  MemoryLog(std::string origin, std::uint8_t key_number, std::size_t others);
  std::uint64_t append(View entry);
  [[nodiscard]] NodeSource nodes() const;
  [[nodiscard]] std::string checkpoint() const;
  [[nodiscard]] const crypto::SigningKey& key() const { return key_; }
  [[nodiscard]] std::uint64_t size() const { return hashes_.size(); }

 private:
  std::string origin_;
  crypto::SigningKey key_;
  std::vector<Digest> hashes_;
};

class Party {
 public:
  Party(std::string did, std::uint8_t number, std::size_t others);

  // States, logs and signs; the members are those beyond the four that every statement has.
  WrittenStatement say(EventType type, View exchange, Time now, json::Value more);
  // Everything said so far, with its place in the log as it is now when `logged`.
  [[nodiscard]] std::vector<ReceiptProof> proofs(bool logged) const;
  [[nodiscard]] std::vector<ReceiptKey> keys() const;
  [[nodiscard]] const std::string& did() const { return did_; }
  [[nodiscard]] MemoryLog& log() { return log_; }

 private:
  struct Said {
    WrittenStatement written;
    std::string jws;
    Salt salt;
    TagSecret tag_secret;
    Bytes leaf;
    std::uint64_t index = 0;
  };

  std::string did_;
  std::uint8_t number_;
  crypto::SigningKey seal_;
  MemoryLog log_;
  std::vector<Said> said_;
};

enum class Ending : std::uint8_t { received, refused, accepted };

struct Options {
  Ending ending = Ending::received;
  bool logged = true;
  bool with_negotiation = true;
  bool with_decisions = true;  // in the receipt; they are made in any case
};

struct Exchange {
  Party sender;
  Party receiver;
  std::string document;
  std::string agreement_text;

  explicit Exchange(Options options = {});
  [[nodiscard]] std::vector<ReceiptProof> proofs() const;
  [[nodiscard]] std::vector<ReceiptKey> keys() const;
  [[nodiscard]] Receipt receipt() const;  // CHECKs that it can be assembled

 private:
  void negotiate();
  void send(Ending ending);
  Time tick();
  Options options_;
  Time now_;
};

}  // namespace corridor::evidence::example
