// SPDX-License-Identifier: Apache-2.0
#include "api/api.h"

#include <optional>

#include "api/call.h"
#include "api/request_counts.h"
#include "crypto/crypto.h"

namespace corridor::api {

namespace {

using Params = std::map<std::string, std::string, std::less<>>;

View next_part(View& path) {
  const std::size_t slash = path.find('/', 1);
  const View part = path.substr(0, slash);
  path = slash == View::npos ? View() : path.substr(slash);
  return part;
}

// A pattern against a path, part by part; decoded parameters go into `params`.
bool matches(View pattern, View path, Params& params) {
  while (!pattern.empty()) {
    const View want = next_part(pattern);
    if (want == "/*") {
      if (path.size() < 2) return false;
      params["*"] = std::string(path.substr(1));
      return true;
    }
    if (path.empty()) return false;
    const View part = next_part(path);
    if (!want.starts_with("/:")) {
      if (want != part) return false;
      continue;
    }
    auto value = percent_decode(part.substr(1));
    if (!value || value->empty() || !exchange::check_id(*value, "id")) return false;
    params[std::string(want.substr(2))] = std::move(*value);
  }
  return path.empty();
}

struct Match {
  const Route* route = nullptr;
  bool path_known = false;  // some route has this path, with another method
};

Match find_route(View method, View target, Params& params) {
  Match match;
  const View path = target.substr(0, target.find('?'));
  for (const auto& route : routes()) {
    Params found;
    if (!matches(route.path, path, found)) continue;
    match.path_known = true;
    if (route.method != method) continue;
    match.route = &route;
    params = std::move(found);
    return match;
  }
  return match;
}

// As forms are written: a plus is a space (what every client library sends).
Result<std::string> decode_form(View text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

Params read_query(View target) {
  Params query;
  const std::size_t mark = target.find('?');
  if (mark == View::npos) return query;
  View rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const View item = rest.substr(0, end);
    rest = end == View::npos ? View() : rest.substr(end + 1);
    const std::size_t equals = item.find('=');
    auto name = decode_form(item.substr(0, equals));
    auto value = decode_form(equals == View::npos ? View() : item.substr(equals + 1));
    if (name && value) query.insert_or_assign(std::move(*name), std::move(*value));
  }
  return query;
}

std::optional<View> bearer(const net::Request& request) {
  const std::string* const header = request.headers.find("Authorization");
  constexpr View kBearer = "Bearer ";
  if (header == nullptr || !header->starts_with(kBearer)) return std::nullopt;
  return View(*header).substr(kBearer.size());
}

net::Response json_response(int status, const json::Value& body) {
  net::Response response;
  response.status = status;
  if (body.kind() != json::Kind::null) {
    response.headers.add("Content-Type", "application/json");
    response.body = json::write(body);
  }
  return response;
}

json::Value plain_error(const Error& error) {
  auto reasons = json::Value::array({error.why});
  auto body = json::Value::object({{"code", code_facts(error.code).name},
                                   {"reason", std::move(reasons)}});
  if (!error.todo.empty()) body.set("todo", error.todo);
  return body;
}

// The error body that belongs to a route. Both pids are required of a process's: what the message
// says, else what the path says, for whoever is asked.
json::Value error_in_form(const Route& route, const Params& params, View body, const Error& error) {
  const bool negotiation = route.path.starts_with("/0/dsp/negotiations");
  if (route.path.starts_with("/0/dsp/catalog")) return exchange::catalog_error(error);
  if (!negotiation && !route.path.starts_with("/0/dsp/transfers")) return plain_error(error);
  const auto said = json::parse(body);
  std::string provider(said ? said->text_or("providerPid") : View());
  std::string consumer(said ? said->text_or("consumerPid") : View());
  const auto pid = params.find("pid");
  const std::string own = pid == params.end() ? "urn:corridor:none" : pid->second;
  if (provider.empty()) provider = own;
  if (consumer.empty()) consumer = own;
  return exchange::error_body(negotiation, provider, consumer, error);
}

}  // namespace

Call::Call(Api& api, const Route& of, net::Request asked, net::Respond respond)
    : request(std::move(asked)), route(&of), api_(&api), began_ns_(api.env_.ticks_ns()),
      respond_(std::move(respond)) {}

std::string_view Call::query_or(View name, View fallback) const {
  const auto found = query.find(name);
  return found == query.end() ? fallback : View(found->second);
}

void Call::answer(net::Response response) {
  api_->counts_->count(static_cast<std::size_t>(route - routes().data()), response.status,
                       env().ticks_ns() - began_ns_);
  respond_(std::move(response));
}

const RequestCounts& Call::request_counts() const { return *api_->counts_; }

void Call::answer(int status, const json::Value& body) { answer(json_response(status, body)); }

void Call::fail(const Error& error) {
  auto response = json_response(code_facts(error.code).http_status,
                                error_in_form(*route, params, request.body, error));
  if (code_facts(error.code).retryable) response.headers.add("Retry-After", "2");
  if (error.code == Code::unauthenticated) response.headers.add("WWW-Authenticate", "Bearer");
  answer(std::move(response));
}

void Call::answer(Result<engine::Committed> committed) {
  if (!committed) return fail(committed.error());
  Reply& reply = committed->reply;
  if (reply.attach) {
    auto proof = engine().proof(*reply.attach);
    if (!proof) return fail(proof.error());
    reply.body.set("statement", std::move(*proof));
  }
  answer(reply.status, reply.body);
}

void submit(Call call, exchange::Command command) {
  engine::Engine& engine = call.engine();
  engine.submit(std::move(command), [call = std::move(call)](Result<engine::Committed> done) mutable {
    call.answer(std::move(done));
  });
}

void manage(Call call, engine::Command command) {
  engine::Engine& engine = call.engine();
  engine.manage(std::move(command), [call = std::move(call)](Result<engine::Committed> done) mutable {
    call.answer(std::move(done));
  });
}

Result<json::Value> body_object(const Call& call) {
  if (call.request.body.empty()) return json::Value::object();
  TRY_ASSIGN(json::Value body, json::parse(call.request.body));
  if (!body.is_object()) return fail(Code::invalid, "the body is not a JSON object");
  return body;
}

Api::Api(Env& env, Executor& workers, engine::Engine& engine, net::Client& client, Options options)
    : env_(env), workers_(workers), engine_(engine), client_(client), options_(std::move(options)),
      counts_(std::make_unique<RequestCounts>(routes().size())) {}

Api::~Api() = default;

std::size_t Api::body_bytes_max(View method, View target) {
  Params params;
  const Match match = find_route(method, target, params);
  return match.route == nullptr ? 0 : match.route->body_bytes_max;
}

bool Api::body_is_streamed(View method, View target) {
  Params params;
  const Match match = find_route(method, target, params);
  return match.route != nullptr && match.route->body_bytes_max > limits::kDocumentBytesMax;
}

net::Response Api::refusal(View method, View target, const Error& error) {
  Params params;
  const Match match = find_route(method, target, params);
  const int status = code_facts(error.code).http_status;
  return json_response(status, match.route == nullptr
                                   ? plain_error(error)
                                   : error_in_form(*match.route, params, {}, error));
}

void Api::handle(net::Request request, net::Respond respond) {
  auto work = [this, request = std::move(request), respond = std::move(respond)]() mutable {
    route(std::move(request), std::move(respond));
  };
  // Bounded by limits::kConnectionsMax: a connection has one request under way.
  workers_.post_always(std::move(work));
}

void Api::route(net::Request request, net::Respond respond) {
  Params params;
  const Match match = find_route(request.method, request.target, params);
  if (match.route == nullptr) {
    const Error error = match.path_known
                            ? Error{Code::invalid, "this address does not take " + request.method, {}}
                            : Error{Code::not_found, "there is nothing at this address", {}};
    respond(json_response(match.path_known ? 405 : 404, plain_error(error)));
    return;
  }
  Call call(*this, *match.route, std::move(request), std::move(respond));
  call.params = std::move(params);
  call.query = read_query(call.request.target);
  switch (match.route->access) {
    case Access::anyone: return match.route->handle(std::move(call));
    case Access::peer: return authenticate_peer(std::move(call));
    case Access::local: break;
  }
  if (auto good = check_key(call); !good) return call.fail(good.error());
  match.route->handle(std::move(call));
}

Result<> Api::check_key(const Call& call) const {
  const Error refused{
      Code::unauthenticated, "the API key is missing or wrong",
      "send the content of the file api.key in the node's data folder as a bearer token"};
  const auto key = bearer(call.request);
  if (!key) return std::unexpected(refused);
  if (crypto::equal_in_constant_time(*key, options_.api_key)) return {};
  return engine_.reading([&](const engine::Rows& rows) -> Result<> {
    TRY_ASSIGN(const auto row, rows.get(Table::api_key, crypto::sha256(*key).view()));
    if (!row) return std::unexpected(refused);
    TRY_ASSIGN(const auto record, from_bytes<engine::ApiKeyRecord>(*row));
    if (record.role == "admin" || call.request.method == "GET") return {};
    return corridor::fail(Code::denied, "the key \"" + record.name + "\" may only look",
                          "ask with a key of role admin");
  });
}

// A peer of a closed network is known by the value of its Authorization; only the protocol's own
// routes take it.
std::optional<exchange::PeerCaller> Api::peer_of_fixed_token(const Call& call) const {
  const std::string* const header = call.request.headers.find("Authorization");
  if (header == nullptr || !call.route->path.starts_with("/0/dsp/")) return std::nullopt;
  const Digest digest = crypto::sha256(*header);
  auto found = engine_.reading([&](const engine::Rows& rows) -> Result<exchange::PeerCaller> {
    const Error unknown{Code::not_found, "no peer sends this", {}};
    TRY_ASSIGN(const auto did, rows.get(Table::known_token, digest.view()));
    if (!did) return std::unexpected(unknown);
    TRY_ASSIGN(const auto row, rows.get(Table::peer, *did));
    if (!row) return std::unexpected(unknown);
    TRY_ASSIGN(const auto peer, from_bytes<exchange::PeerRecord>(*row));
    return exchange::PeerCaller{{peer.did, {}}, peer.dsp_url, {}};
  });
  if (!found) return std::nullopt;
  return std::move(*found);
}

void Api::authenticate_peer(Call call) {
  const auto refuse = [this](Call& refused, const Error& error) {
    // The reason stays here; the wire learns only that it was refused.
    env_.log(Level::info, "token-refused", {{"target", refused.request.target}, {"why", error.why}});
    if (error.code == Code::busy || error.code == Code::unavailable || error.code == Code::timeout)
      return refused.fail({error.code == Code::busy ? Code::busy : Code::unavailable,
                           "the token cannot be judged right now", {}});
    // A process is shown to its parties alone: whoever is not provably one gets the answer of an
    // unknown id (DSP 2025-1 §8.2.1).
    if (refused.route->path.starts_with("/0/dsp/") && refused.params.contains("pid"))
      return refused.fail({Code::not_found, "there is no such process", {}});
    refused.fail({Code::unauthenticated, "the request carries no valid token", {}});
  };
  if (auto known = peer_of_fixed_token(call); known) {
    call.from = std::move(*known);
    return call.route->handle(std::move(call));
  }
  const auto token = bearer(call.request);
  if (!token) return refuse(call, {Code::unauthenticated, "there is no bearer token", {}});
  const std::string compact(*token);
  auto issuer = identity::unverified_issuer(compact);
  if (!issuer) return refuse(call, issuer.error());
  const Did did = *issuer;
  engine_.facts().did_document(did, [this, compact, refuse, call = std::move(call)](
                                        Result<engine::DidFact> fact) mutable {
    if (!fact) return refuse(call, fact.error());
    const Time now = env_.now();
    auto verified =
        identity::verify_token(compact, engine_.self().did, fact->document, now, options_.fence);
    if (!verified) return refuse(call, verified.error());
    Guard& guard = guards_[std::hash<std::string>{}(verified->did.value) % guards_.size()];
    {
      const std::lock_guard lock(guard.mutex);
      if (auto fresh = guard.seen.first_use(verified->did, verified->jti, verified->exp, now); !fresh)
        return refuse(call, fresh.error());
    }
    call.from.caller = {verified->did, verified->presented};
    call.from.dsp_url = fact->fact.value.text_or("dsp");
    call.from.corridor_url = fact->fact.value.text_or("corridor");
    call.from_document = std::move(*fact);
    call.route->handle(std::move(call));
  });
}

}  // namespace corridor::api
