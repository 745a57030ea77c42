// SPDX-License-Identifier: Apache-2.0
// What checking a document by official rules costs, beside Saxon-HE in the same run: the tree, the
// check, the compilation, the whole command, and how all of it grows. One line a figure: name value
// unit. Reads the official rules and examples of ../shared.
//
//   schematron_bench [--plain]    --plain: the oracle instead of the fast evaluator
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <sstream>
#include <thread>

#include "documents/schematron/saxon_style.h"

using namespace corridor;
namespace fs = std::filesystem;

namespace {

// CPU time of this thread: what else the machine does is not counted.
double seconds_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The best mean of several short rounds.
template <class Work>
double best_seconds(double budget, Work work) {
  constexpr double kRound = 0.002;
  double best = 1e9;
  const double end = seconds_now() + budget;
  do {
    const double start = seconds_now();
    int runs = 0;
    do {
      work();
      ++runs;
    } while (seconds_now() - start < kRound);
    best = std::min(best, (seconds_now() - start) / runs);
  } while (seconds_now() < end);
  return best;
}

void line(const std::string& name, double value, const char* unit) {
  std::printf("%-44s %12.3f %s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

// An invoice of `count` lines: the lines of the example over and over, numbered.
std::string many_lines(const std::string& example, std::size_t count) {
  const std::string open = "<cac:InvoiceLine>";
  const std::string close = "</cac:InvoiceLine>";
  const std::size_t first = example.find(open);
  const std::size_t last = example.rfind(close) + close.size();
  std::vector<std::string> lines;
  for (std::size_t at = first; at != std::string::npos && at < last;
       at = example.find(open, at + 1))
    lines.push_back(example.substr(at, example.find(close, at) + close.size() - at));
  std::string out = example.substr(0, first);
  for (std::size_t i = 0; i < count; ++i) {
    std::string one = lines[i % lines.size()];
    const std::size_t id = one.find("<cbc:ID>") + 8;
    one.replace(id, one.find('<', id) - id, std::to_string(i + 1));
    out += one + "\n  ";
  }
  return out + example.substr(last);
}

struct Document {
  std::string name;
  std::string bytes;
  fs::path file;
  double tree = 0;  // seconds
  double check = 0;
};

struct Pack {
  std::string name;
  std::string file;
  std::vector<Document> documents;
};

void measure(const schematron::RuleSet& rules, Document& document) {
  const auto tree = xml::parse(document.bytes);
  if (!tree) return;
  constexpr double kBudget = 0.4;
  document.tree = best_seconds(kBudget, [&] { (void)xml::parse(document.bytes); });
  document.check = best_seconds(kBudget, [&] { (void)rules.check(*tree); });
  const auto outcome = rules.check(*tree);
  const std::string& name = document.name;
  const auto bytes = static_cast<double>(document.bytes.size());
  line(name + "_bytes", bytes, "bytes");
  line(name + "_tree", document.tree * 1e6, "us");
  line(name + "_tree_rate", bytes / document.tree / 1e6, "MB/s");
  line(name + "_check", document.check * 1e6, "us");
  line(name + "_total", (document.tree + document.check) * 1e6, "us");
  line(name + "_assertions", static_cast<double>(outcome.checked_assertions), "assertions");
  line(name + "_findings", static_cast<double>(outcome.hits.size()), "findings");
}

// Checks on one thread and on two, by the clock.
void measure_cores(const schematron::RuleSet& rules, const std::string& bytes) {
  const auto tree = xml::parse(bytes);
  if (!tree) return;
  const auto rate = [&](std::size_t count) {
    std::vector<std::thread> threads;
    std::vector<int> done(count);
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i)
      threads.emplace_back([&, i] {
        while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(700)) {
          (void)rules.check(*tree);
          ++done[i];
        }
      });
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) threads[i].join(), sum += done[i];
    return sum / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double one = rate(1);
  const double two = rate(2);
  line("ubl_21kB_checks_one_thread", one, "1/s");
  line("ubl_21kB_checks_two_threads", two, "1/s");
  line("two_threads_over_one", two / one, "times");
}

struct Process {
  double wall_ms = 0;
  double cpu_ms = 0;
  double resident_mb = 0;
};

Process run_process(const std::vector<std::string>& words) {
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    if (std::freopen("/dev/null", "w", stdout) == nullptr) ::_exit(127);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  ::wait4(child, &status, 0, &used);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) / 1e3;
  };
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begin;
  return {wall.count(), ms(used.ru_utime) + ms(used.ru_stime),
          static_cast<double>(used.ru_maxrss) / 1024};
}

// The whole command, cold: the first time, and from the cache.
void measure_command(const fs::path& rules, const Document& small, const Document& large,
                     const fs::path& folder) {
  const fs::path command = fs::read_symlink("/proc/self/exe").parent_path() / "../cli/corridor";
  if (!fs::exists(command)) return std::printf("SKIPPED whole command: it is not built\n"), void();
  ::setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
  fs::remove_all(folder / "cache");
  const auto check = [&](const Document& document) {
    return run_process({command.string(), "check", document.file.string(), "--rules", rules.string()});
  };
  const Process first = check(small);
  line("command_first_wall", first.wall_ms, "ms");
  line("command_first_cpu", first.cpu_ms, "ms");
  Process best = check(small);
  for (int i = 0; i < 20; ++i) {
    const Process again = check(small);
    best = {std::min(best.wall_ms, again.wall_ms), std::min(best.cpu_ms, again.cpu_ms),
            std::max(best.resident_mb, again.resident_mb)};
  }
  line("command_cached_wall", best.wall_ms, "ms");
  line("command_cached_cpu", best.cpu_ms, "ms");
  line("command_cached_resident", best.resident_mb, "MB");
  line("command_4000_lines_resident", check(large).resident_mb, "MB");
}

