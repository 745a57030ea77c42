// SPDX-License-Identifier: Apache-2.0
//
// How outgoing messages and timers are spelled on disk (Table::outbox, Table::timer).
#pragma once

#include "model/fields.h"
#include "model/step.h"

namespace corridor {

template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, StatementRef>
void fields(F& f, R& r) {
  f("subject", r.subject), f("type", r.type), f("nth", r.nth);
}

template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, Outgoing>
void fields(F& f, R& r) {
  f("id", r.id), f("process", r.process), f("peer", r.peer), f("class", r.message_class);
  f("method", r.method), f("url", r.url), f("contentType", r.content_type), f("body", r.body);
  f("blob", r.blob), f("bodySha256", r.body_sha256), f("idempotencyKey", r.idempotency_key);
  f("presented", r.presented), f("statement", r.statement), f("what", r.what);
  f("deadline", r.deadline);
}

template <class F, class R>
  requires std::same_as<std::remove_const_t<R>, Timer>
void fields(F& f, R& r) {
  f("at", r.at), f("what", r.what), f("subject", r.subject);
}

}  // namespace corridor
