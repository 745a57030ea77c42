// SPDX-License-Identifier: Apache-2.0
//
// Where a file goes once its exchange is settled, and what is written beside it: always before the file
// moves, so that whoever sees it there has all.
#include "documents/documents.h"
#include "folders/outbox.h"

namespace corridor::folders {

namespace {

using exchange::ExchangeRecord;
using exchange::ExchangeState;

json::Value refusal_json(const ExchangeRecord& record) {
  auto out = json::Value::object({{"exchange", record.id.value},
                                  {"state", state_name(record.state)},
                                  {"code", record.code},
                                  {"reason", record.reason}});
  if (record.report.is_object()) out.set("report", record.report);
  if (record.peer_report.is_object()) out.set("peerReport", record.peer_report);
  return out;
}

void append_report(std::string& text, View whose, const json::Value& report) {
  if (!report.is_object()) return;
  const auto read = report_from_json(report);
  if (!read) return;
  text += "\n" + std::string(whose) + ":\n\n" + documents::render_text(*read);
}

std::string refusal_text(const std::string& name, const ExchangeRecord& record) {
  std::string text = name + ": " + std::string(state_name(record.state)) + "\n  why: " + record.reason +
                     "\n  see: corridor explain " + record.id.value + "\n";
  append_report(text, "checked here", record.report);
  append_report(text, "checked by the partner", record.peer_report);
  return text;
}

}  // namespace

void Outbox::look(const std::string& id) {
  const auto record = parts_.engine.reading([&](const engine::Rows& rows) -> Result<ExchangeRecord> {
    TRY_ASSIGN(const auto row, rows.get(Table::exchange, id));
    if (!row) return fail(Code::not_found, "there is no exchange " + id);
    return from_bytes<ExchangeRecord>(*row);
  });
  const auto found = open_.find(id);
  if (found == open_.end()) {
    if (record) write_logged(id, *record);
    return;
  }
  if (record && (record->state == ExchangeState::waiting || record->state == ExchangeState::sending ||
                 record->state == ExchangeState::offered))
    return;
  const Open open = found->second;
  open_.erase(found);
  if (!record) {
    forget(id);
    return retry(open.item, record.error());
  }
  const auto settled = settle(open, *record);
  if (!settled || !receipts_.contains(id)) forget(id);
  finish(open.item, settled);
  if (settled) write_logged(id, *record);
}

Result<> Outbox::settle(const Open& open, const ExchangeRecord& record) {
  TRY_ASSIGN(const Folder from, folder("outbox", open.item.folder));
  const auto inside = from.look(open.item.name);
  if (!inside && inside.error().code != Code::not_found) return std::unexpected(inside.error());
  if (inside && mark_of(*inside) != open.mark) again_.insert(open.item);  // another file by now
  const bool is_there = inside && mark_of(*inside) == open.mark;
  if (!is_there) {
    parts_.env.log(Level::warning, "outbox-file-gone",
                   {{"file", open.item.folder + "/" + shown_name(open.item.name)},
                    {"exchange", record.id.value},
                    {"state", std::string(state_name(record.state))}});
    return {};
  }
  if (record.state == ExchangeState::refused || record.state == ExchangeState::failed)
    return to_refused(open.item, refusal_json(record), refusal_text(shown_name(open.item.name), record));
  return to_sent(open, record);
}

Result<> Outbox::to_sent(const Open& open, const ExchangeRecord& record) {
  TRY_ASSIGN(const Folder to, folder("sent", open.item.folder));
  std::string name = open.item.name;
  if (to.look(name)) name = record.id.value + "-" + name.substr(0, kNameBytesMax - 21);
  // A connector that is no Corridor signs no receipt.
  if (record.level != ReceiptLevel::none) {
    TRY_ASSIGN(const auto receipt, parts_.engine.receipts().receipt(record.id.value));
    const std::string beside_it = beside(name, kReceiptSuffix);
    TRY(to.write(beside_it, evidence::write_receipt(receipt)));
    if (record.level < ReceiptLevel::logged && receipts_.size() < limits::kFolderOpenMax)
      receipts_.insert_or_assign(record.id.value, Receipt{open.item.folder, beside_it});
  }
  return move_out(open.item, to, name);
}

Result<> Outbox::to_refused(const Item& item, const json::Value& report, View text) {
  TRY_ASSIGN(const Folder to, folder("refused", item.folder));
  TRY(to.write(beside(item.name, kReportSuffix), json::write_pretty(report) + "\n"));
  TRY(to.write(beside(item.name, kReportTextSuffix), shown_text(text)));
  return move_out(item, to, item.name);
}

// What stands there under this name is an earlier try of it, or the same file. Nothing is waited for:
// a move that a crash undoes is made again from the outbox.
Result<> Outbox::move_out(const Item& item, const Folder& to, View name) {
  TRY_ASSIGN(const Folder from, folder("outbox", item.folder));
  auto moved = from.move(item.name, to, std::string(name), Folder::Taken::replace);
  if (!moved && moved.error().code == Code::not_found) return {};
  return moved;
}

void Outbox::write_logged(const std::string& id, const ExchangeRecord& record) {
  const auto found = receipts_.find(id);
  if (found == receipts_.end() || record.level < ReceiptLevel::logged) return;
  const Receipt beside_it = found->second;
  receipts_.erase(found);
  forget(id);
  const auto receipt = parts_.engine.receipts().receipt(id);
  const auto to = folder("sent", beside_it.folder);
  if (!receipt || !to || !to->look(beside_it.name)) return;  // somebody took it away: it stays away
  if (auto written = to->write(beside_it.name, evidence::write_receipt(*receipt)); !written)
    parts_.env.log(Level::warning, "receipt-not-replaced", {{"exchange", id}, {"why", written.error().why}});
}

void Outbox::refuse(const Item& item, const Error& why) {
  const std::string name = shown_name(item.name);
  parts_.env.log(Level::warning, "outbox-refused",
                 {{"file", item.folder + "/" + name}, {"why", why.why}});
  auto report = json::Value::object(
      {{"state", "refused"}, {"code", code_facts(why.code).name}, {"reason", why.why}});
  std::string text = name + ": refused\n  why: " + why.why + "\n";
  if (!why.todo.empty()) {
    report.set("todo", why.todo);
    text += "  do: " + why.todo + "\n";
  }
  finish(item, to_refused(item, report, text));
}

}  // namespace corridor::folders
