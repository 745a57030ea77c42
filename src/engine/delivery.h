// SPDX-License-Identifier: Apache-2.0
//
// The retry table: what an answer, or none, means for a message (dsp.md 1.7). Pure. In the class
// background (webhooks) nothing is final: it is sent until it is taken.
#pragma once

#include <optional>

#include "model/step.h"
#include "net/http.h"

namespace corridor::engine {

// How far the attempts for one message have come.
struct Progress {
  int attempts = 0;
  Time first;            // when the first attempt was made
  bool token_refused = false;  // one 401 has been seen; a fresh token was tried
};

enum class Fate : std::uint8_t { accepted, refused_signed, final_failure, again };

struct Verdict {
  Fate fate = Fate::again;
  Duration wait;       // before the next attempt, for `again`
  std::string code;    // for failures: a word
};

// `jitter` is uniform in [0, 1): spreads the retries of many messages.
Verdict judge_response(MessageClass message_class, const net::Response& response,
                       const Progress& progress, Time now, double jitter);
Verdict judge_error(MessageClass message_class, const Error& error, const Progress& progress, Time now, double jitter);

double jitter_of(Env& env);  // uniform in [0, 1)

}  // namespace corridor::engine
