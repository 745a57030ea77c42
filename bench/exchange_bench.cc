// SPDX-License-Identifier: Apache-2.0
//
// Whole processes: two nodes of the product on loopback, SQLite durable, both sides checking and
// signing. One line a figure, `name value unit`. Beside each stands what limits it in the same run:
// one durable commit of the store, one fdatasync of the disk.
//
//   exchange_bench CORRIDOR EXAMPLE.xml [DOCUMENTS]
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <semaphore>
#include <thread>

#include "app/app.h"
#include "json/json.h"
#include "net/server.h"
#include "store/open.h"

namespace {

using namespace corridor;  // a program, not a module: nothing includes this
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void figure(const char* name, double value, const char* unit) {
  std::printf("%-44s %12.3f %s\n", name, value, unit);
  std::fflush(stdout);
}

double at(std::vector<double> values, double quantile) {
  std::ranges::sort(values);
  return values.empty() ? 0 : values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "exchange_bench: %s\n", why.c_str());
  std::exit(1);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// --- the limits of this disk, in this run

struct Limits {
  double sync_p50 = 0, commit_p50 = 0, commit_p99 = 0;
};

Limits measure_limits(const std::string& folder) {
  Limits limits_found;
  std::vector<double> syncs, commits;
  const int fd = ::open((folder + "/sync").c_str(), O_WRONLY | O_CREAT, 0600);
  const std::string block(4096, 'x');
  for (int i = 0; i < 400; ++i) {
    const auto begin = Clock::now();
    if (::write(fd, block.data(), block.size()) < 0 || ::fdatasync(fd) != 0) give_up("the disk refuses");
    syncs.push_back(ms_since(begin));
  }
  ::close(fd);
  auto store = store::open_sqlite_store(folder + "/limit.db");
  if (!store) give_up(store.error().why);
  for (int i = 0; i < 400; ++i) {
    const auto begin = Clock::now();
    const std::array<store::Write, 1> writes{{{1, std::to_string(i), std::string(400, 'v')}}};
    if (!(*store)->commit(writes)) give_up("the store refuses");
    commits.push_back(ms_since(begin));
  }
  limits_found = {at(syncs, 0.5), at(commits, 0.5), at(commits, 0.99)};
  return limits_found;
}

// --- a node of the product, as its own process

class Node {
 public:
  Node(const std::string& binary, std::string folder, const char* name) : folder_(std::move(folder)) {
    const auto begin = Clock::now();
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int log = ::open((folder_ + ".log").c_str(), O_WRONLY | O_CREAT, 0600);
      ::dup2(log, 1);
      ::dup2(log, 2);
      ::execl(binary.c_str(), binary.c_str(), "serve", "--data", folder_.c_str(), "--listen",
              "127.0.0.1:0", "--name", name, static_cast<char*>(nullptr));
      ::_exit(127);
    }
    while (true) {
      auto info = app::read_node_info(folder_);
      if (info) {
        auto key = app::read_api_key(folder_);
        if (key) {
          root_ = info->root();
          did_ = info->did;
          key_ = *key;
          if (answers()) break;
        }
      }
      if (ms_since(begin) > 10'000) give_up("a node does not start, see " + folder_ + ".log");
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    start_ms_ = ms_since(begin);
  }
  ~Node() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }

  [[nodiscard]] net::Request request(const char* method, const std::string& path, Bytes body = {}) const {
    net::Request out;
    out.method = method;
    out.url = root_ + "/api/v1" + path;
    out.headers.add("Authorization", "Bearer " + key_);
    out.body = std::move(body);
    return out;
  }

