// SPDX-License-Identifier: Apache-2.0
#include "base/base.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace corridor {

namespace {

// In the order of Code. Exit 1 is kept for outcomes (findings, refusals), 2 for wrong usage.
constexpr std::array<CodeFacts, 12> kCodes{{
    {"invalid", 400, 2, false},
    {"unauthenticated", 401, 3, false},
    {"denied", 403, 4, false},
    {"not_found", 404, 5, false},
    {"conflict", 409, 6, false},
    {"too_large", 413, 7, false},
    {"busy", 503, 8, true},
    {"unavailable", 503, 9, true},
    {"timeout", 504, 10, true},
    {"peer", 502, 11, false},
    {"corrupt", 500, 12, false},
    {"internal", 500, 13, false},
}};

}  // namespace

const CodeFacts& code_facts(Code code) { return kCodes[static_cast<std::size_t>(code)]; }

std::unexpected<Error> in_context(std::string_view context, Error error) {
  error.why.insert(0, ": ").insert(0, context);
  return std::unexpected(std::move(error));
}

void check_failed(const char* expression, const char* file, int line, std::string_view detail) {
  std::fprintf(stderr, "corridor: defect at %s:%d: %s %.*s\n", file, line, expression,
               static_cast<int>(detail.size()), detail.data());
  std::abort();
}

}  // namespace corridor
