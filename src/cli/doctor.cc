// SPDX-License-Identifier: Apache-2.0
//
// Is everything well here? Each look prints one line: ok or problem, and what to do. A look that
// needs what an earlier one missed is not made.
#include <sys/stat.h>

#include <filesystem>

#include "cli/doctor.h"
#include "cli/families.h"
#include "cli/sending.h"
#include "crypto/crypto.h"
#include "documents/documents.h"
#include "evidence/receipt.h"
#include "identity/identity.h"

namespace corridor::cli {

namespace {

constexpr std::int64_t kClockMost = 2000;  // ms between this process's clock and the node's
constexpr std::uint64_t kRoomLeast = 512ULL * 1024 * 1024;
constexpr Duration kEchoMost = seconds(15);

bool others_can_read(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & 077U) != 0;
}

Look look_at_folder(const std::string& data) {
  std::error_code error;
  if (!std::filesystem::is_directory(data, error))
    return bad("data folder", {Code::not_found, data + " is not there", "corridor serve makes it"});
  std::vector<std::string> secrets{data, data + "/api.key", data + "/keys"};
  for (const auto& entry : std::filesystem::directory_iterator(data + "/keys", error))
    secrets.push_back(entry.path().string());
  for (const auto& path : secrets)
    if (others_can_read(path))
      return bad("data folder", {Code::denied, path + " can be read by other users",
                                 "run: chmod -R go-rwx " + data});
  return good("data folder", data + ", for this user only");
}

Look look_at_room(const std::string& data) {
  std::error_code error;
  const auto space = std::filesystem::space(data, error);
  const std::string text = std::to_string(space.available / (1024 * 1024)) + " MiB free";
  if (error || space.available < kRoomLeast)
    return bad("disk space", {Code::unavailable, error ? error.message() : text, "make room"});
  return good("disk space", text);
}

Look look_at_clock(const json::Value& status) {
  SystemEnv env;
  const auto node_time = parse_iso8601(status.text_or("now"));
  if (!node_time) return bad("clock", {Code::peer, "the node did not say what time it has", {}});
  const std::int64_t apart = std::abs((env.now() - *node_time).ms);
  if (apart > kClockMost)
    return bad("clock",
               {Code::invalid, "the node's clock is " + milliseconds_text(apart) + " from this one",
                "let the system keep its time (timedatectl set-ntp true)"});
  return good("clock", iso8601(*node_time));
}

Result<identity::DidDocument> published_document(NodeClient& node) {
  const Did did(node.info().did);
  TRY_ASSIGN(const std::string url, identity::did_web_url(did));
  TRY_ASSIGN(const net::Response response, node.fetch(url));
  if (response.status != 200)
    return fail(Code::peer, url + " answers with status " + std::to_string(response.status),
                "another program may have this address: corridor config print");
  TRY_ASSIGN(auto document, identity::read_did_document(response.body, did));
  const auto* const service = document.service(identity::kCorridorNodeService);
  if (service == nullptr || service->endpoint != node.info().root())
    return fail(Code::peer, url + " does not name this node's address " + node.info().root(),
                "another node may have this address; start this one again");
  return document;
}

// A checkpoint signed with the log key of the published document ties that document to this node.
Result<std::string> verify_log(NodeClient& node, const json::Value& status,
                               const identity::DidDocument& document) {
  const auto* const method = document.method(identity::kLogFragment);
  if (method == nullptr || !method->key)
    return fail(Code::corrupt, "the DID document names no log key");
  TRY_ASSIGN(const net::Response response,
             node.fetch(node.info().root() + "/corridor/v1/log/checkpoint"));
  if (response.status == 404) return "empty so far";
  if (response.status != 200) return std::unexpected(error_of(response));
  TRY_ASSIGN(const json::Value* const log, json::require_object(status, "log"));
  TRY_ASSIGN(const auto checkpoint,
             evidence::verify_checkpoint(response.body, log->text_or("origin"), *method->key));
  if (checkpoint.head.size < static_cast<std::uint64_t>(log->integer_or("size")))
    return fail(Code::corrupt, "the published log is shorter than it was a moment ago",
                "keep the data folder as it is and ask for help");
  return std::to_string(checkpoint.head.size) + " leaves, root " +
         base64(checkpoint.head.root.view());
}

Result<std::string> send_echo(NodeClient& node) {
  SystemEnv env;
  Sending sending;
  const Did own(node.info().did);
  sending.bytes = documents::make_test_document(
      {own, own, env.now(), hex(crypto::derive(env.seed(), "test document", 16))});
  const Bytes document = sending.bytes;
  sending.name = "doctor's test document";
  sending.to = "echo";
  sending.wait = ReceiptLevel::logged;
  sending.timeout = kEchoMost;
  TRY_ASSIGN(const Sent sent, send_document(node, std::move(sending)));
  if (sent.level() < ReceiptLevel::logged)
    return fail(Code::timeout,
                "the test document is " + std::string(sent.state()) + ", " +
                    std::string(sent.exchange.text_or("reason", "not logged yet")),
                "see: corridor explain " + sent.id());
  TRY_ASSIGN(const Bytes text, get_receipt(node, sent.id()));
  TRY_ASSIGN(const auto receipt, evidence::read_receipt(text));
  evidence::VerifyOptions options;
  options.document = document;
  if (!evidence::verify_receipt(receipt, options).verified)
    return fail(Code::corrupt, "the receipt of the test document does not hold",
                "see: corridor receipt " + sent.id() + ", then corridor verify");
  return "there and back in " + milliseconds_text(sent.ms) + ", receipt verified";
}

// A pack that is here and does not count is worth a person's look.
Look look_at_packs(NodeClient& node) {
  std::string used = "corridor-basic";
  std::string refused;
  auto listed = node.each("/packs", [&](const json::Value& pack) {
    const std::string id = text_of(pack, "name") + " " + text_of(pack, "edition");
    if (pack.find("refused") == nullptr) {
      used += ", " + id;
    } else if (refused.empty()) {
      refused = id + " does not judge: " + text_of(pack, "refused");
    }
  });
  if (!listed) return bad("packs", listed.error());
  if (!refused.empty())
    return bad("packs", {Code::corrupt, refused, "see: corridor pack verify, then import it again"});
  return good("packs", used);
}

void examine_node(const std::string& data, std::vector<Look>& looks) {
  auto node = NodeClient::open(data);
  if (!node) return looks.push_back(bad("node", node.error()));
  auto status = (*node)->get("/status");
  if (!status) return looks.push_back(bad("node", status.error()));
  looks.push_back(
      good("node", text_of(*status, "name") + " answers at " + (*node)->info().origin()));
  looks.push_back(look_at_clock(*status));
  looks.push_back(look_at_packs(**node));
  if (const json::Value* const folders = status->find("folders")) {
    const View problem = folders->text_or("problem");
    looks.push_back(problem.empty()
                        ? good("folders", std::string(folders->text_or("path")) + ", " +
                                              std::to_string(folders->integer_or("unanswered")) +
                                              " sent and not yet answered")
                        : bad("folders", {Code::unavailable, std::string(problem),
                                          "see that the folder is there and can be written"}));
  }
  const auto document = published_document(**node);
  looks.push_back(document ? good("DID document", (*node)->info().did)
                           : bad("DID document", document.error()));
  if (document) {
    const auto log = verify_log(**node, *status, *document);
    looks.push_back(log ? good("evidence log", *log) : bad("evidence log", log.error()));
  }
  const auto echo = send_echo(**node);
  looks.push_back(echo ? good("echo", *echo) : bad("echo", echo.error()));
}

}  // namespace

Result<int> run_doctor(Invocation& asked) {
  if (asked.has("--peer")) return examine_peer(asked);
  TRY_ASSIGN(const std::string data, asked.data());
  std::vector<Look> looks;
  looks.push_back(look_at_folder(data));
  if (looks.front().ok) {
    looks.push_back(look_at_room(data));
    examine_node(data, looks);
  } else {
    looks.push_back(bad("node", {Code::unavailable, "there is no node to look at",
                                 "start one with: " + asked.hint("serve")}));
  }
  return say_looks(asked, looks);
}

}  // namespace corridor::cli
