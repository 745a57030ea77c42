// SPDX-License-Identifier: Apache-2.0
#include "documents/pdf/pdf.h"

#include <algorithm>
#include <set>

#include "documents/pdf/file.h"
#include "documents/xml/encoding.h"

namespace corridor::pdf {

namespace {

constexpr View kMark = "%PDF-";
constexpr std::size_t kMarkWithin = 1'024;
constexpr std::size_t kNodesMax = 10'000;  // of the name tree
constexpr unsigned kTreeDepthMax = 32;
constexpr std::size_t kFilesMax = 1'000;
constexpr std::size_t kNameBytesMax = 255;

// table: what the standards call the invoice (or order) inside
constexpr View kInvoiceNames[] = {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml",
                                  "order-x.xml"};

// A text string (ISO 32000-1 §7.9.2): UTF-16 or UTF-8 with a byte order mark, else close to
// ISO 8859-1.
std::string text_of(View raw) {
  std::string out;
  if (raw.starts_with("\xEF\xBB\xBF")) {
    out = raw.substr(3);
  } else if (raw.starts_with("\xFE\xFF")) {
    for (std::size_t at = 2; at + 1 < raw.size(); at += 2) {
      char32_t c = static_cast<char32_t>(static_cast<unsigned char>(raw[at]) << 8 |
                                         static_cast<unsigned char>(raw[at + 1]));
      if (c >= 0xD800 && c <= 0xDFFF) c = '_';  // halves of a pair: no name sought has them
      xml::append_utf8(out, c);
    }
  } else {
    for (const char c : raw) xml::append_utf8(out, static_cast<unsigned char>(c));
  }
  return is_utf8(out) ? out : std::string();
}

// The last step of a path, without control characters.
std::string file_name(std::string text) {
  text.erase(0, text.find_last_of("/\\") + 1);
  std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (text.size() > kNameBytesMax) text.resize(kNameBytesMax);
  while (!is_utf8(text)) text.pop_back();
  return text == "." || text == ".." ? std::string() : text;
}

class Collector {
 public:
  explicit Collector(File& file) : file_(file) {}

  Result<std::vector<Embedded>> collect() {
    TRY_ASSIGN(const Value names, file_.resolve(file_.root().at("Names")));
    TRY(walk(names.at("EmbeddedFiles"), 0));
    TRY_ASSIGN(const Value associated, file_.resolve(file_.root().at("AF")));
    if (const Value::Array* const list = associated.array()) {
      for (const Value& item : *list) TRY(take(item, {}));
    } else if (associated.dictionary() != nullptr) {
      TRY(take(file_.root().at("AF"), {}));
    }
    return std::move(out_);
  }

 private:
  // ISO 32000-1 §7.9.6: a tree whose leaves hold pairs of name and file specification.
  Result<> walk(const Value& node, unsigned depth) {
    if (const Reference* const reference = node.reference())
      if (!nodes_.insert(*reference).second) return {};  // a cycle ends here
    if (++visited_ > kNodesMax || depth > kTreeDepthMax)
      return fail(Code::too_large, "its tree of embedded files is larger than is read");
    TRY_ASSIGN(const Value resolved, file_.resolve(node));
    TRY_ASSIGN(const Value names, file_.resolve(resolved.at("Names")));
    if (const Value::Array* const pairs = names.array())
      for (std::size_t i = 0; i + 1 < pairs->size(); i += 2) {
        TRY_ASSIGN(const Value key, file_.resolve((*pairs)[i]));
        TRY(take((*pairs)[i + 1], key.text() == nullptr ? View() : View(*key.text())));
      }
    TRY_ASSIGN(const Value kids, file_.resolve(resolved.at("Kids")));
    if (const Value::Array* const list = kids.array())
      for (const Value& kid : *list) TRY(walk(kid, depth + 1));
    return {};
  }

  // A file specification (§7.11.3) with a stream of its own.
  Result<> take(const Value& given, View key) {
    if (const Reference* const reference = given.reference())
      if (!specifications_.insert(*reference).second) return {};
    TRY_ASSIGN(const Value specification, file_.resolve(given));
    TRY_ASSIGN(const Value files, file_.resolve(specification.at("EF")));
    const Value& stream = files.at("F").is_null() ? files.at("UF") : files.at("F");
    if (stream.reference() == nullptr) return {};  // it names a file elsewhere
    if (!streams_.insert(*stream.reference()).second) return {};
    TRY_ASSIGN(const Object object, file_.load(*stream.reference()));
    if (!object.is_stream) return {};
    if (out_.size() == kFilesMax)
      return fail(Code::too_large, "it has more than the " + std::to_string(kFilesMax) +
                                       " embedded files that are read");
    Embedded& embedded = out_.emplace_back();
    for (const View entry : {View("UF"), View("F")}) {
      TRY_ASSIGN(const Value name, file_.resolve(specification.at(entry)));
      if (embedded.name.empty() && name.text() != nullptr)
        embedded.name = file_name(text_of(*name.text()));
    }
    if (embedded.name.empty()) embedded.name = file_name(text_of(key));
    TRY_ASSIGN(const Value relationship, file_.resolve(specification.at("AFRelationship")));
    embedded.relationship = plain(relationship.name());
    TRY_ASSIGN(const Value type, file_.resolve(object.value.at("Subtype")));
    embedded.media_type = plain(type.name());
    TRY_ASSIGN(embedded.bytes, file_.unpack(object));
    return {};
  }

  // The name when it is ASCII that can be shown, else nothing.
  static std::string plain(View name) {
    const bool shown = std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F; });
    return shown && name.size() <= kNameBytesMax ? std::string(name) : std::string();
  }

  File& file_;
  std::set<Reference> nodes_;
  std::set<Reference> specifications_;
  std::set<Reference> streams_;
  std::size_t visited_ = 0;
  std::vector<Embedded> out_;
};

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_xml(const Embedded& file) {
  const std::string type = lower(file.media_type);
  return type == "text/xml" || type == "application/xml" || lower(file.name).ends_with(".xml");
}

bool is_of_document(const Embedded& file) {
  return file.relationship == "Alternative" || file.relationship == "Data" ||
         file.relationship == "Source";
}

}  // namespace

bool begins_as_pdf(View bytes) {
  const View head = bytes.substr(0, kMarkWithin);
  const std::size_t at = head.find(kMark);
  if (at == View::npos || at + kMark.size() >= head.size()) return false;
  const char version = head[at + kMark.size()];
  return version == '1' || version == '2';
}

Result<std::vector<Embedded>> embedded_files(View bytes) {
  if (!begins_as_pdf(bytes)) return fail(Code::invalid, "it does not begin as a PDF");
  File file(bytes);
  auto opened = file.open();
  if (opened) {
    auto files = Collector(file).collect();
    if (files || !file.damaged()) return files;
  } else if (!file.damaged()) {
    return std::unexpected(std::move(opened).error());
  }
  File found(bytes);
  TRY(found.recover());
  return Collector(found).collect();
}

const Embedded* invoice_of(const std::vector<Embedded>& files) {
  for (const View name : kInvoiceNames)
    for (const Embedded& file : files)
      if (lower(file.name) == name) return &file;
  const Embedded* out = nullptr;
  for (const Embedded& file : files) {
    if (!is_xml(file) || !is_of_document(file)) continue;
    if (out != nullptr) return nullptr;
    out = &file;
  }
  return out;
}

}  // namespace corridor::pdf
