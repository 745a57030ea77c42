// SPDX-License-Identifier: Apache-2.0
//
// The functions behind the table of commands (commands.cc), by file.
#pragma once

#include "cli/command.h"

namespace corridor::cli {

Result<int> run_serve(Invocation& asked);  // serve.cc
Result<int> run_config_print(Invocation& asked);
Result<int> run_version(Invocation& asked);

Result<int> run_demo(Invocation& asked);  // demo.cc

Result<int> run_send(Invocation& asked);  // send.cc
Result<int> run_receipt(Invocation& asked);

Result<int> run_inbox_list(Invocation& asked);  // inbox.cc
Result<int> run_inbox_show(Invocation& asked);
Result<int> run_inbox_save(Invocation& asked);

Result<int> run_answer(Invocation& asked);  // answers.cc: accept, reject or query
Result<int> run_sent_list(Invocation& asked);

Result<int> run_check_stream(Invocation& asked);  // check_stream.cc
Result<int> run_check(Invocation& asked);  // offline.cc
Result<int> run_verify(Invocation& asked);

Result<int> run_explain(Invocation& asked);  // explain.cc

Result<int> run_invite(Invocation& asked);  // partners.cc
Result<int> run_join(Invocation& asked);

Result<int> run_peer_list(Invocation& asked);  // peers.cc
Result<int> run_peer_add(Invocation& asked);
Result<int> run_peer_set(Invocation& asked);
Result<int> run_peer_remove(Invocation& asked);

Result<int> run_catalog(Invocation& asked);  // catalog.cc

Result<int> run_dataset_list(Invocation& asked);  // datasets.cc
Result<int> run_dataset_show(Invocation& asked);
Result<int> run_dataset_add(Invocation& asked);
Result<int> run_dataset_remove(Invocation& asked);

Result<int> run_fetch(Invocation& asked);  // fetches.cc
Result<int> run_fetch_list(Invocation& asked);
Result<int> run_fetch_show(Invocation& asked);
Result<int> run_fetch_save(Invocation& asked);

Result<int> run_negotiation_list(Invocation& asked);  // negotiations.cc
Result<int> run_negotiation_show(Invocation& asked);
Result<int> run_negotiation_start(Invocation& asked);
Result<int> run_negotiation_move(Invocation& asked);  // by the command's verb

Result<int> run_agreement_list(Invocation& asked);  // agreements.cc
Result<int> run_agreement_show(Invocation& asked);
Result<int> run_agreement_import(Invocation& asked);
Result<int> run_agreement_terminate(Invocation& asked);

Result<int> run_transfer_list(Invocation& asked);  // transfers.cc
Result<int> run_transfer_show(Invocation& asked);
Result<int> run_transfer_request(Invocation& asked);
Result<int> run_transfer_move(Invocation& asked);  // by the command's verb

Result<int> run_instruction_list(Invocation& asked);  // instructions.cc
Result<int> run_instruction_show(Invocation& asked);
Result<int> run_instruction_add(Invocation& asked);
Result<int> run_instruction_import(Invocation& asked);
Result<int> run_instruction_remove(Invocation& asked);

Result<int> run_key_list(Invocation& asked);  // key.cc
Result<int> run_key_add(Invocation& asked);
Result<int> run_key_remove(Invocation& asked);

Result<int> run_view(Invocation& asked);  // view.cc

Result<int> run_pack_list(Invocation& asked);  // packs.cc
Result<int> run_pack_show(Invocation& asked);
Result<int> run_pack_import(Invocation& asked);
Result<int> run_pack_verify(Invocation& asked);
Result<int> run_pack_remove(Invocation& asked);
Result<int> run_pack_sign(Invocation& asked);
Result<int> run_pack_fetch(Invocation& asked);  // pack_fetch.cc

Result<int> run_doctor(Invocation& asked);  // doctor.cc

}  // namespace corridor::cli
