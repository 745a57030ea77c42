// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <cstdio>
#include <memory>

namespace corridor::sim {

namespace {

constexpr Micros kTimeout = limits::kExchangeTimeout.ms * 1000;
constexpr Micros kTaskSpread = 40;  // tasks of one node do not all run at once

}  // namespace

void World::after(Micros wait, Task task) { events_.emplace(now_ + wait, std::move(task)); }

bool World::run_one(Micros until) {
  if (events_.empty() || events_.begin()->first > until) return false;
  now_ = events_.begin()->first;
  Task task = std::move(events_.begin()->second);
  events_.erase(events_.begin());
  task();
  return true;
}

std::uint64_t World::draw(std::uint64_t below) { return below == 0 ? 0 : random_() % below; }

bool World::chance(double probability) {
  return static_cast<double>(random_() >> 11) < probability * static_cast<double>(1ULL << 53);
}

Seed World::draw_seed() {
  Seed seed;
  for (std::size_t i = 0; i < seed.bytes.size(); i += 8) {
    const std::uint64_t word = random_();
    for (std::size_t k = 0; k < 8; ++k) seed.bytes[i + k] = static_cast<std::uint8_t>(word >> (8 * k));
  }
  return seed;
}

void World::trace(const std::string& line) {
  const std::string full = std::to_string(now_) + " " + line + "\n";
  for (const char c : full) {
    fingerprint_ ^= static_cast<unsigned char>(c);
    fingerprint_ *= 1'099'511'628'211ULL;
  }
  if (tracing) std::fputs(full.c_str(), stdout);
}

void SimEnv::log(Level level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level == Level::debug) return;
  std::string line = name_ + " log " + std::string(event);
  for (const auto& [key, value] : fields)
    line += " " + std::string(key) + "=" + std::string(value.substr(0, 120));
  world_.trace(line);
}

bool SimExecutor::post(Task task) {
  post_always(std::move(task));
  return true;
}

void SimExecutor::post_always(Task task) {
  if (!life_->alive) return;
  world_.after(static_cast<Micros>(world_.draw(kTaskSpread)),
               [life = life_, task = std::move(task)]() mutable {
                 if (life->alive) task();
               });
}

void SimExecutor::at(Time when, Task task) {
  if (!life_->alive) return;
  const Micros wait = std::max<Micros>(0, when.ms * 1000 - world_.now());
  world_.after(wait, [life = life_, task = std::move(task)]() mutable {
    if (life->alive) task();
  });
}

struct SimNetwork::Flight {
  std::string from;
  std::string authority;
  net::Request request;
  std::function<void(Result<net::Response>)> done;
  bool over = false;

  void finish(Result<net::Response> result) {
    if (over) return;
    over = true;
    done(std::move(result));
  }
};

Micros SimNetwork::delay() {
  const Faults& faults = world_.faults;
  if (faults.on && world_.chance(faults.late))
    return static_cast<Micros>(world_.draw(static_cast<std::uint64_t>(faults.late_max)));
  return 20 + static_cast<Micros>(world_.draw(static_cast<std::uint64_t>(faults.delay_max)));
}

void SimNetwork::send(const std::string& from, net::Request request,
                      std::function<void(Result<net::Response>)> done) {
  auto flight = std::make_shared<Flight>();
  flight->from = from;
  flight->done = std::move(done);
  const auto url = net::parse_url(request.url);
  if (!url) return flight->finish(std::unexpected(url.error()));
  flight->authority = url->host + ":" + std::to_string(url->port);
  request.target = url->target;
  if (on_request) on_request(from, request);
  flight->request = std::move(request);
  world_.after(kTimeout, [flight] {
    flight->finish(fail(Code::timeout, "no answer within the time for it"));
  });
  const bool faulty = world_.faults.on;
  if (faulty && is_cut && is_cut(from, flight->authority)) {
    world_.trace(from + " is cut off from " + flight->authority);
    return;
  }
  const bool twice = faulty && world_.chance(world_.faults.twice);
  if (faulty && world_.chance(world_.faults.lose)) {
    world_.trace(from + " lost " + flight->request.method + " " + flight->request.target);
    return;
  }
  const Micros arrives = delay();
  world_.after(arrives, [this, flight] { deliver(flight, false); });
  // Someone on the way sends it again, to the byte, token included; the answer to that is theirs.
  if (twice) world_.after(arrives + delay(), [this, flight] { deliver(flight, true); });
}

void SimNetwork::deliver(const std::shared_ptr<Flight>& flight, bool replayed) {
  const auto server = servers_.find(flight->authority);
  if (server == servers_.end() && replayed) return;
  if (server == servers_.end())
    return flight->finish(fail(Code::unavailable, "connection refused"));
  world_.trace(flight->from + (replayed ? " replayed -> " : " -> ") + flight->authority + " " +
               flight->request.method + " " +
               flight->request.target);
  const auto answer = [this, flight, replayed](net::Response response) {
    if (on_answer) on_answer(flight->authority, flight->request, response);
    world_.trace(flight->authority + " => " + flight->from + " " + std::to_string(response.status));
    if (replayed) return;
    if (world_.faults.on && world_.chance(world_.faults.lose)) {
      world_.trace(flight->authority + " answer lost");
      return;
    }
    world_.after(delay(), [flight, response = std::move(response)]() mutable {
      flight->finish(std::move(response));
    });
  };
  const bool is_head = flight->request.method == "HEAD";
  server->second(flight->request, [answer, is_head](net::Response response) {
    auto source = std::exchange(response.source, nullptr);
    if (!source || is_head) return answer(std::move(response));
    net::collect(std::move(source), [answer, response = std::move(response)](
                                        Result<Bytes> body) mutable {
      if (!body) response = {code_facts(body.error().code).http_status, {}, {}};
      if (body) response.body = std::move(*body);
      answer(std::move(response));
    });
  });
}

namespace {

using Answered = std::function<void(Result<net::Response>)>;

// Streams travel whole here: what goes into a sink goes there in one piece.
void hand_over(Result<net::Response> response, const net::SendOptions& options,
               const Answered& done) {
  if (!response || !options.on_head) return done(std::move(response));
  auto sink = options.on_head(*response);
  if (!sink) return done(std::unexpected(std::move(sink).error()));
  if (!*sink || response->body.empty()) return done(std::move(response));
  const auto body = std::make_shared<Bytes>(std::exchange(response->body, {}));
  (*sink)->take(*body, [body, done, response = std::move(response)](Result<> taken) mutable {
    if (!taken) response = std::unexpected(std::move(taken).error());
    done(std::move(response));
  });
}

}  // namespace

void SimClient::send(net::Request request, net::SendOptions options,
                     std::function<void(Result<net::Response>)> done) {
  if (!life_->alive) return;
  if (auto source = std::exchange(request.source, nullptr)) {
    return net::collect(std::move(source), [this, life = life_, request = std::move(request),
                                            options = std::move(options),
                                            done = std::move(done)](Result<Bytes> body) mutable {
      if (!life->alive) return;
      if (!body) return done(std::unexpected(std::move(body).error()));
      request.body = std::move(*body);
      send(std::move(request), std::move(options), std::move(done));
    });
  }
  network_.send(name_, std::move(request),
                [life = life_, options = std::move(options),
                 done = std::move(done)](Result<net::Response> response) {
                  if (life->alive) hand_over(std::move(response), options, done);
                });
}

}  // namespace corridor::sim
