// SPDX-License-Identifier: Apache-2.0
//
// A node judges documents for whoever holds a key: what would become of this one, were it sent?
#include "api/call.h"

namespace corridor::api {

namespace {

void answer_text(Call call, std::string body, std::string_view media_type) {
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", std::string(media_type));
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  call.answer(std::move(response));
}

}  // namespace

void manage_check(Call call) {
  const View format = call.query_or("format", "json");
  const std::string language(call.query_or("language", "en"));
  if (!documents::is_language(language))
    return call.fail({Code::invalid, "the language is none of en fr es ru zh ar", {}});
  std::string svrl;
  documents::Asking asking{.now = call.env().now(), .partner = std::string(call.query_or("partner"))};
  const auto library = call.engine().packs().library();
  const Bytes& bytes = call.request.body;
  if (format == "json") return call.answer(200, to_json(library->examine(bytes, asking).report));
  if (format == "text")
    return answer_text(std::move(call),
                       documents::render_text(library->examine(bytes, asking).report, language),
                       "text/plain; charset=utf-8");
  if (format == "html")
    return answer_text(std::move(call),
                       library->view(bytes, asking, {language, std::string(call.query_or("name"))}).page,
                       "text/html; charset=utf-8");
  if (format != "svrl")
    return call.fail({Code::invalid, "the format is none of json text html svrl", {}});
  asking.svrl = &svrl;
  (void)library->examine(bytes, asking);
  answer_text(std::move(call), std::move(svrl), "application/xml");
}

// What arrived, as a page: judged anew, by the packs of today.
void manage_inbox_view(Call call) {
  const auto exchange =
      find_record<exchange::ExchangeRecord>(call, Table::exchange, call.params["id"], "exchange");
  if (!exchange) return call.fail(exchange.error());
  const std::string language(call.query_or("language", "en"));
  if (!documents::is_language(language))
    return call.fail({Code::invalid, "the language is none of en fr es ru zh ar", {}});
  const auto bytes = call.engine().blobs().read(store::BlobId(exchange->blob));
  if (!bytes) return call.fail(bytes.error());
  auto viewed = call.engine().packs().library()->view(
      *bytes, {.now = call.env().now(), .partner = exchange->peer.value}, {language, exchange->name});
  answer_text(std::move(call), std::move(viewed.page), "text/html; charset=utf-8");
}

}  // namespace corridor::api
