// SPDX-License-Identifier: Apache-2.0
#include "documents/application_response.h"

#include <initializer_list>

#include "documents/xml/tree.h"

namespace corridor::documents {

namespace {

constexpr View kResponse = "urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2";
constexpr View kCac = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
constexpr View kCbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
constexpr View kRam =
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100";
constexpr View kRsm = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
constexpr View kUdt = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100";
constexpr std::size_t kValueBytesMax = 500;  // of one value that is taken over
constexpr std::size_t kReadBytesMax = 16 * 1024 * 1024;

struct Step {
  View space;
  View local;
};

// The first element on a path of first children; kNone when one of them is missing.
xml::NodeId find(const xml::Tree& tree, xml::NodeId from, std::initializer_list<Step> path) {
  for (const Step& step : path) {
    const xml::NameId name = tree.find_name(step.space, step.local);
    if (name == 0 || from == xml::kNone) return xml::kNone;
    from = tree.child(from, name);
  }
  return from;
}

std::string value(const xml::Tree& tree, xml::NodeId node) {
  if (node == xml::kNone) return {};
  std::string text = tree.string_value(node);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || text.size() > kValueBytesMax) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

std::string value(const xml::Tree& tree, xml::NodeId from, std::initializer_list<Step> path) {
  return value(tree, find(tree, from, path));
}

std::string attribute(const xml::Tree& tree, xml::NodeId element, View local) {
  const xml::NameId name = tree.find_name({}, local);
  return element == xml::kNone || name == 0 ? std::string()
                                            : value(tree, tree.attribute(element, name));
}

std::string first_of(std::string a, std::string b) { return a.empty() ? b : a; }

AnsweredParty ubl_party(const xml::Tree& tree, View role) {
  AnsweredParty party;
  const auto node = find(tree, tree.root(), {{kCac, role}, {kCac, "Party"}});
  const auto endpoint = find(tree, node, {{kCbc, "EndpointID"}});
  party.endpoint = value(tree, endpoint);
  party.endpoint_scheme = attribute(tree, endpoint, "schemeID");
  party.name =
      first_of(value(tree, node, {{kCac, "PartyLegalEntity"}, {kCbc, "RegistrationName"}}),
               value(tree, node, {{kCac, "PartyName"}, {kCbc, "Name"}}));
  return party;
}

AnsweredDocument read_ubl(const xml::Tree& tree) {
  AnsweredDocument found;
  found.id = value(tree, tree.root(), {{kCbc, "ID"}});
  found.issue_date = value(tree, tree.root(), {{kCbc, "IssueDate"}});
  found.type_code = first_of(value(tree, tree.root(), {{kCbc, "InvoiceTypeCode"}}),
                             value(tree, tree.root(), {{kCbc, "CreditNoteTypeCode"}}));
  found.seller = ubl_party(tree, "AccountingSupplierParty");
  found.buyer = ubl_party(tree, "AccountingCustomerParty");
  return found;
}

AnsweredParty cii_party(const xml::Tree& tree, View role) {
  AnsweredParty party;
  const auto node = find(tree, tree.root(),
                         {{kRsm, "SupplyChainTradeTransaction"},
                          {kRam, "ApplicableHeaderTradeAgreement"},
                          {kRam, role}});
  const auto endpoint = find(tree, node, {{kRam, "URIUniversalCommunication"}, {kRam, "URIID"}});
  party.endpoint = value(tree, endpoint);
  party.endpoint_scheme = attribute(tree, endpoint, "schemeID");
  party.name = value(tree, node, {{kRam, "Name"}});
  return party;
}

AnsweredDocument read_cii(const xml::Tree& tree) {
  AnsweredDocument found;
  const auto header = find(tree, tree.root(), {{kRsm, "ExchangedDocument"}});
  found.id = value(tree, header, {{kRam, "ID"}});
  found.type_code = value(tree, header, {{kRam, "TypeCode"}});
  const std::string date =
      value(tree, header, {{kRam, "IssueDateTime"}, {kUdt, "DateTimeString"}});
  if (date.size() == 8)  // format 102: YYYYMMDD
    found.issue_date = date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 2);
  found.seller = cii_party(tree, "SellerTradeParty");
  found.buyer = cii_party(tree, "BuyerTradeParty");
  return found;
}

// A date that a schema takes as one; others' words are not repeated when they are none.
bool is_date(const std::string& text) {
  const auto time = parse_iso8601(text + "T00:00:00.000Z");
  return time && iso8601(*time).substr(0, 10) == text;
}

class Writer {
 public:
  void open(View name) {
    indent();
    out_ += "<" + std::string(name) + ">\n";
    open_.emplace_back(name);
  }
  void close() {
    const std::string name = std::move(open_.back());
    open_.pop_back();
    indent();
    out_ += "</" + name + ">\n";
  }
  // Nothing at all for an empty value.
  void leaf(View name, View text, View attribute = {}, View attribute_value = {}) {
    if (text.empty()) return;
    indent();
    out_ += "<" + std::string(name);
    if (!attribute_value.empty())
      out_ += " " + std::string(attribute) + "=\"" + escaped(attribute_value) + "\"";
    out_ += ">" + escaped(text) + "</" + std::string(name) + ">\n";
  }
  Bytes take() { return std::move(out_); }

