// SPDX-License-Identifier: Apache-2.0
//
// What the steps of the demonstration share.
#pragma once

#include "cli/child_node.h"
#include "cli/command.h"
#include "cli/sending.h"

namespace corridor::cli {

struct Demo {
  std::string documents;  // folder of the example documents
  std::string more;       // folder with ubl/ and cii/; empty: there is none
  std::string verifier;   // command of a second verifier; empty: none, `no_verifier` says why
  std::string no_verifier;
  std::unique_ptr<ChildNode> trader;
  std::unique_ptr<ChildNode> customs;
  std::string first_exchange;
  std::string second_exchange;
  Bytes second_document;
  int steps = 0;

  // Prints one step: what, how long, what it meant.
  void step(std::string_view what, std::int64_t ms, std::string_view meaning);
  // From the trader to customs.
  Result<Sent> send(const std::string& name, Bytes bytes, Duration timeout = seconds(15));
};

// Finds documents and verifiers.
Result<Demo> prepare_demo(const Invocation& asked);
// The same invoice with the next number.
Bytes next_invoice(const Bytes& invoice);
// The .xml files in these folders of `root`, sorted.
std::vector<std::string> xml_files(const std::string& root,
                                   std::initializer_list<std::string_view> folders);
std::string port_of(const ChildNode& node);

// Offline, with this program and with another one; both print their tables.
Result<> verify_here(const std::string& receipt, const std::string& document);
Result<> verify_elsewhere(const Demo& demo, const std::string& receipt);

}  // namespace corridor::cli
