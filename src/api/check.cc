// SPDX-License-Identifier: Apache-2.0
//
// A node judges documents for whoever holds a key: what would become of this one, were it sent?
#include "api/call.h"

namespace corridor::api {

void manage_check(Call call) {
  const std::string partner(call.query_or("partner"));
  const auto examined = call.engine().examine(call.request.body, partner);
  call.answer(200, to_json(examined.report));
}

}  // namespace corridor::api
