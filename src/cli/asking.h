// SPDX-License-Identifier: Apache-2.0
//
// What most commands do with the node: open it, name a peer, read terms from a file, list, wait for
// a process to hear its answer.
#pragma once

#include "cli/command.h"
#include "cli/node_client.h"

namespace corridor::cli {

Result<std::unique_ptr<NodeClient>> open_node(const Invocation& asked);

// The id of the peer that is called so: by its id, or its name when only one has it. A DID that is
// not known is taken as it is; `not_found` and `conflict` say how to name it.
Result<std::string> peer_called(NodeClient& node, const Invocation& asked, const std::string& name);
// The same of --peer; empty when it was not given.
Result<std::string> peer_option(NodeClient& node, const Invocation& asked);
// DID -> name, of all peers: for lists.
Result<std::map<std::string, std::string, std::less<>>> peer_names(NodeClient& node);

// The JSON of a file; null when the option was not given.
Result<json::Value> json_of_option(const Invocation& asked, std::string_view option);
Result<json::Value> json_of_file(const std::string& path);

// "?a=b&c=d", without those that are empty.
std::string query_of(std::initializer_list<std::pair<std::string_view, std::string>> members);
// A member of JSON and the option it comes from, or any two words.
using Pairs = std::initializer_list<std::pair<const char*, const char*>>;
// Sets the member when the option was given.
void set_given(json::Value& body, const Invocation& asked, std::string_view member,
               std::string_view option);

// "a,b" as an array of text.
json::Value names_in(std::string_view text);

// Every item of a list as it is, one a line.
Result<int> say_list_json(NodeClient& node, const std::string& path);

// The process at this path (/negotiations/ID) once no message of ours waits for its answer, or as
// it is after some seconds.
Result<json::Value> heard(NodeClient& node, const std::string& path);
// A word of a hint, in quotes when it needs them.
std::string quoted(std::string_view word);
// What a move is called once it was made: "accept" -> "accepted".
std::string_view past_of(std::string_view verb);

// {"id", "state", "held", "pending"?, "agreement"?} of it.
json::Value brief_of(const json::Value& process);
// "REQUESTED", "STARTED (SUSPENDED when the other side has heard of it)", "OFFERED · waits for a
// person here: ...".
std::string state_words(const json::Value& process);

}  // namespace corridor::cli
