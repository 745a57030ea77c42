// SPDX-License-Identifier: Apache-2.0
//
// Reads an INVOIC message into the semantic fields of basic/invoice.h: the qualifiers of directory
// D.14B as CEN/TS 16931-3-4 binds them, and beside them the ones older directories use for the
// same thing (MOA 8 in allowances, 77 and 86 as totals, NAD SU and IV). Nothing is judged here.
//
//   InvoicReader reader(segments.where());
//   while (segments.next() && segments.tag() != "UNT") reader.see(segments);
#pragma once

#include "documents/basic/invoice.h"
#include "documents/edifact/segments.h"

namespace corridor::documents {

class InvoicReader {
 public:
  explicit InvoicReader(Where message);
  void see(const Segments& in);
  // Once all segments were seen.
  [[nodiscard]] const Invoice& finish();

 private:
  enum class Section : std::uint8_t { header, lines, summary };
  enum class Group : std::uint8_t {
    none,
    reference,
    party,
    other_party,
    terms,
    allowance,
    subtotal
  };

  void see_bgm(const Segments& in);
  void see_dtm(const Segments& in);
  void see_ftx(const Segments& in);
  void see_nad(const Segments& in);
  void see_rff(const Segments& in);
  void see_cux(const Segments& in);
  void see_terms(const Segments& in);
  void see_alc(const Segments& in);
  void see_tax(const Segments& in);
  void see_moa(const Segments& in);
  void see_lin(const Segments& in);
  void see_qty(const Segments& in);
  void see_pri(const Segments& in);
  void see_imd(const Segments& in);
  void see_uns(const Segments& in);
  void summary_amount(const Segments& in, View qualifier);
  void amount(Amount& field, const Segments& in);
  void day(Day& field, const Segments& in);
  void enter(Group next);
  bool room();

  struct Handler {
    View tag;
    void (InvoicReader::*see)(const Segments& in);
  };
  static const Handler kHandlers[];

  Invoice invoice_;
  Section section_ = Section::header;
  Group group_ = Group::none;
  Party* party_ = nullptr;  // of group party
  Party supplier_;          // NAD SU and IV, for a message without SE and BY
  Party invoicee_;
  Amount total_;          // MOA 77
  Amount message_total_;  // MOA 86
};

}  // namespace corridor::documents
