// SPDX-License-Identifier: Apache-2.0
// Pages of one invoice, of a long one, and of a large order where ../shared is present.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "documents/documents.h"
#include "documents/edifact/interchange.h"
#include "documents/view/view.h"

using namespace corridor;

namespace {

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void measure(const char* name, const xml::Tree& tree, const DocumentKind& kind, int times) {
  const Report report;
  std::size_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i)
    bytes = documents::render_page(tree, kind, report,
                                   {.language = documents::Language::ar, .name = {}})
                .size();
  const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
  std::printf("%s %.0f us\n%s_bytes %zu bytes\n", name, taken.count() / times, name, bytes);
}

}  // namespace

int main() {
  const std::filesystem::path root(CORRIDOR_SOURCE_DIR);
  const std::string invoice = file_text(root / "examples/invoice-wrong.xml");
  const DocumentKind ubl{.syntax = "ubl", .type = "Invoice", .profile = {}};
  if (const auto tree = xml::parse(invoice)) measure("view_invoice", *tree, ubl, 200);

  const std::size_t first = invoice.find("  <cac:InvoiceLine>");
  const std::size_t end = invoice.find("</cac:InvoiceLine>") + 19;
  std::string lines = invoice.substr(0, first);
  for (int i = 0; i < 5'000; ++i) lines += invoice.substr(first, end - first);
  lines += "</Invoice>";
  if (const auto tree = xml::parse(lines)) measure("view_5000_lines", *tree, ubl, 3);

  const std::string orders =
      file_text(root / "../shared/data/documents/edifact/orders-d96a-large.edi");
  if (const auto tree = documents::read_interchange(orders); !orders.empty() && tree)
    measure("view_orders_2_mb", *tree, {.syntax = "edifact", .type = "ORDERS", .profile = {}}, 1);
  return 0;
}