std::vector<double> saxon_figures(const std::string& sheet, const std::vector<Document>& documents,
                                  const fs::path& folder) {
  const fs::path out = folder / "saxon.txt";
  std::string command = "java -Xmx2g -cp /usr/share/java/Saxon-HE.jar " CORRIDOR_SOURCE_DIR
                        "/bench/saxon/SaxonRun.java bench " +
                        sheet + " 6";
  for (const Document& document : documents) command += " " + document.file.string();
  if (std::system((command + " > " + out.string() + " 2> /dev/null").c_str()) != 0) return {};
  std::ifstream file(out);
  std::vector<double> values;
  std::string name;
  std::string unit;
  for (double value = 0; file >> name >> value >> unit;) values.push_back(value);
  return values;
}

void compare_with_saxon(const Pack& pack, const fs::path& rules, const fs::path& folder) {
  const auto schema = schematron::read_schema(pack.file, suites::open_in(rules));
  if (!schema) return;
  const fs::path sheet = folder / (pack.name + ".xsl");
  std::ofstream(sheet) << suites::style_sheet(**schema);
  const auto values = saxon_figures(sheet.string(), pack.documents, folder);
  if (values.size() != 1 + pack.documents.size() * 2)
    return std::printf("SKIPPED saxon %s: Saxon-HE or a Java development kit is not here\n",
                       pack.name.c_str()),
           void();
  line("saxon_compile_" + pack.name, values[0], "ms");
  for (std::size_t i = 0; i < pack.documents.size(); ++i) {
    const Document& document = pack.documents[i];
    const double parse = values[1 + i * 2];
    const double check = values[2 + i * 2];
    line("saxon_" + document.name + "_tree", parse, "us");
    line("saxon_" + document.name + "_check", check, "us");
    line(document.name + "_check_saxon_over_corridor", check / (document.check * 1e6), "times");
    line(document.name + "_total_saxon_over_corridor",
         (parse + check) / ((document.tree + document.check) * 1e6), "times");
  }
  std::ofstream(folder / "list.txt") << pack.documents[0].file.string() << "\n";
  const Process whole =
      run_process({"java", "-cp", "/usr/share/java/Saxon-HE.jar",
                   CORRIDOR_SOURCE_DIR "/bench/saxon/SaxonRun.java", "rules", sheet.string(),
                   (folder / "list.txt").string(), (folder / "answers.txt").string()});
  line("saxon_process_" + pack.documents[0].name + "_wall", whole.wall_ms, "ms");
  line("saxon_process_" + pack.documents[0].name + "_resident", whole.resident_mb, "MB");
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path rules = suites::shared() / "suites" / "en16931" / "rules";
  const fs::path documents = suites::shared() / "data" / "documents";
  if (!fs::is_directory(rules)) {
    std::printf("SKIPPED schematron_bench: ../shared is not here\n");
    return 0;
  }
  const fs::path folder = fs::temp_directory_path() / "corridor-rules-bench";
  fs::create_directories(folder);
  const std::string example = suites::read_file(documents / "ubl" / "ubl-tc434-example1.xml");
  const std::string cii = suites::read_file(suites::xml_files(documents / "cii").front());
  std::vector<Pack> packs{{"ubl",
                           "EN16931-UBL-validation-preprocessed.sch",
                           {{"ubl_21kB", example, {}},
                            {"ubl_1000_lines", many_lines(example, 1000), {}},
                            {"ubl_4000_lines", many_lines(example, 4000), {}}}},
                          {"cii", "EN16931-CII-validation-preprocessed.sch", {{"cii", cii, {}}}}};
  schematron::CompileOptions options;
  options.optimise = argc < 2 || std::strcmp(argv[1], "--plain") != 0;
  double load = 0;
  (void)::getloadavg(&load, 1);
  line("load_average", load, "processes");
  for (Pack& pack : packs) {
    const auto compile = [&] {
      return schematron::compile(pack.file, suites::open_in(rules), options);
    };
    const auto compiled = compile();
    if (!compiled) return std::printf("%s\n", compiled.error().why.c_str()), 1;
    line("compile_" + pack.name, best_seconds(0.4, [&] { (void)compile(); }) * 1e3, "ms");
    if (const auto saved = compiled->save()) {
      const auto restore = [&] { (void)schematron::restore(*saved, suites::open_in(rules)); };
      line("restore_" + pack.name, best_seconds(0.4, restore) * 1e3, "ms");
      line("saved_" + pack.name, static_cast<double>(saved->size()), "bytes");
    }
    for (Document& document : pack.documents) {
      document.file = folder / (document.name + ".xml");
      std::ofstream(document.file, std::ios::binary) << document.bytes;
      measure(*compiled, document);
    }
    if (pack.name == "ubl") measure_cores(*compiled, example);
  }
  const auto& ubl = packs[0].documents;
  line("growth_4000_over_1000", (ubl[2].tree + ubl[2].check) / (ubl[1].tree + ubl[1].check),
       "times");
  measure_command(rules / packs[0].file, ubl[0], ubl[2], folder);
  if (options.optimise)
    for (const Pack& pack : packs) compare_with_saxon(pack, rules, folder);
  return 0;
}
