// SPDX-License-Identifier: Apache-2.0
//
// Where a peer answers (DSP 2025-1 §4.3): its DID document names a service, the version document
// beside that service names the path of the version we speak. Each step is told, so that whoever
// asked sees which one is missing and whose it is.
#include "api/call.h"

namespace corridor::api {

namespace {

constexpr View kVersionPath = "/.well-known/dspace-version";
constexpr View kOurVersion = "2025-1";
constexpr std::size_t kRootsMax = 6;
constexpr Duration kStepTime = seconds(5);

struct Search {
  Search(Call c, Did p, Discovered t) : call(std::move(c)), peer(std::move(p)), then(std::move(t)) {}
  Call call;
  Did peer;
  Discovered then;
  std::vector<std::string> roots;  // where its version document may be, most likely first
  std::size_t next = 0;
  json::Value found = json::Value::object();
  json::Value steps = json::Value::array();

  void step(View name, bool ok, std::string text, View todo = {}) {
    auto item = json::Value::object({{"step", name}, {"ok", ok}, {"text", std::move(text)}});
    if (!todo.empty()) item.set("todo", todo);
    steps.push(std::move(item));
  }
};
using SearchPtr = std::shared_ptr<Search>;

void end(const SearchPtr& search) {
  search->found.set("steps", std::move(search->steps));
  search->then(std::move(search->call), std::move(search->found));
}

std::string without(View text, View tail) {
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.ends_with(tail)) text.remove_suffix(tail.size());
  return std::string(text);
}

// A version document stands at a root above the base of the protocol: the roots above an address,
// from the nearest to its origin.
std::vector<std::string> roots_above(View address) {
  std::vector<std::string> roots;
  std::string root = without(address, "/");
  const std::size_t host = root.find("://");
  if (host == std::string::npos) return roots;
  while (roots.size() < kRootsMax) {
    roots.push_back(root);
    const std::size_t slash = root.rfind('/');
    if (slash == std::string::npos || slash <= host + 2) break;
    root.resize(slash);
  }
  return roots;
}

// The path of our version in a version document; what it has instead, when ours is not there.
Result<std::string> path_of(const json::Value& document) {
  std::string others;
  if (const json::Value* const list = document.find("protocolVersions"))
    for (const auto& entry : list->items()) {
      if (entry.text_or("version") == kOurVersion) return std::string(entry.text_or("path"));
      others += (others.empty() ? "" : ", ") + std::string(entry.text_or("version"));
    }
  return fail(Code::peer, others.empty() ? "it names no versions" : "it speaks only " + others,
              "its operator has to serve version 2025-1");
}

void look_for_version(const SearchPtr& search);

void read_version(const SearchPtr& search, const std::string& root, const net::Response& response) {
  const auto document = json::parse(response.body);
  if (response.status != 200 || !document || document->find("protocolVersions") == nullptr)
    return look_for_version(search);
  auto path = path_of(*document);
  if (!path) {
    search->step("version document", false, root + std::string(kVersionPath) + ": " + path.error().why,
                 path.error().todo);
    return end(search);
  }
  if (!path->empty() && !path->starts_with('/')) path->insert(0, "/");
  const std::string dsp = without(root + *path, "/");
  search->found.set("dsp", dsp);
  search->step("version document", true, "Dataspace Protocol 2025-1 at " + dsp);
  end(search);
}

void look_for_version(const SearchPtr& search) {
  if (search->next == search->roots.size()) {
    search->step("version document", false,
                 "there is none at " + search->roots.front() + " or above it",
                 "its operator has to serve /.well-known/dspace-version");
    return end(search);
  }
  const std::string root = search->roots[search->next++];
  net::Request request;
  request.method = "GET";
  request.url = root + std::string(kVersionPath);
  request.headers.add("Accept", "application/json");
  net::SendOptions options;
  options.timeout = kStepTime;
  search->call.client().send(std::move(request), options, [search, root](Result<net::Response> response) {
    search->call.workers().post_always([search, root, response = std::move(response)] {
      if (response) return read_version(search, root, *response);
      search->step("version document", false,
                   root + " does not answer: " + response.error().why,
                   "its operator has to start it, or to name its address rightly");
      end(search);
    });
  });
}

void look_near(const SearchPtr& search, View address) {
  // The examples of the specification name the catalogue, or the version document itself.
  search->roots = roots_above(without(without(address, kVersionPath), "/catalog"));
  if (!search->roots.empty()) return look_for_version(search);
  search->step("version document", false, std::string(address) + " is no address",
               "give an address that begins with http:// or https://");
  end(search);
}

void read_services(const SearchPtr& search, const engine::DidFact& fact) {
  search->step("DID document", true, search->peer.value + " has one, and its keys are as expected");
  if (const View corridor = fact.fact.value.text_or("corridor"); !corridor.empty()) {
    search->found.set("corridor", corridor);
    search->step("service", true, "a Corridor");
    return look_near(search, fact.fact.value.text_or("dsp"));
  }
  for (const auto type : {identity::kDataService, identity::kCatalogService})
    if (const auto* const service = fact.document.service(type)) {
      search->step("service", true, std::string(type) + " " + service->endpoint);
      return look_near(search, service->endpoint);
    }
  search->step("service", false, "its DID document names no CatalogService and no DataService",
               "its operator has to name one; or give its address");
  end(search);
}

}  // namespace

void discover(Call call, const Did& peer, const std::string& address, Discovered then) {
  auto search = std::make_shared<Search>(std::move(call), peer, std::move(then));
  search->found.set("did", peer.value);
  if (!address.empty()) return look_near(search, address);
  search->call.engine().facts().did_document(peer, [search](Result<engine::DidFact> fact) {
    search->call.workers().post_always([search, fact = std::move(fact)] {
      if (fact) return read_services(search, *fact);
      search->step("DID document", false, fact.error().why, fact.error().todo);
      end(search);
    });
  });
}

// GET /discover?peer=DID[&address=URL]: what can be found out now about where a peer answers.
void manage_discover(Call call) {
  const Did peer{std::string(call.query_or("peer"))};
  const std::string address(call.query_or("address"));
  if (peer.empty())
    return call.fail({Code::invalid, "it was not said whom to look for", "give ?peer=DID"});
  call.engine().facts().forget(peer);  // as it is now, not as it was
  discover(std::move(call), peer, address,
           [](Call asked, const json::Value& found) { asked.answer(200, found); });
}

}  // namespace corridor::api
