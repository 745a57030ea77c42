// SPDX-License-Identifier: Apache-2.0
//
// The segments that frame messages: not in the directories of UNECE but in ISO 9735, in syntax
// version 3 (and before) and in version 4. As a directory without messages, so that one piece of
// code checks both. Threads: made once, then immutable. Source: ISO 9735:1988 with its amendment 1,
// annexes; ISO 9735-1:2002 annex C, ISO 9735-5 and -8 for the names of their segments.
#pragma once

#include <span>

#include "base/bytes.h"
#include "documents/edifact/directory.h"

namespace corridor::edifact {

// `syntax_version` as UNB states it: 1 to 3 are alike, from 4 on there is the second form.
const Directory& service_directory(int syntax_version);

// Every tag that a directory's messages may use without defining it, in order.
std::span<const View> service_tags();

enum class ServiceKind : std::uint8_t {
  none,         // not a service segment
  checked,      // its elements are known here
  unchecked,    // stands where it stands: packages (ISO 9735-8), security (ISO 9735-5)
  interactive,  // of an interactive interchange (ISO 9735-3), which is not read
};
ServiceKind service_kind(View tag);

}  // namespace corridor::edifact
