// SPDX-License-Identifier: Apache-2.0
// The files of a pack from whoever publishes them. curl does the fetching: certificates, redirects
// and proxies are its business, and a machine that never fetches needs none of it. What comes is
// believed only when it has the digest that the manifest lists.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/families.h"
#include "cli/files.h"
#include "cli/packs.h"
#include "cli/terminal.h"
#include "crypto/crypto.h"

extern "C" char** environ;

namespace corridor::cli {

namespace {

// A folder of our own that goes away.
class Scratch {
 public:
  static Result<Scratch> make() {
    std::string name = (std::filesystem::temp_directory_path() / "corridor-fetch-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      return fail(Code::unavailable, "no temporary folder can be made", "make room there");
    return Scratch(std::move(name));
  }
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// https anywhere; http only on this machine.
Result<> check_address(const std::string& url) {
  if (url.starts_with("https://")) return {};
  for (const char* local : {"http://localhost:", "http://localhost/", "http://127.0.0.1:", "http://[::1]:"})
    if (url.starts_with(local)) return {};
  return fail(Code::denied, url + " is not an https address", "get the file yourself, and import it");
}

// The status of `curl arguments`; its complaint goes to `complaint`.
Result<int> run_curl(const std::vector<std::string>& arguments, const std::string& complaint) {
  std::vector<char*> argv;
  std::string program = "curl";
  argv.push_back(program.data());
  std::vector<std::string> copies = arguments;
  for (std::string& argument : copies) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, complaint.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, "curl", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    return fail(Code::unavailable, "curl, which fetches, is not on this machine",
                "install it, or get the files yourself and import them");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

Result<Bytes> fetch(const std::string& url, const documents::ListedFile& listed,
                    const Scratch& scratch) {
  TRY(check_address(url));
  const std::string file = scratch.at("file");
  const std::string complaint = scratch.at("complaint");
  TRY_ASSIGN(const int status,
             run_curl({"--silent", "--show-error", "--fail", "--location", "--max-redirs", "5",
                       "--proto", "=https,http", "--proto-redir", "=https", "--connect-timeout", "15",
                       "--max-time", "300", "--max-filesize", std::to_string(listed.bytes), "--output",
                       file, "--", url},
                      complaint));
  if (status != 0) {
    auto said = read_file(complaint, 64 * 1024);
    std::string why = said ? std::string(View(*said).substr(0, said->find('\n'))) : std::string();
    return fail(Code::unavailable, url + " cannot be fetched: " + printable(why),
                "try again, or get the file yourself and import it");
  }
  TRY_ASSIGN(Bytes bytes, read_file(file));
  const Digest sha256 = crypto::sha256(bytes);
  if (bytes.size() != listed.bytes || sha256 != listed.sha256)
    return fail(Code::corrupt,
                url + " is not the file that the manifest lists: its SHA-256 is " + hex(sha256.view()),
                "its publisher has changed it; a newer Corridor may know the new edition");
  return bytes;
}

}  // namespace

Result<int> run_pack_fetch(Invocation& asked) {
  const std::string& wanted = asked.operands()[0];
  std::vector<documents::Manifest> chosen;
  if (asked.has("--manifest")) {
    TRY_ASSIGN(const Bytes text, read_file(asked.get("--manifest")));
    TRY_ASSIGN(auto manifest, documents::read_manifest(text));
    chosen.push_back(std::move(manifest));
  } else {
    for (const auto& manifest : documents::known_manifests())
      if (manifest.name == wanted || manifest.id() == wanted || wanted == "all")
        chosen.push_back(manifest);
  }
  if (chosen.empty())
    return fail(Code::not_found, "this program knows no pack " + printable(wanted),
                "see what it knows: " + asked.hint("pack list --all"));
  TRY_ASSIGN(const Scratch scratch, Scratch::make());
  std::vector<documents::OfferedFile> files;
  Progress progress;
  for (const documents::Manifest& manifest : chosen) {
    for (std::size_t i = 0; i < manifest.files.size(); ++i) {
      const documents::ListedFile& listed = manifest.files[i];
      progress.show(manifest.id() + ": " + std::to_string(i + 1) + " of " +
                    std::to_string(manifest.files.size()) + " files");
      const std::string source = listed.source.empty() ? listed.path : listed.source;
      const bool whole = source.starts_with("https://") || source.starts_with("http://");
      TRY_ASSIGN(Bytes bytes, fetch(whole ? source : manifest.source + source, listed, scratch));
      files.push_back({listed.path, listed.sha256, std::move(bytes)});
    }
  }
  if (asked.has("--manifest")) {
    TRY_ASSIGN(Bytes text, read_file(asked.get("--manifest")));
    const Digest sha256 = crypto::sha256(text);
    files.push_back({"manifest.json", sha256, std::move(text)});
  }
  return import_files(asked, std::move(files));
}

}  // namespace corridor::cli
