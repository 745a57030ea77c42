// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing one message of usual size, beside simdjson's own DOM, which builds no tree
// that outlives the parser and checks neither duplicate keys nor surrogates.
#include <cstdio>
#include <ctime>

#include "json/json.h"
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

using namespace corridor;

namespace {

constexpr double kSecondsEach = 0.3;

// Megabytes a CPU second, the best of five.
template <class Work>
double rate_of(std::size_t bytes, Work work) {
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    const std::clock_t start = std::clock();
    std::size_t count = 0;
    double seconds = 0;
    do {
      for (int i = 0; i < 100; ++i, ++count) work();
      seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    } while (seconds < kSecondsEach / 5);
    best = std::max(best, static_cast<double>(bytes * count) / seconds / 1e6);
  }
  return best;
}

std::string message() {
  auto permissions = json::Value::array();
  for (int i = 0; i < 6; ++i) {
    auto limit = json::Value::object({{"leftOperand", "https://corridor.example/ns/purpose"},
                                      {"operator", "isAnyOf"},
                                      {"rightOperand", json::Value::array({"customs", "audit"})}});
    permissions.push(json::Value::object(
        {{"action", "use"}, {"nth", i}, {"constraint", json::Value::array({std::move(limit)})}}));
  }
  return json::write(json::Value::object(
      {{"@context", json::Value::array({"https://w3id.org/dspace/2025/1/context.jsonld"})},
       {"@type", "ContractRequestMessage"},
       {"consumerPid", "urn:uuid:32541fe6-c580-409e-85a8-8a9a32fbe833"},
       {"callbackAddress", "https://consumer.example/participants/1/dsp"},
       {"offer", json::Value::object({{"@id", "urn:uuid:d526561f-528e-4d5a-ae12-9a9dd9b7a815"},
                                      {"target", "urn:uuid:3dd1add8-4d2d-569e-d634-8394a8836a88"},
                                      {"permission", std::move(permissions)}})}}));
}

}  // namespace

int main() {
  const std::string text = message();
  const json::Value value = *json::parse(text);
  simdjson::dom::parser parser;
  std::size_t sum = 0;
  std::printf("json_message %zu bytes\n", text.size());
  std::printf("json_parse %.0f MB/s\n",
              rate_of(text.size(), [&] { sum += json::parse(text)->members().size(); }));
  std::printf("json_parse_simdjson_dom %.0f MB/s\n", rate_of(text.size(), [&] {
                simdjson::dom::element element;
                sum += parser.parse(text).get(element) == simdjson::SUCCESS ? 1 : 0;
              }));
  std::printf("json_write %.0f MB/s\n",
              rate_of(text.size(), [&] { sum += json::write(value).size(); }));
  const simdjson::dom::element element = parser.parse(text).value_unsafe();
  std::printf("json_write_simdjson_minify %.0f MB/s\n",
              rate_of(text.size(), [&] { sum += simdjson::minify(element).size(); }));
  std::printf("json_canonical %.0f MB/s\n",
              rate_of(text.size(), [&] { sum += json::canonical(value).size(); }));
  return sum == 0 ? 1 : 0;
}
