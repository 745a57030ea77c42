// SPDX-License-Identifier: Apache-2.0
#include "sim_sink.h"

#include "json/json.h"

namespace corridor::sim {

SimSink::SimSink(World& world, SimNetwork& network)
    : world_(world), unwell_(0.1 * static_cast<double>(world.draw(6))) {
  network.listen(std::string(kAuthority), [this](const net::Request& request, net::Respond respond) {
    take(request, std::move(respond));
  });
}

void SimSink::take(const net::Request& request, net::Respond respond) {
  if (world_.faults.on && world_.chance(unwell_)) return respond({500, {}, {}});
  const auto event = json::parse(request.body);
  if (!event) return respond({400, {}, {}});
  auto& told = told_[std::string(event->text_or("source"))];
  const std::uint64_t number = std::stoull(std::string(event->text_or("id", "0")));
  if (std::ranges::find(told, number) == told.end()) told.push_back(number);
  respond({204, {}, {}});
}

}  // namespace corridor::sim
