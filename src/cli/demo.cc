// SPDX-License-Identifier: Apache-2.0
//
// The demonstration: two nodes as two processes, and what a person would do with them, step by
// step. Every step says how long it took, what it meant, and fails the whole when it does not end
// as it should.
#include <csignal>
#include <filesystem>

#include "cli/child_node.h"
#include "cli/demo.h"
#include "cli/families.h"
#include "cli/files.h"
#include "cli/joining.h"
#include "cli/timeline.h"

namespace corridor::cli {

namespace {

constexpr int kStopped = 130;  // as shells say it of a program that Ctrl-C ended
constexpr std::string_view kTraderName = "Harbour Traders";
constexpr std::string_view kCustomsName = "Northland Customs";

// A folder that goes away with this object, unless it was named by a person.
class DemoFolder {
 public:
  static Result<std::unique_ptr<DemoFolder>> open(const std::string& named) {
    std::error_code error;
    if (!named.empty()) {
      std::filesystem::create_directories(named, error);
      if (error || !std::filesystem::is_empty(named, error) || error)
        return fail(Code::conflict, named + " is not an empty folder", "name a new one");
      return std::unique_ptr<DemoFolder>(new DemoFolder(named, false));
    }
    std::string path =
        (std::filesystem::temp_directory_path(error) / "corridor-demo-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr)
      return fail(Code::unavailable, path + " cannot be made", "name a folder with --data DIR");
    return std::unique_ptr<DemoFolder>(new DemoFolder(path, true));
  }
  ~DemoFolder() {
    std::error_code ignored;
    if (ours_) std::filesystem::remove_all(path_, ignored);
  }
  DemoFolder(const DemoFolder&) = delete;
  DemoFolder& operator=(const DemoFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  DemoFolder(std::string path, bool ours) : path_(std::move(path)), ours_(ours) {}
  std::string path_;
  bool ours_;
};

Error unexpected_end(const Sent& sent) {
  return {Code::conflict,
          text_of(sent.exchange, "name") + " is " + std::string(sent.state()) + ": " +
              text_of(sent.exchange, "reason"),
          "see: corridor explain " + sent.id() + " with the --data of its node, while it runs"};
}

Result<> start_nodes(Demo& demo, const std::string& folder) {
  const Stopwatch watch;
  TRY_ASSIGN(demo.trader, ChildNode::start(std::string(kTraderName), folder + "/harbour-traders"));
  TRY_ASSIGN(demo.customs,
             ChildNode::start(std::string(kCustomsName), folder + "/northland-customs"));
  demo.step("two nodes start", watch.ms(),
            "each with its own keys, folder, process and log; nothing is shared");
  Columns nodes;
  for (const auto* const node : {demo.trader.get(), demo.customs.get()})
    nodes.add({"     " + node->name(), node->did()});
  say(nodes.text());
  return {};
}

Result<> become_partners(Demo& demo) {
  const Stopwatch watch;
  const std::string request = json::write(json::Value::object(
      {{"kinds", json::Value::array({"ubl:Invoice", "ubl:CreditNote", "cii:CrossIndustryInvoice"})},
       {"name", kTraderName}}));
  TRY_ASSIGN(const json::Value invite, demo.customs->client().post("/invites", request));
  TRY_ASSIGN(const std::string file, json::require_text(invite, "invite"));
  TRY_ASSIGN(const Joined joined, join_with(demo.trader->client(), file));
  if (!joined.answered || !joined.arrived)
    return fail(Code::timeout, "the test documents did not go both ways: ours is " + joined.state,
                "see: corridor explain " + joined.exchange);
  demo.step(
      "they become partners", watch.ms(),
      "Northland Customs wrote an invitation for UBL and CII invoices, Harbour Traders joined\n"
      "     with it, and a test document went each way and was answered with a signature");
  return {};
}

Result<> first_invoice(Demo& demo) {
  TRY_ASSIGN(const Bytes bytes, read_file(demo.documents + "/invoice-ubl.xml"));
  TRY_ASSIGN(const Sent sent, demo.send("invoice-ubl.xml", bytes));
  if (sent.state() != "answered") return std::unexpected(unexpected_end(sent));
  demo.first_exchange = sent.id();
  demo.step(
      "an invoice, under a new agreement", sent.ms,
      "checked, offered under terms, accepted, agreed and verified by both sides, then sent,\n"
      "     checked again on arrival, and answered with a signed RECEIVE");
  return {};
}

Result<> second_invoice(Demo& demo) {
  TRY_ASSIGN(const Bytes first, read_file(demo.documents + "/invoice-ubl.xml"));
  demo.second_document = next_invoice(first);
  TRY_ASSIGN(const Sent sent, demo.send("invoice-ubl-2.xml", demo.second_document));
  if (sent.state() != "answered") return std::unexpected(unexpected_end(sent));
  demo.second_exchange = sent.id();
  demo.step("the next invoice, under the standing agreement", sent.ms,
            "nothing to negotiate any more: one signed message, one signed answer");
  return {};
}

// The negotiation that waits for a person at the receiver.
Result<json::Value> find_held(ChildNode& node, std::string_view kind) {
  const Stopwatch watch;
  json::Value held;
  while (held.is_null() && watch.ms() < 10'000) {
    TRY(node.client().each("/negotiations", [&](const json::Value& item) {
      if (item.boolean_or("held") && item.text_or("kind") == kind) held = item;
    }));
    if (held.is_null()) ::usleep(20'000);
  }
  if (held.is_null())
    return fail(Code::timeout, node.name() + " holds no " + std::string(kind) + " for a person",
                "see: corridor negotiation list");
  return held;
}

Result<> invoice_for_a_person(Demo& demo) {
  TRY_ASSIGN(const Bytes bytes, read_file(demo.documents + "/invoice-edifact.edi"));
  const Stopwatch watch;
  TRY_ASSIGN(const Sent sent, demo.send("invoice-edifact.edi", bytes, milliseconds(1)));
  TRY_ASSIGN(const json::Value held, find_held(*demo.customs, "edifact:INVOIC"));
  demo.step("an EDIFACT invoice, which nobody has agreed to", watch.ms(),
            "it waits for a person at Northland Customs: " + text_of(held, "why"));
  const Stopwatch approval;
  TRY(demo.customs->client().post(
      "/negotiations/" + percent_encode(held.text_or("id")) + "/approve",
      json::write(json::Value::object({{"reason", "approved in the demonstration"}}))));
  TRY_ASSIGN(const json::Value exchange,
             wait_for(demo.trader->client(), sent.id(), ReceiptLevel::answered, seconds(15)));
  if (exchange.text_or("state") != "answered")
    return std::unexpected(unexpected_end(Sent{exchange, approval.ms()}));
  demo.step("the person says yes", approval.ms(),
            "corridor negotiation approve ID: the agreement is made and the invoice that waited\n"
            "     crosses by itself");
  return {};
}

Result<> wrong_invoice(Demo& demo) {
  TRY_ASSIGN(const Bytes bytes, read_file(demo.documents + "/invoice-wrong.xml"));
  TRY_ASSIGN(const Sent sent, demo.send("invoice-wrong.xml", bytes));
  const std::string findings = findings_text(sent.exchange.find("report"), "       ");
  if (sent.state() != "refused" || findings.empty()) return std::unexpected(unexpected_end(sent));
  demo.step("a wrong invoice", sent.ms,
            "it is refused before it leaves, with what is wrong and where:");
  say(findings);
  return {};
}

Result<> more_documents(Demo& demo) {
  const auto files = xml_files(demo.more, {"ubl", "cii"});
  if (files.empty()) return {};
  const Stopwatch watch;
  Columns lines;
  for (const auto& path : files) {
    TRY_ASSIGN(const Bytes bytes, read_file(path));
    TRY_ASSIGN(const Sent sent, demo.send(file_name(path), bytes));
    if (sent.state() != "answered") return std::unexpected(unexpected_end(sent));
    lines.add({"     " + file_name(path), text_of(sent.exchange, "kind"),
               std::to_string(bytes.size()) + " bytes", milliseconds_text(sent.ms)});
  }
  demo.step("documents of other people's making", watch.ms(),
            std::to_string(files.size()) +
                " more cross, one after the other; the first of a kind makes its agreement:");
  say(lines.text());
  return {};
}

Result<> prove(Demo& demo, const std::string& folder) {
  const Stopwatch watch;
  NodeClient& node = demo.trader->client();
  TRY_ASSIGN(const json::Value exchange,
             wait_for(node, demo.second_exchange, ReceiptLevel::logged, seconds(20)));
  if (exchange.text_or("level") != "logged")
    return fail(Code::timeout, "the receipt is not in both logs yet",
                "see: corridor explain " + demo.second_exchange);
  TRY_ASSIGN(const Bytes text, get_receipt(node, demo.second_exchange));
  const std::string path = folder + "/second.receipt.json";
  const std::string document = folder + "/invoice-ubl-2.xml";
  TRY(write_file(path, text, Existing::replace));
  TRY(write_file(document, demo.second_document, Existing::replace));
  demo.step("the receipt of the second invoice", watch.ms(),
            "both signed statements, and their places in both logs: " +
                std::to_string(text.size()) + " bytes, for anybody, offline:");
  TRY(verify_here(path, document));
  return verify_elsewhere(demo, path);
}

Result<> show_life(Demo& demo) {
  say("\nWhat happened to the first invoice (corridor explain " + demo.first_exchange + "):\n");
  TRY_ASSIGN(const json::Value life,
             demo.trader->client().get("/explain/" + percent_encode(demo.first_exchange)));
  say(timeline_text(timeline_of(life)));
  return {};
}

void say_how_to_look_around(const Demo& demo) {
  Columns where;
  for (const auto* const node : {demo.trader.get(), demo.customs.get()})
    where.add({"  " + node->name(), "http://localhost:" + port_of(*node), node->folder()});
  Columns how;
  how.add({"  corridor inbox --data " + demo.customs->folder(), "what has arrived"});
  how.add({"  corridor explain " + demo.second_exchange + " --data " + demo.trader->folder(),
           "one life"});
  how.add({"  corridor send FILE --to \"Northland Customs\" --data " + demo.trader->folder(),
           "your own document"});
  say("\nBoth nodes are running:\n" + where.text() + "\nLook around, in another terminal:\n" +
      how.text() + "\nCtrl-C ends both.\n");
}

Result<> run_steps(Demo& demo, const std::string& folder) {
  TRY(start_nodes(demo, folder));
  TRY(become_partners(demo));
  TRY(first_invoice(demo));
  TRY(second_invoice(demo));
  TRY(invoice_for_a_person(demo));
  TRY(wrong_invoice(demo));
  TRY(more_documents(demo));
  TRY(prove(demo, folder));
  return show_life(demo);
}

}  // namespace

Result<int> run_demo(Invocation& asked) {
  const sigset_t stops = block_stop_signals();
  TRY_ASSIGN(Demo demo, prepare_demo(asked));
  TRY_ASSIGN(const auto folder, DemoFolder::open(asked.get("--data")));
  const auto ran = run_steps(demo, folder->path());
  // Ctrl-C reaches the nodes too: that is why a step failed, and no failure.
  constexpr timespec kNow{};
  if (!ran && ::sigtimedwait(&stops, nullptr, &kNow) > 0) return kStopped;
  TRY(ran);
  if (!asked.has("--exit") && person_is_here()) {
    say_how_to_look_around(demo);
    TRY(flush_output());
    int signal = 0;
    sigwait(&stops, &signal);
  }
  return 0;
}

}  // namespace corridor::cli
