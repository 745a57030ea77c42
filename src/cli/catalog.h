// SPDX-License-Identifier: Apache-2.0
//
// A peer's catalogue, page by page. Shared by `catalog` and `doctor --peer`.
#pragma once

#include "cli/node_client.h"

namespace corridor::cli {

struct CatalogRead {
  std::string participant;  // as the peer calls itself
  std::size_t datasets = 0;
  bool more = false;  // there are further pages that were not read
};
// Calls `dataset` with each Dataset as the peer sent it; of the first page only, or of all.
Result<CatalogRead> read_catalog(NodeClient& node, const std::string& peer,
                                 const std::string& address, bool all,
                                 const std::function<void(const json::Value&)>& dataset);
// {"id", "title"?, "mediaType"?, "bytes"?, "offers": [{"id", "terms"}], "formats": []} of one.
json::Value dataset_of(const json::Value& entry);

}  // namespace corridor::cli
