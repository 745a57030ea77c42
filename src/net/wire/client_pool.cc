// SPDX-License-Identifier: Apache-2.0
#include "net/wire/client_pool.h"

#include <algorithm>

#include "net/wire/address.h"

namespace corridor::net {

namespace {

constexpr std::chrono::seconds kResolvedFor{10};
constexpr std::size_t kWaitingPerHostMax = 1024;

}  // namespace

std::string Exchange::name() const {
  return method + " http://" + url.host + ":" + std::to_string(url.port) +
         url.target.substr(0, url.target.find('?'));
}

void ClientPool::submit(std::unique_ptr<Exchange> exchange) {
  if (closed_)
    return finish(std::move(exchange),
                  fail(Code::unavailable, "the network of this process is stopping"));
  const std::string key = exchange->url.host + ":" + std::to_string(exchange->url.port);
  auto& host = hosts_[key];
  if (!host) {
    host = std::make_unique<Host>();
    host->key = key;
    host->name = exchange->url.host;
    host->port = exchange->url.port;
  }
  if (host->waiting.size() >= kWaitingPerHostMax)
    return finish(std::move(exchange), fail(Code::busy, "too many requests wait for " + key,
                                            "send again when some have been answered"));
  exchange->deadline.emplace(loop_->deadlines, [this, raw = exchange.get()] { expire(*raw); });
  exchange->deadline->set(exchange->until);
  host->waiting.push_back(std::move(exchange));
  advance(*host);
}

void ClientPool::advance(Host& host) {
  while (!host.waiting.empty()) {
    // A source cannot begin anew: it is not risked on a connection that may have been left.
    const bool has_room = host.connections.size() < shared_->options.connections_per_host_max;
    const bool has_idle = !host.idle.empty() && !(host.waiting.front()->source && has_room);
    if (!has_idle) {
      if (!has_room) return;
      if (!has_endpoints(host)) return;
    }
    auto exchange = std::move(host.waiting.front());
    host.waiting.pop_front();
    if (has_idle) {
      ClientConnection* const connection = host.idle.back();
      host.idle.pop_back();
      connection->run(std::move(exchange));
    } else {
      open(host, std::move(exchange));
    }
  }
  drop_if_unused(host);
}

void ClientPool::open(Host& host, std::unique_ptr<Exchange> exchange) {
  host.connections.push_back(std::make_shared<ClientConnection>(shared_from_this(), host));
  host.connections.back()->connect(std::move(exchange));
}

// True when there are addresses to connect to now; otherwise they are on their way, or whoever
// waits has been told why not.
bool ClientPool::has_endpoints(Host& host) {
  const auto now = Clock::now();
  if (!host.endpoints.empty() && now < host.endpoints_until) return true;
  if (host.resolving) return false;
  const auto literal = literal_address(host.name);
  if (!literal) {
    resolve(host);
    return false;
  }
  if (!is_allowed(*literal)) {
    fail_waiting(
        host,
        {Code::denied, host.key + " is not on this machine, and plain HTTP is spoken with no other",
         "use a loopback address until TLS is part of this version"});
    return false;
  }
  host.endpoints.assign(1, tcp::endpoint(*literal, host.port));
  host.endpoints_until = Clock::time_point::max();
  return true;
}

// getaddrinfo blocks; Asio runs it on a thread of its own for each loop.
void ClientPool::resolve(Host& host) {
  host.resolving = true;
  resolver_.async_resolve(host.name, std::to_string(host.port), Resolver::numeric_service,
                          [self = shared_from_this(), key = host.key](
                              ErrorCode error, const Resolver::results_type& results) {
                            self->on_resolved(key, error, results);
                          });
}

void ClientPool::on_resolved(const std::string& key, ErrorCode error,
                             const Resolver::results_type& results) {
  const auto found = hosts_.find(key);
  if (closed_ || found == hosts_.end()) return;
  Host& host = *found->second;
  host.resolving = false;
  host.endpoints.clear();
  if (error || results.empty())
    return fail_waiting(host, {Code::unavailable,
                               "no address was found for " + host.name +
                                   (error ? ": " + error.message() : std::string()),
                               "see that the name is right and known to this machine"});
  for (const auto& result : results) {
    if (!is_allowed(result.endpoint().address()))
      return fail_waiting(
          host, {Code::denied,
                 host.name + " is not on this machine, and plain HTTP is spoken with no other",
                 "use a loopback address until TLS is part of this version"});
  }
  for (const auto& result : results) host.endpoints.push_back(result.endpoint());
  host.endpoints_until = Clock::now() + kResolvedFor;
  advance(host);
}

void ClientPool::fail_waiting(Host& host, const Error& error) {
  auto waiting = std::exchange(host.waiting, {});
  drop_if_unused(host);
  for (auto& exchange : waiting) finish(std::move(exchange), std::unexpected(error));
}

void ClientPool::expire(Exchange& exchange) {
  if (exchange.connection != nullptr)
    return exchange.connection->fail(Code::timeout, "was not answered in time",
                                     "see whether the other side is overloaded");
  const std::string key = exchange.url.host + ":" + std::to_string(exchange.url.port);
  Host& host = *hosts_.at(key);
  const auto at = std::ranges::find(host.waiting, &exchange, &std::unique_ptr<Exchange>::get);
  CHECK(at != host.waiting.end());
  auto owned = std::move(*at);
  host.waiting.erase(at);
  auto error = fail(Code::timeout, owned->name() + " found no connection in time",
                    "see whether the other side is overloaded");
  drop_if_unused(host);
  finish(std::move(owned), std::move(error));
}

void ClientPool::release(ClientConnection& connection) {
  connection.host().idle.push_back(&connection);
  advance(connection.host());
}

void ClientPool::forget(ClientConnection& connection) {
  Host& host = connection.host();
  std::erase(host.idle, &connection);
  std::erase_if(host.connections,
                [&connection](const auto& each) { return each.get() == &connection; });
  if (!closed_) advance(host);
}

// On a new connection: those that lie idle may have been closed with the one that was tried.
void ClientPool::send_again(Host& host, std::unique_ptr<Exchange> exchange) {
  exchange->was_sent_again = true;
  exchange->connection = nullptr;
  open(host, std::move(exchange));
}

void ClientPool::finish(std::unique_ptr<Exchange> exchange, Result<Response> result) {
  shared_->in_flight.fetch_sub(1);
  exchange->deadline.reset();
  exchange->done(std::move(result));
}

void ClientPool::finish_at_rest(std::unique_ptr<Exchange> exchange, Result<Response> result,
                                ExchangeStreams streams) {
  if (!streams.out && !streams.in) return finish(std::move(exchange), std::move(result));
  const std::uint64_t number = next_resting_++;
  resting_.emplace(number, Resting{std::move(exchange), std::move(result)});
  const auto finish_it = [self = shared_from_this(), number] { self->finish_resting(number); };
  const auto end_in = [in = std::move(streams.in), finish_it] {
    return in ? in->end(finish_it) : finish_it();
  };
  if (streams.out) {
    streams.out->end(end_in);
  } else {
    end_in();
  }
  if (closed_) finish_resting(number);  // nothing will be posted any more
}

void ClientPool::finish_resting(std::uint64_t number) {
  auto found = resting_.extract(number);
  if (found.empty()) return;
  finish(std::move(found.mapped().exchange), std::move(found.mapped().result));
}

void ClientPool::close() {
  if (closed_) return;
  closed_ = true;
  resolver_.cancel();
  const auto hosts = std::exchange(hosts_, {});
  for (const auto& [key, host] : hosts) {
    const auto connections = host->connections;
    for (const auto& each : connections)
      each->fail(Code::unavailable, "was given up: the network of this process is stopping", "");
    for (auto& exchange : host->waiting)
      finish(std::move(exchange),
             fail(Code::unavailable, "the network of this process is stopping"));
  }
  while (!resting_.empty()) finish_resting(resting_.begin()->first);
}

void ClientPool::drop_if_unused(Host& host) {
  if (!host.waiting.empty() || !host.connections.empty() || host.resolving) return;
  hosts_.erase(std::string(host.key));
}

}  // namespace corridor::net
