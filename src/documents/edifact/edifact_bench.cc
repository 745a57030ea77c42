// SPDX-License-Identifier: Apache-2.0
//
// Reading an interchange: segments only, the tree, the tree with the check against its directory,
// the check alone; on a large ORDERS of ../shared, which has more faults than are told, on a valid
// one as large, and on the INVOIC of the examples; and what a directory costs.
// Beside them what the machine can do at most with the same bytes: copy them, and search them for
// one character. CPU time, the best of many rounds: name value unit.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "documents/edifact/directory.h"
#include "documents/edifact/interchange.h"
#include "documents/edifact/segments.h"

namespace {

using corridor::View;

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t sink = 0;

template <class Work>
void megabytes(const std::string& name, View bytes, Work work) {
  const int calls = static_cast<int>(std::max<std::size_t>(1, 400'000 / bytes.size()));
  double best = 1e9;
  for (int round = 0; round < 40; ++round) {
    const double start = cpu_seconds();
    for (int i = 0; i < calls; ++i) sink += work(bytes);
    best = std::min(best, (cpu_seconds() - start) / calls);
  }
  std::printf("edifact_%s %.0f MB/s\n", name.c_str(),
              static_cast<double>(bytes.size()) / best / 1e6);
}

std::size_t copy(View bytes) {
  static std::vector<char> to;
  to.resize(bytes.size());
  std::memcpy(to.data(), bytes.data(), bytes.size());
  return static_cast<unsigned char>(to.back());
}

std::size_t find_terminators(View bytes) {
  std::size_t count = 0;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while ((at = static_cast<const char*>(
              std::memchr(at, '\'', static_cast<std::size_t>(end - at)))) != nullptr) {
    ++count;
    ++at;
  }
  return count;
}

std::size_t segments(View bytes) {
  corridor::documents::Segments in(bytes);
  std::size_t parts = 0;
  while (in.next()) parts += in.parts().size();
  return parts;
}

std::size_t tree(View bytes) {
  const auto out = corridor::documents::read_interchange(bytes);
  return out ? out->size() : 0;
}

const corridor::edifact::Directory* directory = nullptr;  // of the texts, where it is here

std::size_t checked(View bytes) {
  const auto out = corridor::documents::read_and_check(
      bytes, {.directory = [](View, View) { return directory; }});
  return out ? out->findings.size() + 1 : 0;
}

std::size_t checked_only(View bytes) {
  const auto out = corridor::documents::check_interchange(
      bytes, {.directory = [](View, View) { return directory; }});
  return out ? out->findings.size() + 1 : 0;
}

void measure(const std::string& name, const std::string& text) {
  std::printf("edifact_%s_size %zu bytes\n", name.c_str(), text.size());
  megabytes(name + "_copy", text, copy);
  megabytes(name + "_memchr", text, find_terminators);
  megabytes(name + "_segments", text, segments);
  megabytes(name + "_tree", text, tree);
  if (directory == nullptr) return;
  megabytes(name + "_tree_and_check", text, checked);
  megabytes(name + "_check", text, checked_only);
}

// Our ORDERS, with so many lines that it has the size.
std::string valid_orders(std::size_t size) {
  const std::string one =
      file_text(CORRIDOR_SOURCE_DIR "/src/documents/edifact/testdata/messages/D.96A/ORDERS.edi");
  const std::size_t first = one.find("LIN+1");
  const std::size_t end = one.find("UNS+S");
  std::string out = one.substr(0, first);
  while (out.size() < size) out += one.substr(first, end - first);
  return out + one.substr(end);
}

struct Archive {
  std::vector<std::pair<std::string, std::string>> files;
};

// The files of D.16B or D.96A, unpacked by python3; none when they are not here.
Archive unpacked(const std::string& path) {
  Archive out;
  if (!std::ifstream(path).good()) return out;
  const std::string script =
      "import sys,zipfile,io\n"
      "def walk(z,p):\n"
      "  for i in z.infolist():\n"
      "    b=z.read(i)\n"
      "    if i.filename.lower().endswith('.zip'):\n"
      "      walk(zipfile.ZipFile(io.BytesIO(b)),p+i.filename[:-4]+'/')\n"
      "    elif not i.is_dir():\n"
      "      n=(p+i.filename).encode('utf-8')\n"
      "      sys.stdout.buffer.write(b'%d %d\\n'%(len(n),len(b))+n+b)\n"
      "walk(zipfile.ZipFile(sys.argv[1]),'')\n";
  FILE* const pipe = popen(("python3 -c \"" + script + "\" '" + path + "'").c_str(), "r");
  std::size_t name_size = 0;
  std::size_t size = 0;
  while (std::fscanf(pipe, "%zu %zu", &name_size, &size) == 2 && std::fgetc(pipe) == '\n') {
    std::string name(name_size, '\0');
    std::string text(size, '\0');
    if (std::fread(name.data(), 1, name_size, pipe) != name_size ||
        std::fread(text.data(), 1, size, pipe) != size)
      break;
    out.files.emplace_back(std::move(name), std::move(text));
  }
  pclose(pipe);
  return out;
}

template <class Work>
double milliseconds(Work work, int rounds) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double start = cpu_seconds();
    work();
    best = std::min(best, cpu_seconds() - start);
  }
  return best * 1e3;
}

// Imported and restored, with what both took; kept for the whole run.
const corridor::edifact::Directory* measure_directory(const std::string& path,
                                                      const std::string& name) {
  using corridor::edifact::Directory;
  static std::vector<std::unique_ptr<Directory>> kept;
  const Archive archive = unpacked(path);
  if (archive.files.empty()) {
    std::printf("SKIPPED %s: ../shared is not here\n", name.c_str());
    return nullptr;
  }
  std::vector<corridor::edifact::DirectoryFile> files;
  for (const auto& [file, text] : archive.files) files.push_back({file, text});
  auto imported = Directory::import(files);
  if (!imported) return nullptr;
  const std::string saved = imported->save();
  std::printf("edifact_%s_saved %zu bytes\n", name.c_str(), saved.size());
  std::printf("edifact_%s_import %.0f ms\n", name.c_str(),
              milliseconds([&] { sink += Directory::import(files).has_value(); }, 5));
  std::printf("edifact_%s_restore %.2f ms\n", name.c_str(),
              milliseconds([&] { sink += Directory::restore(saved).has_value(); }, 30));
  kept.push_back(std::make_unique<Directory>(std::move(*imported)));
  return kept.back().get();
}

}  // namespace

int main() {
  const std::string shared = CORRIDOR_SOURCE_DIR "/../shared/data/";
  const std::string directories = shared + "edifact-directories/";
  directory = measure_directory(directories + "d96a.zip", "d96a");
  const std::string orders = file_text(shared + "documents/edifact/orders-d96a-large.edi");
  if (orders.empty()) {
    std::puts("SKIPPED data/documents/edifact: ../shared is not here");
  } else {
    measure("orders", orders);
  }
  measure("valid", valid_orders(2'200'000));
  directory = measure_directory(directories + "d16b.zip", "d16b");
  measure("invoice", file_text(CORRIDOR_SOURCE_DIR "/examples/invoice-edifact.edi"));
  return sink == 1 ? 1 : 0;
}
