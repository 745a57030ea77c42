// SPDX-License-Identifier: Apache-2.0
//
// The evidence log as others read it (C2SP tlog-tiles): checkpoint and hash tiles for anyone, entry
// bundles for peers. `proof` saves a counterparty the tiles: inclusion of the leaves it names and
// consistency with the head it knows, answered once they are under a signed head.
#include "api/call.h"

#include <charconv>

namespace corridor::api {

namespace {

constexpr std::size_t kProofLeavesMax = 64;

net::Response plain(std::string type, Bytes body, bool immutable) {
  net::Response response;
  response.status = 200;
  response.headers.add("Content-Type", std::move(type));
  if (immutable) response.headers.add("Cache-Control", "public, max-age=31536000, immutable");
  response.body = std::move(body);
  return response;
}

void answer_tile(Call& call, const std::string& path) {
  const auto tile = evidence::parse_tile_path(path);
  if (!tile) return call.fail({Code::not_found, "there is no such tile", {}});
  auto bytes = call.engine().log().tile(*tile);
  if (!bytes) return call.fail(bytes.error());
  call.answer(plain("application/octet-stream", std::move(*bytes),
                    tile->width == evidence::kTileWidth));
}

json::Value hashes_json(const evidence::Proof& proof) {
  auto list = json::Value::array();
  for (const auto& hash : proof) list.push(base64(hash.view()));
  return list;
}

struct ProofQuestion {
  std::vector<Digest> leaves;
  std::vector<std::uint64_t> indexes;
  std::uint64_t from = 0;
};

Result<ProofQuestion> read_question(const Call& call) {
  ProofQuestion question;
  const View from = call.query_or("from", "0");
  const auto [end, error] = std::from_chars(from.data(), from.data() + from.size(), question.from);
  if (error != std::errc{} || end != from.data() + from.size())
    return fail(Code::invalid, "from is not a size");
  std::size_t asked = 0;
  View rest = call.query_or("leaf");
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    TRY_ASSIGN(const Bytes raw, from_hex(rest.substr(0, comma)));
    TRY_ASSIGN(const Digest leaf, Digest::from(raw));
    if (++asked > kProofLeavesMax)
      return fail(Code::too_large, "more than 64 leaves were asked for at once");
    const auto index = call.engine().log().index_of(leaf);
    if (!index && index.error().code != Code::not_found) return std::unexpected(index.error());
    if (index) {
      question.leaves.push_back(leaf);
      question.indexes.push_back(*index);
    }
    rest = comma == View::npos ? View() : rest.substr(comma + 1);
  }
  if (asked == 0) return fail(Code::invalid, "no leaf was named");
  if (question.leaves.empty()) return fail(Code::not_found, "the log has no such leaf");
  return question;
}

Result<json::Value> make_answer(engine::Log& log, const ProofQuestion& question) {
  const auto head = log.published();
  const std::uint64_t size = head.head.size;
  auto proofs = json::Value::array();
  for (std::size_t i = 0; i < question.leaves.size(); ++i) {
    TRY_ASSIGN(const auto inclusion, log.inclusion(question.indexes[i], size));
    proofs.push(json::Value::object({{"leaf", hex(question.leaves[i].view())},
                                     {"index", question.indexes[i]},
                                     {"inclusion", hashes_json(inclusion)}}));
  }
  auto body = json::Value::object({{"checkpoint", head.note}, {"proofs", std::move(proofs)}});
  if (question.from > 0) {
    if (question.from > size) return fail(Code::invalid, "the log is shorter than that");
    TRY_ASSIGN(const auto consistency, log.consistency(question.from, size));
    body.set("consistency", hashes_json(consistency));
  }
  return body;
}

}  // namespace

void log_checkpoint(Call call) {
  const auto head = call.engine().log().published();
  if (head.note.empty()) return call.fail({Code::not_found, "the log is empty", {}});
  call.answer(plain("text/plain; charset=utf-8", head.note, false));
}

void log_tile(Call call) { answer_tile(call, "tile/" + call.params["*"]); }

void log_entries(Call call) { answer_tile(call, "tile/entries/" + call.params["*"]); }

void log_proof(Call call) {
  auto question = read_question(call);
  if (!question) return call.fail(question.error());
  const std::uint64_t last = std::ranges::max(question->indexes);
  engine::Log& log = call.engine().log();
  log.when_logged(last, [&log, question = std::move(*question), call = std::move(call)]() mutable {
    auto body = make_answer(log, question);
    if (!body) return call.fail(body.error());
    call.answer(200, *body);
  });
}

}  // namespace corridor::api