 private:
  void indent() { out_.append(2 * (open_.size() + 1), ' '); }
  static std::string escaped(View text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const auto byte = static_cast<unsigned char>(c);
      // U+FFFE and U+FFFF are text, and no characters of XML.
      if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF") {
        i += 2;
      } else if (c == '<') {
        out += "&lt;";
      } else if (c == '>') {
        out += "&gt;";
      } else if (c == '&') {
        out += "&amp;";
      } else if (c == '"') {
        out += "&quot;";
      } else if (byte >= 0x20 || c == '\n' || c == '\t') {
        out += c;
      }
    }
    return out;
  }

  Bytes out_;
  std::vector<std::string> open_;
};

// As the document names it, where it does; the DID always.
void write_party(Writer& w, View role, const AnsweredParty& party, const Did& did) {
  w.open(role);
  w.leaf("cbc:EndpointID", party.endpoint, "schemeID", party.endpoint_scheme);
  w.open("cac:PartyIdentification");
  w.leaf("cbc:ID", did.value);
  w.close();
  if (!party.name.empty()) {
    w.open("cac:PartyLegalEntity");
    w.leaf("cbc:RegistrationName", party.name);
    w.close();
  }
  w.close();
}

void write_status(Writer& w, const ApplicationResponse& response) {
  if (response.reason_code.empty() && response.field.empty()) return;
  w.open("cac:Status");
  w.leaf("cbc:StatusReasonCode", response.reason_code);
  w.leaf("cbc:StatusReason", response.reason);
  if (!response.field.empty()) {
    w.open("cac:Condition");
    w.leaf("cbc:AttributeID", response.field);
    w.close();
  }
  w.close();
}

void write_document_response(Writer& w, const ApplicationResponse& response) {
  const std::string today = iso8601(response.at).substr(0, 10);
  w.open("cac:DocumentResponse");
  w.open("cac:Response");
  w.leaf("cbc:ResponseCode", response.response_code);
  w.leaf("cbc:Description", response.text);
  w.leaf("cbc:EffectiveDate", today);
  write_status(w, response);
  w.close();
  w.open("cac:DocumentReference");
  w.leaf("cbc:ID", response.about.id.empty() ? response.fallback_id : response.about.id);
  if (is_date(response.about.issue_date)) w.leaf("cbc:IssueDate", response.about.issue_date);
  w.leaf("cbc:DocumentTypeCode", response.about.type_code);
  w.close();
  w.close();
}

}  // namespace

AnsweredDocument read_answered(View bytes) {
  xml::Limits limits;
  limits.bytes_max = kReadBytesMax;
  const auto tree = xml::parse(bytes, limits);
  if (!tree) return {};
  const xml::NameId root = tree->node(tree->root()).name;
  const View space = tree->space(root);
  if (space == kRsm) return read_cii(*tree);
  return space.starts_with("urn:oasis:names:specification:ubl:schema:xsd:") ? read_ubl(*tree)
                                                                            : AnsweredDocument{};
}

Bytes write_application_response(const ApplicationResponse& response) {
  const std::string at = iso8601(response.at);
  Writer w;
  w.leaf("cbc:UBLVersionID", "2.1");
  w.leaf("cbc:ID", response.id);
  w.leaf("cbc:IssueDate", View(at).substr(0, 10));
  w.leaf("cbc:IssueTime", std::string(View(at).substr(11, 8)) + "Z");
  write_party(w, "cac:SenderParty", response.about.buyer, response.sender);
  write_party(w, "cac:ReceiverParty", response.about.seller, response.receiver);
  write_document_response(w, response);
  Bytes out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ApplicationResponse xmlns=\"";
  out.append(kResponse).append("\"\n    xmlns:cac=\"").append(kCac);
  out.append("\"\n    xmlns:cbc=\"").append(kCbc).append("\">\n");
  return out + w.take() + "</ApplicationResponse>\n";
}

}  // namespace corridor::documents
