// SPDX-License-Identifier: Apache-2.0
//
// How things stand with one peer, Corridor or not: can it be found, does it speak our version, does
// it take our identity, does a negotiation move. The negotiation is a real one about a real offer of
// its catalogue, held here by standing instructions before anything is agreed, and ended with the
// code "dry-run".
#include <chrono>
#include <thread>

#include "cli/asking.h"
#include "cli/catalog.h"
#include "cli/doctor.h"
#include "cli/sending.h"
#include "crypto/crypto.h"

namespace corridor::cli {

namespace {

constexpr std::int64_t kWatchMost = 2000;  // ms that a peer has to move
constexpr std::chrono::milliseconds kBetweenLooks{25};
constexpr std::string_view kDryRun = "dry-run";

struct Patient {
  std::string id;
  json::Value record;  // as we know it; null when we do not
  std::string dsp;
  json::Value dataset;  // the first of its catalogue with an offer
};

Result<json::Value> record_of(NodeClient& node, const std::string& id) {
  json::Value found;
  TRY(node.each("/peers", [&](const json::Value& peer) {
    if (peer.text_or("did") == id) found = peer;
  }));
  return found;
}

Look look_at_record(const Invocation& asked, const Patient& patient) {
  if (patient.record.is_null())
    return {"known here", false, "this node does not know " + printable(patient.id),
            asked.hint("peer add " + quoted(patient.id)), Turn::ours};
  const auto name = text_of(patient.record, "name");
  return good("known here", (name.empty() ? printable(patient.id) : name) +
                                (patient.record.boolean_or("partner") ? ", a partner" : ", only seen") +
                                (patient.record.boolean_or("fixedToken") ? ", by a fixed token" : ""));
}

// Where it answers, by its own documents; a peer that has no DID is looked for at the address we know.
Result<> look_for_it(const Invocation& asked, NodeClient& node, Patient& patient,
                     std::vector<Look>& looks) {
  const std::string known(patient.record.text_or("dsp"));
  const bool by_did = patient.id.starts_with("did:") && !patient.record.boolean_or("fixedToken");
  TRY_ASSIGN(const json::Value found,
             node.get("/discover" + query_of({{"peer", patient.id}, {"address", by_did ? "" : known}})));
  if (const json::Value* const steps = found.find("steps"))
    for (const auto& step : steps->items())
      looks.push_back({text_of(step, "step"), step.boolean_or("ok"), text_of(step, "text"),
                       text_of(step, "todo"), step.boolean_or("ok") ? Turn::nobody : Turn::theirs});
  const std::string says(found.text_or("dsp"));
  patient.dsp = known.empty() ? says : known;
  if (!known.empty() && !says.empty() && known != says)
    looks.push_back({"address", false, "we know it at " + known + ", it says " + says,
                     asked.hint("peer add " + quoted(patient.id) + " --dsp " + says), Turn::ours});
  return {};
}

std::string count_text(const CatalogRead& read) {
  if (read.datasets == 0) return "nothing";
  return std::to_string(read.datasets) + (read.datasets == 1 ? " dataset" : " datasets") +
         (read.more ? " and more" : "");
}

bool look_at_trust(NodeClient& node, Patient& patient, std::vector<Look>& looks) {
  const auto keep = [&](const json::Value& entry) {
    const json::Value dataset = dataset_of(entry);
    const json::Value* const offers = dataset.find("offers");
    if (patient.dataset.is_null() && !offers->items().empty()) patient.dataset = dataset;
  };
  const auto read = read_catalog(node, patient.id, patient.dsp, false, keep);
  if (!read) {
    const bool refused = read.error().why.contains("answered 401") ||
                         read.error().why.contains("answered 403");
    Error error = read.error();
    if (refused)
      error = {error.code, "it does not take our identity " + node.info().did + " (" + error.why + ")",
               "its operator has to admit us, or to take the token we send"};
    looks.push_back(bad("trust", error, Turn::theirs));
    return false;
  }
  const bool itself = read->participant.empty() || read->participant == patient.id;
  if (!itself) {
    looks.push_back({"trust", false, "who answers there calls itself " + read->participant,
                     "add the peer under that id", Turn::ours});
    return true;
  }
  looks.push_back(good("trust", "it knows us, and offers us " + count_text(*read)));
  return true;
}

// What keeps this node from agreeing to anything while a dry run is on.
json::Value brakes(const Patient& patient, const std::string& name) {
  auto items = json::Value::array();
  for (const char* const state : {"OFFERED", "AGREED"})
    items.push(json::Value::object({{"id", name + "-" + state},
                                    {"process", "negotiation"},
                                    {"on", state},
                                    {"role", "consumer"},
                                    {"peer", patient.id},
                                    {"dataset", patient.dataset.text_or("id")},
                                    {"kind", "*"},
                                    {"do", "hold"},
                                    {"reason", "a dry run of corridor doctor"}}));
  return json::Value::object({{"items", std::move(items)}});
}

bool moved(std::string_view state) { return state != "NONE" && state != "REQUESTED"; }

Result<json::Value> watch(NodeClient& node, const std::string& path, const Stopwatch& watch) {
  for (;;) {
    TRY_ASSIGN(json::Value process, node.get(path));
    if (moved(process.text_or("state")) || watch.ms() >= kWatchMost) return process;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

std::string last_why(const json::Value& process) {
  const json::Value* const messages = process.find("messages");
  if (messages == nullptr || messages->items().empty()) return {};
  return text_of(messages->items().back(), "why");
}

std::string last_delivery_error(NodeClient& node, const std::string& id) {
  const auto life = node.get("/explain/" + percent_encode(id));
  const json::Value* const part = life ? life->find("negotiation") : nullptr;
  const json::Value* const delivery = part == nullptr ? nullptr : part->find("delivery");
  if (delivery != nullptr)
    for (const auto& attempt : delivery->items())
      if (auto error = text_of(attempt, "lastError"); !error.empty()) return error;
  return {};
}

Look judged(NodeClient& node, const json::Value& process, std::int64_t ms) {
  const std::string state = text_of(process, "state");
  const std::string in = " in " + milliseconds_text(ms);
  if (state == "OFFERED") return good("dry negotiation", "it answered with an offer" + in);
  if (state == "TERMINATED")
    return {"dry negotiation", false, "it ended the negotiation: " + last_why(process),
            "its operator knows why", Turn::theirs};
  if (state == "VERIFIED" || state == "FINALIZED")
    return {"dry negotiation", false, "an instruction of this node agreed before it could be ended",
            "end it with: corridor agreement terminate " + text_of(process, "agreement"), Turn::ours};
  if (moved(state)) return good("dry negotiation", "it agreed" + in + "; ended before we did");
  if (state == "REQUESTED")
    return {"dry negotiation", false,
            "it took the request and has not moved within " + milliseconds_text(kWatchMost),
            "a person there may have to approve, or it cannot reach us at " + node.info().root() + "/dsp",
            Turn::theirs};
  const std::string error = last_delivery_error(node, std::string(process.text_or("id")));
  return {"dry negotiation", false,
          "our request did not get there" + (error.empty() ? "" : ": " + error),
          "its operator has to see to its negotiations", Turn::theirs};
}

// The brakes come off only when the negotiation has ended: what is under way must find them.
Result<Look> negotiate_dry(const Invocation& asked, NodeClient& node, const Patient& patient) {
  SystemEnv env;
  // The lowest of names: no instruction of a person goes before it.
  const std::string name = "!dry-run-" + hex(crypto::derive(env.seed(), "dry run", 6));
  TRY(node.post("/instructions", json::write(brakes(patient, name))));
  const auto take_off = [&]() -> Result<> {
    for (const char* const state : {"OFFERED", "AGREED"})
      TRY(node.remove("/instructions/" + percent_encode(name + "-" + state)));
    return {};
  };
  const Stopwatch stopwatch;
  const json::Value* const offers = patient.dataset.find("offers");
  const auto begun = node.post(
      "/negotiations",
      json::write(json::Value::object({{"peer", patient.id},
                                       {"address", patient.dsp},
                                       {"dataset", patient.dataset.text_or("id")},
                                       {"offer", offers->items().front().text_or("id")}})));
  if (!begun) {
    TRY(take_off());
    return bad("dry negotiation", begun.error(), Turn::theirs);
  }
  const std::string path = "/negotiations/" + percent_encode(begun->text_or("id"));
  TRY_ASSIGN(const json::Value process, watch(node, path, stopwatch));
  Look look = judged(node, process, stopwatch.ms());
  if (process.text_or("state") != "TERMINATED" && process.text_or("state") != "FINALIZED") {
    const auto ended = node.post(
        path + "/terminate",
        json::write(json::Value::object(
            {{"code", kDryRun}, {"reason", "a dry run: nothing was meant to be agreed"}})));
    if (!ended) {
      look = bad("dry negotiation", ended.error(), Turn::ours);
      look.todo = "it is held by the instructions " + name + "-...; end it with: " +
                  asked.hint("negotiation terminate " + text_of(process, "id"));
      return look;
    }
  }
  TRY(take_off());
  return look;
}

}  // namespace

Result<int> examine_peer(Invocation& asked) {
  asked.attempt("the peer could not be examined");
  TRY_ASSIGN(const auto node, open_node(asked));
  Patient patient;
  TRY_ASSIGN(patient.id, peer_called(*node, asked, asked.get("--peer")));
  TRY_ASSIGN(patient.record, record_of(*node, patient.id));
  std::vector<Look> looks;
  looks.push_back(look_at_record(asked, patient));
  Progress progress;
  progress.show("looking for " + patient.id + " ...");
  TRY(look_for_it(asked, *node, patient, looks));
  if (!patient.dsp.empty() && look_at_trust(*node, patient, looks)) {
    if (patient.dataset.is_null()) {
      looks.push_back(good("dry negotiation", "not tried: it offers us nothing"));
    } else {
      progress.show("negotiating with " + patient.id + " ...");
      TRY_ASSIGN(Look look, negotiate_dry(asked, *node, patient));
      looks.push_back(std::move(look));
    }
  }
  return say_looks(asked, looks);
}

}  // namespace corridor::cli
