// SPDX-License-Identifier: Apache-2.0
//
// name value unit: how long a receipt takes to verify, and how many leaves a second a log can take.
#include "evidence/receipt.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

using namespace corridor;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void bench_receipt(const char* name, const std::string& file) {
  const std::string text = read_file(CORRIDOR_SOURCE_DIR "/src/evidence/testdata/" + file);
  constexpr int kRounds = 500;
  const auto start = Clock::now();
  for (int i = 0; i < kRounds; ++i) {
    const auto receipt = evidence::read_receipt(text);
    CHECK(receipt.has_value() && evidence::verify_receipt(*receipt).verified);
  }
  std::printf("%s %.0f us\n", name, seconds_since(start) / kRounds * 1e6);
}

void bench_signature() {
  const auto key = crypto::SigningKey::generate(crypto::Suite::ed25519, Seed{}).value();
  const Bytes message(300, 'x');
  const Bytes signature = key.sign(message);
  constexpr int kRounds = 2000;
  const auto start = Clock::now();
  for (int i = 0; i < kRounds; ++i) CHECK(crypto::verify(key.public_key(), message, signature));
  std::printf("ed25519_verify %.1f us\n", seconds_since(start) / kRounds * 1e6);
}

void bench_leaves() {
  constexpr std::size_t kLeaves = 1 << 20;
  Bytes leaf = evidence::leaf_bytes({EventType::submit, Time{1}, {}, {}, {}});
  evidence::RightEdge edge;
  std::vector<evidence::RightEdge::FullTile> full;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < kLeaves; ++i) {
    leaf[100] = static_cast<char>(i);
    edge.append(evidence::leaf_hash(leaf), full);
    full.clear();
  }
  std::printf("leaves_hashed %.0f leaves/s\n", kLeaves / seconds_since(start));
  constexpr int kRoots = 1000;
  const auto roots = Clock::now();
  for (int i = 0; i < kRoots; ++i) {
    edge.append(evidence::leaf_hash(leaf), full);
    leaf[100] = static_cast<char>(edge.root().bytes[0]);
  }
  std::printf("root_after_leaf %.1f us\n", seconds_since(roots) / kRoots * 1e6);
}

}  // namespace

int main() {
  bench_signature();
  bench_receipt("verify_answered_receipt", "answered.receipt.json");
  bench_receipt("verify_logged_receipt", "logged.receipt.json");
  bench_leaves();
  return 0;
}
