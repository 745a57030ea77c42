// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cli/demo.h"
#include "cli/files.h"
#include "evidence/receipt.h"

namespace corridor::cli {

namespace {

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.append("     ").append(printable(text.substr(0, end))).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

struct Ran {
  int status = -1;
  std::string output;
};

Ran run_shell(const std::string& command) {
  Ran ran;
  std::fflush(stdout);
  FILE* const pipe = ::popen((command + " 2>&1").c_str(), "re");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> part;
  std::size_t got = 0;
  while ((got = std::fread(part.data(), 1, part.size(), pipe)) > 0)
    ran.output.append(part.data(), got);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) ran.status = WEXITSTATUS(status);
  return ran;
}

std::string quoted(const std::string& path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
  if (path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string out = "'";
  for (const char c : path) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

// The verifier that came with corridor, when this machine can run it.
void find_verifier(Demo& demo) {
  const std::string script =
      own_folder("verify_receipt.py", "tools/verify_receipt/verify_receipt.py");
  if (script.empty()) {
    demo.no_verifier = "tools/verify_receipt/verify_receipt.py is not here";
  } else if (run_shell("/usr/bin/python3 -c 'import cryptography'").status != 0) {
    demo.no_verifier = script + " needs /usr/bin/python3 with its package cryptography";
  } else {
    demo.verifier = "/usr/bin/python3 " + quoted(script);
  }
}

}  // namespace

void Demo::step(std::string_view what, std::int64_t ms, std::string_view meaning) {
  ++steps;
  Columns line;
  line.add({(steps < 10 ? "\n " : "\n") + std::to_string(steps) + "  " + toned(Tone::strong, what) +
            " · " + toned(Tone::good, milliseconds_text(ms))});
  say(line.text() + "     " + std::string(meaning) + "\n");
  std::fflush(stdout);
}

Result<Sent> Demo::send(const std::string& name, Bytes bytes, Duration timeout) {
  Sending sending;
  sending.bytes = std::move(bytes);
  sending.name = name;
  sending.to = customs->did();
  sending.timeout = timeout;
  return send_document(trader->client(), std::move(sending));
}

Result<Demo> prepare_demo(const Invocation& asked) {
  Demo demo;
  demo.documents = asked.get("--documents", own_folder("examples", "examples"));
  if (demo.documents.empty())
    return fail(Code::not_found, "the example documents did not come with this program",
                "name a folder that has them: --documents DIR");
  std::error_code ignored;
  const std::string more = CORRIDOR_SOURCE_DIR "/../shared/data/documents";
  if (std::filesystem::is_directory(more, ignored)) demo.more = more;
  demo.verifier = asked.get("--verifier");
  if (demo.verifier.empty()) find_verifier(demo);
  return demo;
}

Bytes next_invoice(const Bytes& invoice) {
  // The document's own number is the first cbc:ID of an invoice (UBL 2.1 Invoice sequence).
  constexpr View kOpen = "<cbc:ID>";
  Bytes next = invoice;
  const std::size_t begin = next.find(kOpen);
  const std::size_t end = begin == Bytes::npos ? begin : next.find('<', begin + kOpen.size());
  if (end != Bytes::npos) next.insert(end, "-2");
  return next;
}

std::vector<std::string> xml_files(const std::string& root,
                                   std::initializer_list<std::string_view> folders) {
  std::vector<std::string> files;
  if (root.empty()) return files;
  for (const auto folder : folders) {
    std::error_code error;
    const auto path = std::filesystem::path(root) / folder;
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
      if (entry.path().extension() == ".xml") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

std::string port_of(const ChildNode& node) {
  const std::string_view did = node.did();
  return std::string(did.substr(did.find("%3A") + 3));
}

Result<> verify_here(const std::string& receipt_file, const std::string& document_file) {
  TRY_ASSIGN(const Bytes text, read_file(receipt_file));
  TRY_ASSIGN(const auto receipt, evidence::read_receipt(text));
  TRY_ASSIGN(const Bytes document, read_file(document_file));
  evidence::VerifyOptions options;
  options.document = document;
  const auto verification = evidence::verify_receipt(receipt, options);
  say("\n     corridor verify " + receipt_file + " --document " + document_file + "\n" +
      indented(evidence::render_text(verification)));
  if (!verification.verified) return fail(Code::corrupt, "the receipt does not hold", {});
  return {};
}

Result<> verify_elsewhere(const Demo& demo, const std::string& receipt) {
  const std::string missing = "\n     no second verifier: ";
  if (demo.verifier.empty()) {
    say(missing + demo.no_verifier + " (name one with --verifier CMD)\n");
    return {};
  }
  const Ran ran = run_shell(demo.verifier + " " + quoted(receipt));
  if (ran.status == 126 || ran.status == 127) {
    say(missing + printable(demo.verifier) + " cannot be run\n");
    return {};
  }
  say("\n     and by a program that shares no code with corridor:\n     " +
      printable(demo.verifier) + " " + receipt + "\n" + indented(ran.output));
  if (ran.status != 0)
    return fail(Code::corrupt, demo.verifier + " refuses the receipt", "compare the two tables");
  return {};
}

}  // namespace corridor::cli
