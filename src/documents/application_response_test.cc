// SPDX-License-Identifier: Apache-2.0
//
// The business answer as a UBL document: what it says of the document it answers, and that whatever
// that document or a person says, it stays XML. The UBL schema judges it in test/e2e/answers_test.py.
#include "documents/application_response.h"

#include "documents/testing.h"
#include "documents/xml/tree.h"

namespace corridor::documents {

namespace {

ApplicationResponse rejection() {
  ApplicationResponse response;
  response.id = "06h-1";
  response.at = Time{1'795'751'450'000};
  response.fallback_id = "06g";
  response.sender = Did("did:web:buyer.example");
  response.receiver = Did("did:web:seller.example");
  response.response_code = "RE";
  response.reason_code = "PRI";
  response.reason = "prices are not those agreed upon";
  response.text = "40 a board was agreed";
  return response;
}

}  // namespace

TEST_CASE("a response is written as it always was") {
  ApplicationResponse response = rejection();
  response.about = {"INV-7", "2026-09-21", "380", {"0088:1", "0088", "Nordhavn Timber"}, {"", "", "Straits Joinery"}};
  response.field = "BT-146";
  const std::string expected = R"(<?xml version="1.0" encoding="UTF-8"?>
<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:ID>06h-1</cbc:ID>
  <cbc:IssueDate>2026-11-27</cbc:IssueDate>
  <cbc:IssueTime>03:50:50Z</cbc:IssueTime>
  <cac:SenderParty>
    <cac:PartyIdentification>
      <cbc:ID>did:web:buyer.example</cbc:ID>
    </cac:PartyIdentification>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Straits Joinery</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:SenderParty>
  <cac:ReceiverParty>
    <cbc:EndpointID schemeID="0088">0088:1</cbc:EndpointID>
    <cac:PartyIdentification>
      <cbc:ID>did:web:seller.example</cbc:ID>
    </cac:PartyIdentification>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Nordhavn Timber</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:ReceiverParty>
  <cac:DocumentResponse>
    <cac:Response>
      <cbc:ResponseCode>RE</cbc:ResponseCode>
      <cbc:Description>40 a board was agreed</cbc:Description>
      <cbc:EffectiveDate>2026-11-27</cbc:EffectiveDate>
      <cac:Status>
        <cbc:StatusReasonCode>PRI</cbc:StatusReasonCode>
        <cbc:StatusReason>prices are not those agreed upon</cbc:StatusReason>
        <cac:Condition>
          <cbc:AttributeID>BT-146</cbc:AttributeID>
        </cac:Condition>
      </cac:Status>
    </cac:Response>
    <cac:DocumentReference>
      <cbc:ID>INV-7</cbc:ID>
      <cbc:IssueDate>2026-09-21</cbc:IssueDate>
      <cbc:DocumentTypeCode>380</cbc:DocumentTypeCode>
    </cac:DocumentReference>
  </cac:DocumentResponse>
</ApplicationResponse>
)";
  CHECK(write_application_response(response) == expected);
}

TEST_CASE("number, date, type and parties come from the document itself, in UBL and in CII") {
  const AnsweredDocument ubl = read_answered(example("invoice-ubl.xml"));
  const AnsweredDocument cii = read_answered(example("invoice-cii.xml"));
  const AnsweredDocument note = read_answered(example("credit-note-ubl.xml"));
  for (const auto* const found : {&ubl, &cii, &note}) {
    CHECK_FALSE(found->id.empty());
    CHECK(found->issue_date.size() == 10);
    CHECK_FALSE(found->seller.name.empty());
    CHECK_FALSE(found->buyer.name.empty());
  }
  CHECK(ubl.type_code == "380");
  CHECK(cii.type_code == "380");
  CHECK(note.type_code == "381");
}

TEST_CASE("a document that says nothing of itself is named by the caller, whatever it is") {
  for (const std::string& bytes :
       {example("invoice-edifact.edi"), example("letter.txt"), std::string(), std::string("<a"),
        std::string("<a/>"), std::string(1000, '\xff')}) {
    ApplicationResponse response = rejection();
    response.about = read_answered(bytes);
    const Bytes xml = write_application_response(response);
    CHECK(xml::parse(xml).has_value());
    CHECK(xml.contains("<cbc:ID>06g</cbc:ID>"));
  }
}

TEST_CASE("words of others stay words: the response is well-formed and says them") {
  ApplicationResponse response = rejection();
  response.text = "<b>&\"'\n]]>\r\x01 \xEF\xBF\xBF \xC3\xB8";
  response.about.id = "<ID/>";
  response.about.issue_date = "2026-02-31";
  response.about.seller.endpoint = "e";
  response.about.seller.endpoint_scheme = "\"><x";
  const Bytes xml = write_application_response(response);
  const auto tree = xml::parse(xml);
  REQUIRE(tree.has_value());
  CHECK(xml.contains("&lt;b&gt;&amp;&quot;'\n]]&gt;  \xC3\xB8"));
  CHECK(xml.contains("<cbc:ID>&lt;ID/&gt;</cbc:ID>"));
  CHECK_FALSE(xml.contains("2026-02-31"));
}

TEST_CASE("every cut and every changed byte of an invoice is answered with well-formed XML") {
  const std::string invoice = example("invoice-ubl.xml");
  for (std::size_t at = 0; at < invoice.size(); at += 37) {
    ApplicationResponse response = rejection();
    response.about = read_answered(invoice.substr(0, at));
    std::string changed = invoice;
    changed[at] = static_cast<char>(changed[at] ^ 0x15);
    response.about = read_answered(changed);
    CHECK(xml::parse(write_application_response(response)).has_value());
  }
}

}  // namespace corridor::documents
