// SPDX-License-Identifier: Apache-2.0
#include "api/call.h"

namespace corridor::api {

namespace {

constexpr std::size_t kNone = 0;
constexpr std::size_t kMessage = limits::kMessageBytesMax;
constexpr std::size_t kAnswer = 16 * 1024;
constexpr std::size_t kAnySize = limits::kTransferBytesMax;  // taken piece by piece
constexpr std::size_t kDocument = limits::kDocumentBytesMax;
constexpr std::size_t kArchive = limits::kDocumentBytesMax;

// table
constexpr std::array kRoutes{
    Route{"GET", "/.well-known/did.json", Access::anyone, kNone, did_document},
    Route{"GET", "/.well-known/dspace-version", Access::anyone, kNone, dspace_version},
    Route{"GET", "/health", Access::anyone, kNone, health},
    Route{"GET", "/ready", Access::anyone, kNone, ready},
    Route{"GET", "/openapi.json", Access::anyone, kNone, openapi},

    // Dataspace Protocol 2025-1 §6.2, §8.2, §10.2
    Route{"POST", "/0/dsp/catalog/request", Access::peer, kMessage, dsp_catalog},
    Route{"GET", "/0/dsp/catalog/request", Access::peer, kNone, dsp_catalog},
    Route{"GET", "/0/dsp/catalog/datasets/:id", Access::peer, kNone, dsp_dataset},
    Route{"POST", "/0/dsp/negotiations/request", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/negotiations/offers", Access::peer, kMessage, dsp_message},
    Route{"GET", "/0/dsp/negotiations/:pid", Access::peer, kNone, dsp_get_negotiation},
    Route{"POST", "/0/dsp/negotiations/:pid/request", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/negotiations/:pid/offers", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/negotiations/:pid/events", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/negotiations/:pid/agreement", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/negotiations/:pid/agreement/verification", Access::peer, kMessage,
          dsp_message},
    Route{"POST", "/0/dsp/negotiations/:pid/termination", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/transfers/request", Access::peer, kMessage, dsp_message},
    Route{"GET", "/0/dsp/transfers/:pid", Access::peer, kNone, dsp_get_transfer},
    Route{"POST", "/0/dsp/transfers/:pid/start", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/transfers/:pid/completion", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/transfers/:pid/suspension", Access::peer, kMessage, dsp_message},
    Route{"POST", "/0/dsp/transfers/:pid/termination", Access::peer, kMessage, dsp_message},

    // Between Corridors: docs/protocol/node.md
    Route{"POST", "/0/corridor/v1/inbox/:pid", Access::peer, kDocument, receive_document},
    Route{"POST", "/0/corridor/v1/answers/:id", Access::peer, kAnswer, receive_answer},
    Route{"GET", "/0/corridor/v1/data/:pid", Access::anyone, kNone, data_read},
    Route{"HEAD", "/0/corridor/v1/data/:pid", Access::anyone, kNone, data_read},
    Route{"POST", "/0/corridor/v1/data/:pid", Access::anyone, kAnySize, data_put},
    Route{"PUT", "/0/corridor/v1/data/:pid", Access::anyone, kAnySize, data_put},
    Route{"POST", "/0/corridor/v1/join", Access::peer, kMessage, join_peer},
    Route{"GET", "/0/corridor/v1/log/checkpoint", Access::anyone, kNone, log_checkpoint},
    Route{"GET", "/0/corridor/v1/log/proof", Access::anyone, kNone, log_proof},
    Route{"GET", "/0/corridor/v1/log/tile/entries/*", Access::peer, kNone, log_entries},
    Route{"GET", "/0/corridor/v1/log/tile/*", Access::anyone, kNone, log_tile},

    // Management: what the command line uses
    Route{"GET", "/0/api/v1/status", Access::local, kNone, manage_status},
    Route{"POST", "/0/api/v1/send", Access::local, kDocument, manage_send},
    Route{"GET", "/0/api/v1/exchanges", Access::local, kNone, manage_exchanges},
    Route{"GET", "/0/api/v1/exchanges/:id", Access::local, kNone, manage_exchange},
    Route{"GET", "/0/api/v1/exchanges/:id/receipt", Access::local, kNone, manage_receipt},
    Route{"POST", "/0/api/v1/exchanges/:id/answer", Access::local, kAnswer, manage_answer},
    Route{"GET", "/0/api/v1/explain/:id", Access::local, kNone, manage_explain},
    Route{"GET", "/0/api/v1/inbox", Access::local, kNone, manage_inbox},
    Route{"GET", "/0/api/v1/inbox/:id", Access::local, kNone, manage_inbox_item},
    Route{"GET", "/0/api/v1/inbox/:id/document", Access::local, kNone, manage_inbox_document},
    Route{"GET", "/0/api/v1/inbox/:id/view", Access::local, kNone, manage_inbox_view},
    Route{"GET", "/0/api/v1/peers", Access::local, kNone, manage_peers},
    Route{"PUT", "/0/api/v1/peers/:did", Access::local, kMessage, manage_peer_set},
    Route{"DELETE", "/0/api/v1/peers/:did", Access::local, kNone, manage_peer_remove},
    Route{"POST", "/0/api/v1/invites", Access::local, kMessage, manage_invite},
    Route{"POST", "/0/api/v1/join", Access::local, kMessage, manage_join},
    Route{"POST", "/0/api/v1/peers", Access::local, kMessage, manage_peer_put},
    Route{"GET", "/0/api/v1/negotiations", Access::local, kNone, manage_negotiations},
    Route{"POST", "/0/api/v1/negotiations", Access::local, kMessage, manage_negotiation_start},
    Route{"GET", "/0/api/v1/negotiations/:id", Access::local, kNone, manage_negotiation},
    Route{"GET", "/0/api/v1/negotiations/:id/other-side", Access::local, kNone, manage_other_side},
    Route{"POST", "/0/api/v1/negotiations/:id/:verb", Access::local, kMessage, manage_move},
    Route{"GET", "/0/api/v1/transfers", Access::local, kNone, manage_transfers},
    Route{"POST", "/0/api/v1/transfers", Access::local, kMessage, manage_transfer_start},
    Route{"GET", "/0/api/v1/transfers/:id", Access::local, kNone, manage_transfer},
    Route{"GET", "/0/api/v1/transfers/:id/other-side", Access::local, kNone, manage_other_side},
    Route{"POST", "/0/api/v1/transfers/:id/address", Access::local, kMessage,
          manage_transfer_address},
    Route{"POST", "/0/api/v1/transfers/:id/:verb", Access::local, kMessage, manage_move},
    Route{"GET", "/0/api/v1/agreements", Access::local, kNone, manage_agreements},
    Route{"POST", "/0/api/v1/agreements", Access::local, kMessage, manage_agreement_import},
    Route{"GET", "/0/api/v1/agreements/:id", Access::local, kNone, manage_agreement},
    Route{"POST", "/0/api/v1/agreements/:id/terminate", Access::local, kMessage, manage_agreement_end},
    Route{"GET", "/0/api/v1/datasets", Access::local, kNone, manage_datasets},
    Route{"GET", "/0/api/v1/datasets/:id", Access::local, kNone, manage_dataset},
    Route{"PUT", "/0/api/v1/datasets/:id", Access::local, kMessage, manage_dataset_put},
    Route{"PUT", "/0/api/v1/datasets/:id/data", Access::local, kAnySize, manage_dataset_data},
    Route{"DELETE", "/0/api/v1/datasets/:id", Access::local, kNone, manage_dataset_remove},
    Route{"GET", "/0/api/v1/catalog", Access::local, kNone, manage_catalog},
    Route{"GET", "/0/api/v1/discover", Access::local, kNone, manage_discover},
    Route{"GET", "/0/api/v1/fetches", Access::local, kNone, manage_fetches},
    Route{"POST", "/0/api/v1/fetches", Access::local, kMessage, manage_fetch_start},
    Route{"GET", "/0/api/v1/fetches/:id", Access::local, kNone, manage_fetch},
    Route{"GET", "/0/api/v1/fetches/:id/data", Access::local, kNone, manage_fetch_data},
    Route{"GET", "/0/api/v1/instructions", Access::local, kNone, manage_instructions},
    Route{"POST", "/0/api/v1/instructions", Access::local, kMessage, manage_instruction_put},
    Route{"DELETE", "/0/api/v1/instructions/:id", Access::local, kNone, manage_instruction_remove},
    Route{"GET", "/0/api/v1/events", Access::local, kNone, manage_events},
    Route{"GET", "/0/api/v1/subscriptions", Access::local, kNone, manage_subscriptions},
    Route{"POST", "/0/api/v1/subscriptions", Access::local, kMessage, manage_subscription_put},
    Route{"DELETE", "/0/api/v1/subscriptions/:id", Access::local, kNone, manage_subscription_remove},
    Route{"POST", "/0/api/v1/subscriptions/:id/replay", Access::local, kMessage,
          manage_subscription_replay},
    Route{"GET", "/0/api/v1/keys", Access::local, kNone, manage_keys},
    Route{"POST", "/0/api/v1/keys", Access::local, kMessage, manage_key_add},
    Route{"DELETE", "/0/api/v1/keys/:name", Access::local, kNone, manage_key_remove},
    Route{"GET", "/0/api/v1/packs", Access::local, kNone, manage_packs},
    Route{"POST", "/0/api/v1/packs", Access::local, kArchive, manage_pack_import},
    Route{"POST", "/0/api/v1/packs/reload", Access::local, kMessage, manage_pack_reload},
    Route{"DELETE", "/0/api/v1/packs/:name", Access::local, kNone, manage_pack_remove},
    Route{"POST", "/0/api/v1/check", Access::local, kDocument, manage_check},
    Route{"POST", "/0/api/v1/check/stream", Access::local, kAnySize, manage_check_stream},
    Route{"GET", "/0/api/v1/metrics", Access::local, kNone, manage_metrics},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace corridor::api
