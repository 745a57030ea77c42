// SPDX-License-Identifier: Apache-2.0
//
// What has arrived: the list, one of them, its bytes.
#include "cli/answering.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/sending.h"
#include "crypto/crypto.h"

namespace corridor::cli {

namespace {

std::string findings_word(const json::Value& item) {
  const json::Value* const report = item.find("report");
  const json::Value* const findings = report == nullptr ? nullptr : report->find("findings");
  const std::size_t count = findings == nullptr ? 0 : findings->items().size();
  return count == 0 ? "none" : std::to_string(count);
}

std::string extension_of(View media_type) {
  if (media_type == "application/xml") return ".xml";
  if (media_type == "application/edifact") return ".edi";
  if (media_type == "application/json") return ".json";
  return ".bin";
}

Result<net::Response> get_document(NodeClient& node, const std::string& id) {
  net::Request request;
  request.method = "GET";
  request.url = "/inbox/" + percent_encode(id) + "/document";
  TRY_ASSIGN(net::Response response, node.call(std::move(request), seconds(120)));
  if (response.status != 200) return std::unexpected(error_of(response));
  return response;
}

}  // namespace

Result<int> run_inbox_list(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  if (asked.has("--json")) {
    TRY(node->each("/inbox", [](const json::Value& item) { say_json(item); }));
    return 0;
  }
  Columns columns;
  columns.add({"ID", "RECEIVED", "FROM", "KIND", "BYTES", "RECEIPT", "FINDINGS", "ANSWER"});
  bool any = false;
  TRY(node->each("/inbox", [&](const json::Value& item) {
    any = true;
    columns.add({text_of(item, "id"), text_of(item, "received"), text_of(item, "from"),
                 text_of(item, "kind"), std::to_string(item.integer_or("bytes")),
                 text_of(item, "level"), findings_word(item), answer_word(item)});
  }));
  if (any) {
    say(columns.text());
  } else {
    say("Nothing has arrived yet. Send yourself a document: " + asked.hint("send FILE --to echo") +
        "\n");
  }
  return 0;
}

Result<int> run_inbox_show(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value item, node->get("/inbox/" + percent_encode(id)));
  if (asked.has("--json")) {
    say_json(item);
    return 0;
  }
  TRY_ASSIGN(const Partner from, partner_of(*node, item.text_or("peer")));
  const json::Value* const report = item.find("report");
  Columns columns;
  columns.add({"  from", from.text()});
  columns.add({"  received", text_of(item, "since")});
  columns.add({"  bytes", std::to_string(item.integer_or("bytes"))});
  columns.add({"  sha256", text_of(item, "sha256")});
  columns.add({"  agreement", text_of(item, "agreement")});
  columns.add({"  receipt", text_of(item, "level")});
  if (report != nullptr) {
    columns.add({"  profile", text_of(*report, "profile")});
    columns.add({"  checked by", text_of(*report, "rules")});
  }
  columns.add({"  findings", findings_word(item)});
  add_answers(columns, item);
  say(toned(Tone::strong, text_of(item, "kind")) + " " + printable(id) + "\n" + columns.text());
  say(findings_text(report, "    "));
  say("  next: " + asked.hint("inbox save " + printable(id)) + "\n");
  if (!is_answered(item) && item.text_or("state") == "received")
    say("  answer it: " + asked.hint("accept " + printable(id)) + "  (or reject, query)\n");
  return 0;
}

Result<int> run_inbox_save(Invocation& asked) {
  TRY_ASSIGN(const std::string data, asked.data());
  TRY_ASSIGN(const auto node, NodeClient::open(data));
  const std::string& id = asked.operands()[0];
  TRY_ASSIGN(const json::Value item, node->get("/inbox/" + percent_encode(id)));
  TRY_ASSIGN(const net::Response document, get_document(*node, id));
  const std::string sha256 = hex(crypto::sha256(document.body).view());
  if (sha256 != item.text_or("sha256"))
    return fail(Code::corrupt, "the bytes are not those that arrived: their SHA-256 is " + sha256,
                "keep the data folder as it is and run: " + asked.hint("doctor"));
  const std::string* const type = document.headers.find("Content-Type");
  const std::string path =
      asked.operands().size() > 1
          ? asked.operands()[1]
          : percent_encode(id) + extension_of(type == nullptr ? View() : View(*type));
  TRY(write_file(path, document.body, Existing::keep));
  if (path != "-")
    say("saved " + printable(path) + " · " + std::to_string(document.body.size()) +
        " bytes · sha256 " + sha256 + "\n");
  return 0;
}

}  // namespace corridor::cli
