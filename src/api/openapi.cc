// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.h"

#include "api/call.h"

namespace corridor::api {

namespace {

using json::Value;

// table
constexpr std::array kQueryParameters{
    QueryParameter{"format", "string", "json, text, html (a page to read) or svrl"},
    QueryParameter{"language", "string", "of texts and pages: en fr es ru zh ar"},
    QueryParameter{"trust", "string", "a key whose signature on packs counts from now on"},
    QueryParameter{"edition", "string", "only this edition"},
    QueryParameter{"partner", "string", "as exchanged with this DID"},
    QueryParameter{"after", "string", "where the page begins: the `next` of the one before"},
    QueryParameter{"wait", "string",
                   "wait for this: a level of an exchange; seconds until the next event"},
    QueryParameter{"timeout", "string", "the longest wait, such as 10s"},
    QueryParameter{"state", "string", "only those in this state"},
    QueryParameter{"peer", "string", "only those with this peer; whose catalogue"},
    QueryParameter{"role", "string", "only those where this node is `provider` or `consumer`"},
    QueryParameter{"held", "string", "anything: only those that wait for a person"},
    QueryParameter{"address", "string", "DSP base of the peer, where it is not the known one"},
    QueryParameter{"next", "string", "the `next` of the page before"},
    QueryParameter{"to", "string", "a partner's DID or name, or `echo`"},
    QueryParameter{"name", "string", "of the file, for people; it does not travel"},
    QueryParameter{"purpose", "string", "what it is sent for; terms may ask"},
    QueryParameter{"terms", "string", "ODRL terms as JSON, where they are not the partner's"},
    QueryParameter{"deadline", "string", "when the node gives up, such as 12h; at most 7d"},
    QueryParameter{"continuationToken", "string", "of the page before"},
    QueryParameter{"from", "string", "size of the log that is known already"},
    QueryParameter{"leaf", "string", "hashes of leaves, in hex, with commas between them"},
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    if (space != 0) words.push_back(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  }
  return words;
}

Value reference(std::string_view schema) {
  return Value::object({{"$ref", "#/components/schemas/" + std::string(schema)}});
}

Value schema_of(BodyWord body) {
  constexpr std::string_view kList = "list:";
  if (!body.starts_with(kList)) return reference(body);
  auto items = Value::object({{"type", "array"}});
  items.set("items", reference(body.substr(kList.size())));
  return Value::object({{"type", "object"},
                        {"required", Value::array({"items"})},
                        {"properties", Value::object({{"items", std::move(items)},
                                                      {"next", Value::object({{"type", "string"}})}})}});
}

Value content_of(BodyWord body) {
  const bool media = body.find('/') != BodyWord::npos;
  auto content = Value::object();
  content.set(media ? std::string(body) : "application/json",
              Value::object({{"schema", media ? Value::object() : schema_of(body)}}));
  return content;
}

// "/0/api/v1/peers/:did" -> "/0/api/v1/peers/{did}"; the names go into `parameters`.
std::string path_in_openapi(std::string_view path, Value& parameters) {
  std::string spelled;
  const auto add = [&](std::string_view name) {
    spelled.append("{").append(name).append("}");
    parameters.push(Value::object({{"name", name},
                                   {"in", "path"},
                                   {"required", true},
                                   {"schema", Value::object({{"type", "string"}})}}));
  };
  while (!path.empty()) {
    const std::size_t slash = path.find('/', 1);
    const std::string_view part = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
    spelled.push_back('/');
    if (part.starts_with(':')) {
      add(part.substr(1));
    } else if (part == "*") {
      add("path");
    } else {
      spelled.append(part);
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return spelled;
}

Result<> add_query(std::string_view names, Value& parameters) {
  for (std::string_view name : words_of(names)) {
    const bool required = name.ends_with('!');
    if (required) name.remove_suffix(1);
    const auto found = std::ranges::find(query_parameters(), name, &QueryParameter::name);
    if (found == query_parameters().end())
      return fail(Code::internal, "no parameter of a query is called " + std::string(name));
    parameters.push(Value::object({{"name", name},
                                   {"in", "query"},
                                   {"required", required},
                                   {"description", found->what},
                                   {"schema", Value::object({{"type", found->type}})}}));
  }
  return {};
}

std::string_view status_words(std::string_view status) {
  // table
  constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kWords{
      {{"200", "as asked"},
       {"201", "made"},
       {"202", "taken; it goes on by itself"},
       {"206", "a part of it"},
       {"304", "as it was"},
       {"400", "the request is wrong"},
       {"401", "who asks could not be established"},
       {"403", "not allowed"},
       {"404", "no such thing, or not for this caller"},
       {"409", "its state does not permit this now"},
       {"413", "too large"},
       {"416", "no such part"},
       {"422", "refused, with the reasons"},
       {"502", "the peer answered something it should not have"},
       {"503", "busy, or something needed cannot be reached; try again"},
       {"504", "it did not answer in time"}}};
  const auto found = std::ranges::find(kWords, status, &std::pair<std::string_view, std::string_view>::first);
  return found == kWords.end() ? "an error" : found->second;
}

std::string_view error_schema(std::string_view path) {
  if (path.starts_with("/0/dsp/negotiations")) return "ContractNegotiationError";
  if (path.starts_with("/0/dsp/transfers")) return "TransferError";
  if (path.starts_with("/0/dsp/catalog")) return "CatalogError";
  return "Error";
}

Value responses_of(const Route& route, const Description& description) {
  auto statuses = words_of(description.statuses);
  if (route.access != Access::anyone) statuses.push_back("401");
  if (route.access == Access::local && route.method != "GET") statuses.push_back("403");
  statuses.push_back("503");
  auto responses = Value::object();
  for (const auto status : statuses) {
    const bool error = status.front() >= '4';
    const BodyWord body = error ? error_schema(route.path) : description.answer;
    auto response = Value::object({{"description", status_words(status)}});
    const bool refused_document = status == "422" && !description.answer.empty();
    if (!body.empty() && status != "304")
      response.set("content", content_of(refused_document ? description.answer : body));
    responses.set(std::string(status), std::move(response));
  }
  return responses;
}

Result<> add_operation(Value& paths, const Route& route) {
  const auto found = std::ranges::find_if(descriptions(), [&](const Description& one) {
    return one.method == route.method && one.path == route.path;
  });
  const std::string name = std::string(route.method) + " " + std::string(route.path);
  if (found == descriptions().end())
    return fail(Code::internal, "the route " + name + " is not described",
                "add a row to src/api/openapi_routes.cc");
  auto parameters = Value::array();
  const std::string path = path_in_openapi(route.path, parameters);
  TRY(add_query(found->query, parameters));
  auto operation = Value::object({{"summary", found->summary}, {"tags", Value::array({found->tag})}});
  if (!parameters.items().empty()) operation.set("parameters", std::move(parameters));
  if (!found->request.empty())
    operation.set("requestBody", Value::object({{"content", content_of(found->request)}}));
  operation.set("responses", responses_of(route, *found));
  auto security = Value::array();
  if (route.access != Access::anyone)
    security.push(Value::object({{route.access == Access::local ? "apiKey" : "peerToken", Value::array()}}));
  operation.set("security", std::move(security));
  std::string method(route.method);
  for (char& c : method) c = static_cast<char>(c | 0x20);
  const Value* const before = paths.find(path);
  Value item = before == nullptr ? Value::object() : *before;
  item.set(std::move(method), std::move(operation));
  paths.set(path, std::move(item));
  return {};
}

Value bearer(std::string_view what) {
  return Value::object({{"type", "http"}, {"scheme", "bearer"}, {"description", what}});
}

}  // namespace

std::span<const QueryParameter> query_parameters() { return kQueryParameters; }

Result<std::string> make_openapi() {
  auto paths = Value::object();
  for (const auto& route : routes()) TRY(add_operation(paths, route));
  auto objects = Value::object();
  for (const auto& schema : schemas()) {
    TRY_ASSIGN(auto body, json::parse(schema.json));
    objects.set(std::string(schema.name), std::move(body));
  }
  auto info = Value::object(
      {{"title", "Corridor"},
       {"version", CORRIDOR_VERSION},
       {"summary", "One node: its management API, the Dataspace Protocol, what Corridors say beyond it"},
       {"license", Value::object({{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}})}});
  auto schemes = Value::object(
      {{"apiKey", bearer("the content of the data folder's api.key, or a named key")},
       {"peerToken", bearer("a self-issued token of the peer, fresh for every request")}});
  return json::write(Value::object(
      {{"openapi", "3.1.0"},
       {"info", std::move(info)},
       {"servers", Value::array({Value::object({{"url", "/"}})})},
       {"paths", std::move(paths)},
       {"components", Value::object({{"schemas", std::move(objects)},
                                     {"securitySchemes", std::move(schemes)}})}}));
}

void openapi(Call call) {
  static const Result<std::string> kDocument = make_openapi();
  if (!kDocument) return call.fail(kDocument.error());
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", "application/json");
  response.body = *kDocument;
  call.answer(std::move(response));
}

}  // namespace corridor::api
