// SPDX-License-Identifier: Apache-2.0
//
// libxml2 as a second opinion on XML Schema, for tests and the benchmark only; and the official
// schemas of ../shared as both read them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "documents/xsd/xsd.h"

#if __has_include(<libxml/parser.h>)
#define CORRIDOR_HAS_LIBXML2
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#endif

namespace corridor::xsd {

inline Open open_in(const std::filesystem::path& folder) {
  return [folder](std::string_view path) -> Result<Bytes> {
    std::ifstream file(folder / path, std::ios::binary);
    if (!file) return fail(Code::not_found, "there is no such file");
    return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  };
}

inline std::vector<std::string> schemas_below(const std::filesystem::path& folder,
                                              const std::string& part) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder / part))
    if (entry.path().extension() == ".xsd")
      out.push_back((std::filesystem::path(part) / entry.path().filename()).string());
  std::ranges::sort(out);
  return out;
}

// The documents of UBL 2.1, and the one of CII D16B.
inline std::vector<std::string> ubl_documents(const std::filesystem::path& folder) {
  return schemas_below(folder, "maindoc");
}
inline std::vector<std::string> cii_documents() {
  return {"uncefact/data/standard/CrossIndustryInvoice_100pD16B.xsd"};
}

#ifdef CORRIDOR_HAS_LIBXML2

class Oracle {
 public:
  // One schema that imports all the paths; `error` says why there is none.
  Oracle(const std::filesystem::path& folder, const std::vector<std::string>& paths) {
    xmlSetStructuredErrorFunc(nullptr, [](void*, auto*) {});
    xmlSetExternalEntityLoader([](const char* url, const char* id, xmlParserCtxtPtr context) {
      const std::string_view name = url == nullptr ? "" : url;
      if (name.find("://") != std::string_view::npos && !name.starts_with("file://"))
        return static_cast<xmlParserInputPtr>(nullptr);
      static const xmlExternalEntityLoader files = xmlNoNetExternalEntityLoader;
      return files(url, id, context);
    });
    std::string all = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n";
    for (const std::string& path : paths) {
      const auto tree = xml::parse(*open_in(folder)(path));
      const xml::NodeId root = tree->root();
      const xml::NodeId target = tree->attribute(root, tree->find_name("", "targetNamespace"));
      all += "<xs:import namespace=\"" + tree->string_value(target) + "\" schemaLocation=\"" +
             (folder / path).string() + "\"/>\n";
    }
    all += "</xs:schema>\n";
    compile(all);
  }
  explicit Oracle(const std::string& schema) { compile(schema); }
  ~Oracle() {
    xmlSchemaFreeValidCtxt(valid_);
    xmlSchemaFree(schema_);
  }
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  [[nodiscard]] bool good() const { return schema_ != nullptr; }

  using Document = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>;
  [[nodiscard]] static Document parse(const std::string& text) {
    return {xmlReadMemory(text.data(), static_cast<int>(text.size()), "d.xml", nullptr,
                          XML_PARSE_NONET | XML_PARSE_HUGE),
            xmlFreeDoc};
  }
  // 0 valid, more: not; -1: it is not even XML.
  [[nodiscard]] int judge(const std::string& text) const {
    const Document document = parse(text);
    return document == nullptr ? -1 : judge(*document);
  }
  [[nodiscard]] int judge(xmlDoc& document) const {
    last_.clear();
    return xmlSchemaValidateDoc(valid_, &document);
  }
  [[nodiscard]] const std::string& last_error() const { return last_; }

 private:
  void compile(const std::string& text) {
    xmlSchemaParserCtxtPtr parser =
        xmlSchemaNewMemParserCtxt(text.data(), static_cast<int>(text.size()));
    xmlSchemaSetParserStructuredErrors(parser, [](void*, auto*) {}, nullptr);
    schema_ = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    if (schema_ == nullptr) return;
    valid_ = xmlSchemaNewValidCtxt(schema_);
    xmlSchemaSetValidStructuredErrors(
        valid_,
        [](void* self, auto* error) {
          std::string& last = static_cast<Oracle*>(self)->last_;
          if (last.empty() && error->message != nullptr) last = error->message;
        },
        this);
  }

  xmlSchemaPtr schema_ = nullptr;
  xmlSchemaValidCtxtPtr valid_ = nullptr;
  mutable std::string last_;
};

#endif

}  // namespace corridor::xsd
