// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.h"

#include <array>

namespace corridor::api {

namespace {

// table
constexpr std::array kSchemas{
    Schema{"Error", R"({"type":"object","required":["code","reason"],"properties":{
      "code":{"enum":["invalid","unauthenticated","denied","not_found","conflict","too_large","busy",
        "unavailable","timeout","peer","corrupt","internal"]},
      "reason":{"type":"array","items":{"type":"string"},"minItems":1},
      "todo":{"type":"string","description":"what to do about it"}}})"},
    Schema{"Time", R"({"type":"string","format":"date-time"})"},
    Schema{"Sha256", R"({"type":"string","pattern":"^([0-9a-f]{64})?$"})"},
    Schema{"Terms", R"({"description":"an ODRL policy, its permissions and prohibitions"})"},
    Schema{"Level", R"({"enum":["none","answered","logged","witnessed"]})"},
    Schema{"Id", R"({"type":"object","required":["id"],"properties":{"id":{"type":"string"}}})"},
    Schema{"Reason", R"({"type":"object","properties":{"reason":{"type":"string"}}})"},
    Schema{"Health", R"({"type":"object","required":["status"],"properties":{
      "status":{"enum":["ok","ready"]}}})"},
    Schema{"OpenApi", R"({"type":"object","required":["openapi","info","paths"]})"},
    Schema{"DidDocument", R"({"type":"object","required":["@context","id","verificationMethod"]})"},
    Schema{"Versions", R"({"type":"object","required":["protocolVersions"],"properties":{
      "protocolVersions":{"type":"array","minItems":1,"items":{"type":"object",
        "required":["version","path","binding"]}}}})"},

    // Dataspace Protocol 2025-1: the parts that every message has; its own schemas say the rest.
    Schema{"DspMessage", R"({"type":"object","required":["@context","@type"],"properties":{
      "@context":{"type":"array","items":{"type":"string"}},"@type":{"type":"string"}}})"},
    Schema{"CatalogRequestMessage", R"({"$ref":"#/components/schemas/DspMessage"})"},
    Schema{"Catalog", R"({"allOf":[{"$ref":"#/components/schemas/DspMessage"},{"type":"object",
      "required":["@id","participantId"],"properties":{"@type":{"const":"Catalog"},
      "dataset":{"type":"array","minItems":1}}}]})"},
    Schema{"DspDataset", R"({"type":"object","required":["@context","@id","@type","hasPolicy"]})"},
    Schema{"ContractNegotiation", R"({"allOf":[{"$ref":"#/components/schemas/DspMessage"},
      {"type":"object","required":["providerPid","consumerPid","state"]}]})"},
    Schema{"TransferProcess", R"({"allOf":[{"$ref":"#/components/schemas/DspMessage"},
      {"type":"object","required":["providerPid","consumerPid","state"]}]})"},
    Schema{"ContractNegotiationError", R"({"allOf":[{"$ref":"#/components/schemas/DspMessage"},
      {"type":"object","required":["providerPid","consumerPid"]}]})"},
    Schema{"TransferError", R"({"allOf":[{"$ref":"#/components/schemas/DspMessage"},
      {"type":"object","required":["providerPid","consumerPid"]}]})"},
    Schema{"CatalogError", R"({"$ref":"#/components/schemas/DspMessage"})"},

    // Between Corridors: docs/protocol/node.md
    Schema{"DocumentAnswer", R"({"type":"object","required":["state","exchange","received","statement"],
      "properties":{"state":{"enum":["received","refused"]},"exchange":{"type":"string"},
      "received":{"$ref":"#/components/schemas/Time"},"statement":{"type":"object"}}})"},
    Schema{"JoinMessage", R"({"type":"object","required":["invite","secret"],"properties":{
      "invite":{"type":"string"},"secret":{"type":"string"},"name":{"type":"string"},
      "kinds":{"type":"array","items":{"type":"string"}}}})"},
    Schema{"Joined", R"({"type":"object","required":["did","name"]})"},
    Schema{"LogProof", R"({"type":"object","required":["checkpoint","proofs"],"properties":{
      "checkpoint":{"type":"string"},"consistency":{"type":"array","items":{"type":"string"}},
      "proofs":{"type":"array","items":{"type":"object","required":["leaf","index","inclusion"]}}}})"},

    // Management
    Schema{"Status", R"({"type":"object","required":["did","name","version","root","now","asks",
      "commits","outbox","log"],"properties":{"did":{"type":"string"},"name":{"type":"string"},
      "version":{"type":"string"},"root":{"type":"string"},"data":{"type":"string"},
      "now":{"$ref":"#/components/schemas/Time"},
      "asks":{"type":"object","additionalProperties":{"type":"integer"}},
      "commits":{"type":"integer"},"outbox":{"type":"integer"},
      "log":{"type":"object","required":["origin","size","root"]},
      "folders":{"type":"object","required":["path","sending","unanswered"],"properties":{
        "path":{"type":"string"},"sending":{"type":"integer"},"unanswered":{"type":"integer"},
        "problem":{"type":"string"}}}}})"},
    Schema{"Report", R"({"type":"object","required":["valid","findings"],"properties":{
      "kind":{"type":"string"},"profile":{"type":"string"},"valid":{"type":"boolean"},
      "findings":{"type":"array","items":{"type":"object","required":["rule","severity","text"]}}}})"},
    Schema{"Sent", R"({"type":"object","required":["exchange","state","level","kind"],"properties":{
      "exchange":{"type":"string"},"state":{"$ref":"#/components/schemas/ExchangeState"},
      "level":{"$ref":"#/components/schemas/Level"},"kind":{"type":"string"},
      "code":{"type":"string"},"reason":{"type":"string"},
      "report":{"$ref":"#/components/schemas/Report"}}})"},
    Schema{"ExchangeState", R"({"enum":["waiting","sending","answered","refused","failed","received"]})"},
    Schema{"Exchange", R"({"type":"object","required":["exchange","role","peer","state","level","kind",
      "sha256","bytes","since"],"properties":{"exchange":{"type":"string"},
      "role":{"enum":["sender","receiver"]},"peer":{"type":"string"},
      "state":{"$ref":"#/components/schemas/ExchangeState"},
      "level":{"$ref":"#/components/schemas/Level"},"kind":{"type":"string"},"name":{"type":"string"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},"bytes":{"type":"integer"},
      "since":{"$ref":"#/components/schemas/Time"},"settled":{"$ref":"#/components/schemas/Time"},
      "agreement":{"type":"string"},"code":{"type":"string"},"reason":{"type":"string"},
      "report":{"$ref":"#/components/schemas/Report"},"peerReport":{"type":"object"}}})"},
    Schema{"Receipt", R"({"type":"object"})"},
    Schema{"Explanation", R"({"type":"object","required":["id","what"],"properties":{
      "id":{"type":"string"},"what":{"enum":["exchange","negotiation","transfer","agreement",
      "dataset","fetch"]},"exchange":{"type":"object"},"transfer":{"type":"object"},
      "negotiation":{"type":"object"},"agreement":{"type":"object"},
      "agreementRecord":{"type":"object"},"dataset":{"type":"object"},"fetch":{"type":"object"},
      "negotiations":{"type":"array"},"transfers":{"type":"array"}}})"},
    Schema{"InboxItem", R"({"type":"object","required":["id","from","kind","state","sha256","bytes",
      "received","level"],"properties":{"id":{"type":"string"},"from":{"type":"string"},
      "kind":{"type":"string"},"state":{"const":"received"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},"bytes":{"type":"integer"},
      "received":{"$ref":"#/components/schemas/Time"},"level":{"$ref":"#/components/schemas/Level"},
      "agreement":{"type":"string"},"report":{"$ref":"#/components/schemas/Report"}}})"},
    Schema{"Kinds", R"({"type":"array","items":{"type":"string"}})"},
    Schema{"Peer", R"({"type":"object","required":["did","name","url","partner","kinds"],"properties":{
      "did":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},
      "dsp":{"type":"string"},"fixedToken":{"type":"boolean"},
      "partner":{"type":"boolean"},"kinds":{"$ref":"#/components/schemas/Kinds"},
      "since":{"$ref":"#/components/schemas/Time"},"exchange":{"type":"string"}}})"},
    Schema{"PeerGone", R"({"type":"object","required":["did"]})"},
    Schema{"NewPeer", R"({"type":"object","required":["did"],"properties":{"did":{"type":"string"},
      "name":{"type":"string"},"dsp":{"type":"string"},"corridor":{"type":"string"},
      "partner":{"type":"boolean"},"kinds":{"$ref":"#/components/schemas/Kinds"},
      "token":{"type":"string","description":"the Authorization value that this peer sends"},
      "authorization":{"type":"string","description":"the one that is sent to it"},
      "terms":{"$ref":"#/components/schemas/Terms"}}})"},
    Schema{"NewInvite", R"({"type":"object","properties":{"name":{"type":"string"},
      "kinds":{"$ref":"#/components/schemas/Kinds"},"terms":{"$ref":"#/components/schemas/Terms"},
      "expires":{"type":"string","examples":["7d"]}}})"},
    Schema{"Invite", R"({"type":"object","required":["id","expires","fingerprint","invite"],
      "properties":{"id":{"type":"string"},"expires":{"$ref":"#/components/schemas/Time"},
      "fingerprint":{"type":"string"},"invite":{"type":"string"}}})"},
    Schema{"Process", R"({"type":"object","required":["id","role","peer","providerPid","consumerPid",
      "state","held","since"],"properties":{"id":{"type":"string"},
      "role":{"enum":["provider","consumer"]},"peer":{"type":"string"},
      "providerPid":{"type":"string"},"consumerPid":{"type":"string"},"kind":{"type":"string"},
      "state":{"type":"string"},"pending":{"type":"string"},"held":{"type":"boolean"},
      "why":{"type":"string"},"since":{"$ref":"#/components/schemas/Time"},
      "planned":{"type":"object","required":["do","at","instruction"]},
      "messages":{"type":"array","items":{"type":"object","required":["at","what","state"]}}}})"},
    Schema{"Negotiation", R"({"allOf":[{"$ref":"#/components/schemas/Process"},{"type":"object",
      "required":["dataset","offer","ours"],"properties":{"state":{"enum":["NONE","REQUESTED",
      "OFFERED","ACCEPTED","AGREED","VERIFIED","FINALIZED","TERMINATED"]},
      "dataset":{"type":"string"},"offer":{"type":"string"},"agreement":{"type":"string"},
      "terms":{"$ref":"#/components/schemas/Terms"},"ours":{"type":"boolean"},
      "published":{"type":"boolean"},"wanted":{"$ref":"#/components/schemas/Terms"},
      "fetch":{"type":"string"}}}]})"},
    Schema{"NewNegotiation", R"({"type":"object","required":["peer","dataset"],"properties":{
      "role":{"enum":["consumer","provider"],"default":"consumer"},"peer":{"type":"string"},
      "address":{"type":"string"},"dataset":{"type":"string"},"offer":{"type":"string"},
      "terms":{"$ref":"#/components/schemas/Terms"}}})"},
    Schema{"Brief", R"({"type":"object","required":["id","state"],"properties":{"id":{"type":"string"},
      "state":{"type":"string"},"pending":{"type":"string"},"held":{"type":"boolean"}}})"},
    Schema{"Move", R"({"type":"object","properties":{"terms":{"$ref":"#/components/schemas/Terms"},
      "code":{"type":"string"},"reason":{"type":"string"}}})"},
    Schema{"Transfer", R"({"allOf":[{"$ref":"#/components/schemas/Process"},{"type":"object",
      "required":["agreement","dataset","format"],"properties":{"state":{"enum":["NONE","REQUESTED",
      "STARTED","SUSPENDED","COMPLETED","TERMINATED"]},"agreement":{"type":"string"},
      "dataset":{"type":"string"},"format":{"type":"string"},"endpoint":{"type":"string"}}}]})"},
    Schema{"NewTransfer", R"({"type":"object","required":["agreement"],"properties":{
      "agreement":{"type":"string"},"address":{"type":"string"},
      "format":{"type":"string","default":"HttpData-PULL"}}})"},
    Schema{"AgreementBrief", R"({"type":"object","required":["id","role","peer","dataset","sha256",
      "imported","ended"],"properties":{"id":{"type":"string"},"role":{"enum":["provider","consumer"]},
      "peer":{"type":"string"},"dataset":{"type":"string"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},"imported":{"type":"boolean"},
      "ended":{"type":"boolean"}}})"},
    Schema{"Agreement", R"({"allOf":[{"$ref":"#/components/schemas/AgreementBrief"},{"type":"object",
      "required":["since","agreement"],"properties":{"since":{"$ref":"#/components/schemas/Time"},
      "agreement":{"type":"object"},"negotiation":{"type":"string"},"kind":{"type":"string"},
      "note":{"type":"string"}}}]})"},
    Schema{"NewAgreement", R"({"type":"object","required":["id","peer","role"],"properties":{
      "id":{"type":"string"},"peer":{"type":"string"},"role":{"enum":["provider","consumer"]},
      "dataset":{"type":"string"},"kind":{"type":"string"},"note":{"type":"string"},
      "timestamp":{"type":"string","format":"date-time"},
      "terms":{"$ref":"#/components/schemas/Terms"}}})"},
    Schema{"Offer", R"({"type":"object","properties":{"id":{"type":"string"},
      "terms":{"$ref":"#/components/schemas/Terms"},
      "peers":{"type":"array","items":{"type":"string"}}}})"},
    Schema{"Dataset", R"({"type":"object","required":["id","since","hasData"],"properties":{
      "id":{"type":"string"},"title":{"type":"string"},"kind":{"type":"string"},
      "mediaType":{"type":"string"},"bytes":{"type":"integer"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},
      "offers":{"type":"array","items":{"$ref":"#/components/schemas/Offer"}},
      "since":{"$ref":"#/components/schemas/Time"},"hasData":{"type":"boolean"}}})"},
    Schema{"DatasetBrief", R"({"type":"object","required":["id"],"properties":{"id":{"type":"string"},
      "title":{"type":"string"},"mediaType":{"type":"string"},"bytes":{"type":"integer"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},
      "offers":{"type":"array","items":{"type":"string"}}}})"},
    Schema{"NewDataset", R"({"type":"object","properties":{"title":{"type":"string"},
      "kind":{"type":"string"},"mediaType":{"type":"string"},
      "offers":{"type":"array","items":{"$ref":"#/components/schemas/Offer"}},
      "address":{"type":"object","required":["endpoint"],"properties":{"endpoint":{"type":"string"},
      "endpointType":{"type":"string"},"authorization":{"type":"string"}}}}})"},
    Schema{"PeerCatalog", R"({"type":"object","required":["catalog"],"properties":{
      "catalog":{"type":"object"},"next":{"type":"string"},"previous":{"type":"string"}}})"},
    Schema{"Fetch", R"({"type":"object","required":["id","peer","state","since"],"properties":{
      "id":{"type":"string"},"peer":{"type":"string"},"dataset":{"type":"string"},
      "state":{"enum":["negotiating","requesting","moving","done","failed"]},
      "negotiation":{"type":"string"},"agreement":{"type":"string"},"transfer":{"type":"string"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},"bytes":{"type":"integer"},
      "mediaType":{"type":"string"},"reason":{"type":"string"},
      "since":{"$ref":"#/components/schemas/Time"},
      "settled":{"$ref":"#/components/schemas/Time"}}})"},
    Schema{"DataAddress", R"({"type":"object","required":["endpoint","authorization"],"properties":{
      "endpoint":{"type":"string"},"endpointType":{"type":"string"},
      "authorization":{"type":"string","description":"the value of the header"}}})"},
    Schema{"StoredBytes", R"({"type":"object","required":["bytes","sha256","verified"],"properties":{
      "bytes":{"type":"integer"},"sha256":{"$ref":"#/components/schemas/Sha256"},
      "verified":{"type":"boolean"}}})"},
    Schema{"Discovery", R"({"type":"object","required":["did","steps"],"properties":{
      "did":{"type":"string"},"dsp":{"type":"string"},"corridor":{"type":"string"},
      "steps":{"type":"array","items":{"type":"object","required":["step","ok","text"]}}}})"},
    Schema{"OtherSide", R"({"type":"object","required":["state"],"properties":{
      "state":{"type":"string"},"providerPid":{"type":"string"},"consumerPid":{"type":"string"}}})"},
    Schema{"NewFetch", R"({"type":"object","required":["peer"],"properties":{"peer":{"type":"string"},
      "address":{"type":"string"},"dataset":{"type":"string"},"offer":{"type":"string"},
      "agreement":{"type":"string"},"terms":{"$ref":"#/components/schemas/Terms"}}})"},
    Schema{"Instruction", R"({"type":"object","properties":{"id":{"type":"string"},
      "process":{"enum":["negotiation","transfer"]},"on":{"type":"string"},
      "role":{"enum":["provider","consumer",""]},"peer":{"type":"string"},"kind":{"type":"string"},
      "dataset":{"type":"string"},"agreement":{"type":"string"},"nth":{"type":"integer"},
      "published":{"type":"boolean"},"when":{},"after":{"type":"integer","description":"milliseconds"},
      "do":{"enum":["hold","ask","offer","counter","accept","agree","verify","finalize","terminate",
      "start","suspend","resume","complete"]},"terms":{"$ref":"#/components/schemas/Terms"},
      "webhook":{"type":"string","description":"for ask: the subscription that is told"},
      "code":{"type":"string"},"reason":{"type":"string"}}})"},
    Schema{"NewInstructions", R"({"anyOf":[{"$ref":"#/components/schemas/Instructions"}]})"},
    Schema{"Instructions", R"({"anyOf":[{"type":"object","required":["items"],"properties":{
      "items":{"type":"array","items":{"$ref":"#/components/schemas/Instruction"}}}},
      {"$ref":"#/components/schemas/Instruction"}]})"},
    Schema{"Event", R"({"description":"CloudEvents 1.0","type":"object","required":["specversion","id",
      "source","type","subject","time","datacontenttype","data"],"properties":{
      "specversion":{"const":"1.0"},"id":{"type":"string","pattern":"^[0-9]+$"},
      "source":{"type":"string"},"type":{"type":"string","pattern":"^corridor\\."},
      "subject":{"type":"string"},"time":{"$ref":"#/components/schemas/Time"},
      "datacontenttype":{"const":"application/json"},"data":{"type":"object"}}})"},
    Schema{"Events", R"({"type":"object","required":["items","newest"],"properties":{
      "items":{"type":"array","items":{"$ref":"#/components/schemas/Event"}},
      "newest":{"type":"integer"},"next":{"type":"string"}}})"},
    Schema{"Subscription", R"({"type":"object","required":["id","url","types","signed","cursor","lost",
      "since"],"properties":{"id":{"type":"string"},"url":{"type":"string"},
      "types":{"type":"array","items":{"type":"string"}},"signed":{"type":"boolean"},
      "cursor":{"type":"integer"},"delivered":{"type":"integer"},"lost":{"type":"integer"},
      "attempts":{"type":"integer"},"lastError":{"type":"string"},
      "since":{"$ref":"#/components/schemas/Time"}}})"},
    Schema{"NewSubscription", R"({"type":"object","required":["url"],"properties":{
      "id":{"type":"string"},"url":{"type":"string"},
      "types":{"type":"array","items":{"type":"string","examples":["negotiation.*"]}},
      "secret":{"type":"string","description":"key of the Corridor-Signature header"},
      "after":{"description":"the event it begins after; without it, what happens from now on",
      "type":["integer","string"]}}})"},
    Schema{"Cursor", R"({"type":"object","required":["id","cursor"],"properties":{
      "id":{"type":"string"},"url":{"type":"string"},"cursor":{"type":"integer"}}})"},
    Schema{"After", R"({"type":"object","properties":{"after":{"type":["integer","string"],
      "default":0}}})"},
    Schema{"Pack", R"({"type":"object","required":["name","edition","sha256","signer"],"properties":{
      "name":{"type":"string"},"edition":{"type":"string"},"title":{"type":"string"},
      "publisher":{"type":"string"},"licence":{"type":"string"},
      "sha256":{"$ref":"#/components/schemas/Sha256"},
      "signer":{"type":"string"},"parts":{"type":"array","items":{"type":"string"}},
      "profiles":{"type":"array","items":{"type":"string"}},
      "refused":{"type":"string","description":"why it is not used"}}})"},
    Schema{"PacksImported", R"({"type":"object","required":["items"],"properties":{"items":{"type":"array",
      "items":{"type":"object","required":["pack","state"],"properties":{"pack":{"type":"string"},
      "state":{"enum":["installed","present","incomplete","refused"]},"why":{"type":"string"}}}}}})"},
    Schema{"PacksRemoved", R"({"type":"object","required":["removed"],"properties":{
      "removed":{"type":"array","items":{"type":"string"}}}})"},
    Schema{"Key", R"({"type":"object","required":["name","role","since"],"properties":{
      "name":{"type":"string"},"role":{"enum":["admin","read"]},
      "since":{"$ref":"#/components/schemas/Time"}}})"},
    Schema{"NewKey", R"({"type":"object","required":["name"],"properties":{"name":{"type":"string"},
      "role":{"enum":["admin","read"],"default":"read"}}})"},
    Schema{"KeyMade", R"({"type":"object","required":["name","role","key"],"properties":{
      "name":{"type":"string"},"role":{"enum":["admin","read"]},"key":{"type":"string"}}})"},
    Schema{"KeyGone", R"({"type":"object","required":["name"]})"},
};

}  // namespace

std::span<const Schema> schemas() { return kSchemas; }

}  // namespace corridor::api