  [[nodiscard]] double resident_mb() const {
    std::ifstream status("/proc/" + std::to_string(process_) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmRSS:")) return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
  }

  [[nodiscard]] double cpu_seconds() const {
    const std::string stat = read_file("/proc/" + std::to_string(process_) + "/stat");
    const char* at = stat.c_str() + stat.rfind(')') + 2;
    for (int field = 3; field < 14; ++field) at = std::strchr(at, ' ') + 1;
    char* end = nullptr;
    const double user = std::strtod(at, &end);
    return (user + std::strtod(end, nullptr)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }

  [[nodiscard]] const std::string& did() const { return did_; }
  [[nodiscard]] double start_ms() const { return start_ms_; }

 private:
  bool answers() const {
    net::Loops loops(1);
    const auto client = net::make_client(loops);
    std::binary_semaphore ready(0);
    bool up = false;
    client->send(request("GET", "/status"), {}, [&](Result<net::Response> response) {
      up = response && response->status == 200;
      ready.release();
    });
    ready.acquire();
    return up;
  }

  std::string folder_, root_, did_, key_;
  pid_t process_ = 0;
  double start_ms_ = 0;
};

// --- asking nodes, many at once

class Asker {
 public:
  Asker() : loops_(1), client_(net::make_client(loops_)) {}

  json::Value ask(net::Request request) {
    std::binary_semaphore ready(0);
    json::Value out;
    client_->send(std::move(request), {}, [&](Result<net::Response> response) {
      if (!response) give_up(response.error().why);
      auto body = json::parse(response->body);
      if (body) out = std::move(*body);
      ready.release();
    });
    ready.acquire();
    return out;
  }

  // Sends `bodies` with so many under way at once; answers the milliseconds of each.
  std::vector<double> send_all(const Node& from, const std::string& to,
                               const std::vector<std::string>& bodies, std::size_t at_once) {
    std::vector<double> times(bodies.size());
    std::counting_semaphore<> places(static_cast<std::ptrdiff_t>(at_once));
    for (std::size_t i = 0; i < bodies.size(); ++i) {
      places.acquire();
      const auto begin = Clock::now();
      auto request = from.request("POST", "/send?to=" + percent_encode(to), bodies[i]);
      client_->send(std::move(request), {}, [&, i, begin](Result<net::Response> response) {
        if (!response || response->status != 202)
          give_up("a document was not taken: " + (response ? response->body : response.error().why));
        const std::string id(json::parse(response->body).value().text_or("exchange"));
        client_->send(from.request("GET", "/exchanges/" + id + "?wait=answered&timeout=30s"), {},
                      [&, i, begin](Result<net::Response> answer) {
                        if (!answer || !answer->body.contains(R"("state":"answered")"))
                          give_up("a document was not answered: " + (answer ? answer->body : answer.error().why));
                        times[i] = ms_since(begin);
                        places.release();
                      });
      });
    }
    for (std::size_t i = 0; i < at_once; ++i) places.acquire();
    return times;
  }

 private:
  net::Loops loops_;
  std::unique_ptr<net::Client> client_;
};

std::vector<std::string> numbered(const std::string& invoice, const std::string& prefix, std::size_t count) {
  const std::size_t begin = invoice.find("<cbc:ID>") + 8;
  const std::size_t end = invoice.find("</cbc:ID>", begin);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(invoice.substr(0, begin) + prefix + std::to_string(i) + invoice.substr(end));
  return out;
}

void make_partners(Asker& asker, const Node& a, const Node& b) {
  const auto invite = asker.ask(a.request("POST", "/invites", R"({"kinds":["*"]})"));
  const auto joined = asker.ask(b.request("POST", "/join", Bytes(invite.text_or("invite"))));
  if (joined.find("did") == nullptr) give_up("the nodes do not become partners: " + json::write(joined));
}

// Offer to FINALIZED as the sender's own history has it, under terms that are new each time.
void measure_negotiations(Asker& asker, const Node& a, const Node& b, const std::string& invoice,
                          const Limits& limits_found) {
  std::vector<double> times;
  const auto bodies = numbered(invoice, "NEW-", 60);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const std::string terms =
        R"({"permission":[{"action":"use","constraint":[{"leftOperand":"dateTime","operator":"lt","rightOperand":{"@value":"2099-01-01T00:00:)" +
        std::string(i < 10 ? "0" : "") + std::to_string(i % 60) +
        R"(Z","@type":"http://www.w3.org/2001/XMLSchema#dateTime"}}]}]})";
    const auto sent = asker.ask(a.request(
        "POST", "/send?to=" + percent_encode(b.did()) + "&terms=" + percent_encode(terms), bodies[i]));
    const std::string id(sent.text_or("exchange"));
    asker.ask(a.request("GET", "/exchanges/" + id + "?wait=answered&timeout=30s"));
    const auto life = asker.ask(a.request("GET", "/explain/" + id));
    const json::Value* const negotiation = life.find("negotiation");
    const json::Value* const history = negotiation == nullptr ? nullptr : negotiation->find("history");
    if (history == nullptr || history->items().empty()) give_up("no negotiation: " + json::write(life));
    const auto first = parse_iso8601(history->items().front().text_or("at")).value();
    for (const auto& line : history->items())
      if (line.text_or("state") == "FINALIZED")
        times.push_back(static_cast<double>((parse_iso8601(line.text_or("at")).value() - first).ms));
  }
  figure("negotiation to FINALIZED, p50", at(times, 0.5), "ms");
  figure("negotiation to FINALIZED, p99", at(times, 0.99), "ms");
  figure("negotiation p50 / one durable commit p50", at(times, 0.5) / limits_found.commit_p50, "x");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("usage: exchange_bench CORRIDOR EXAMPLE.xml [DOCUMENTS]");
  const std::string invoice = read_file(argv[2]);
  const std::size_t count = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 3000;
  char pattern[] = "/tmp/corridor-bench-XXXXXX";
  const std::string folder = ::mkdtemp(pattern);
  const Limits limits_found = measure_limits(folder);
  figure("limit: fdatasync of 4 kB, p50", limits_found.sync_p50, "ms");
  figure("limit: one durable commit, p50", limits_found.commit_p50, "ms");
  figure("limit: one durable commit, p99", limits_found.commit_p99, "ms");
  {
    const Node a(argv[1], folder + "/a", "Alder");
    const Node b(argv[1], folder + "/b", "Birch");
    figure("cold start of a new node to its first answer", std::max(a.start_ms(), b.start_ms()), "ms");
    Asker asker;
    make_partners(asker, a, b);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    figure("idle resident memory of a node", std::max(a.resident_mb(), b.resident_mb()), "MB");
    figure("document", static_cast<double>(invoice.size()) / 1000, "kB");
    asker.send_all(a, b.did(), numbered(invoice, "WARM-", 50), 1);

    const auto one = asker.send_all(a, b.did(), numbered(invoice, "ONE-", std::max<std::size_t>(count / 10, 20)), 1);
    figure("one document at a time, p50", at(one, 0.5), "ms");
    figure("one document at a time, p99", at(one, 0.99), "ms");
    figure("one document p50 / one durable commit p50", at(one, 0.5) / limits_found.commit_p50, "x");

    const double cpu_before = a.cpu_seconds() + b.cpu_seconds();
    const auto begin = Clock::now();
    const auto many = asker.send_all(a, b.did(), numbered(invoice, "MANY-", count), 64);
    const double seconds_spent = ms_since(begin) / 1000;
    const double cpu = a.cpu_seconds() + b.cpu_seconds() - cpu_before;
    figure("documents, 64 under way", static_cast<double>(count) / seconds_spent, "1/s");
    figure("documents, 64 under way, p50", at(many, 0.5), "ms");
    figure("documents, 64 under way, p99", at(many, 0.99), "ms");
    figure("CPU a document, both nodes together", cpu * 1e6 / static_cast<double>(count), "us");
    figure("documents a second x one durable commit", static_cast<double>(count) / seconds_spent *
                                                          limits_found.commit_p50 / 1000, "x");
    measure_negotiations(asker, a, b, invoice, limits_found);
    figure("resident memory after all that", std::max(a.resident_mb(), b.resident_mb()), "MB");
  }
  std::filesystem::remove_all(folder);
  return 0;
}
