// SPDX-License-Identifier: Apache-2.0
//
// The filters of streams, undone (ISO 32000-1 §7.4); private to this folder.
#pragma once

#include <string>

#include "base/base.h"
#include "base/bytes.h"
#include "documents/pdf/values.h"

namespace corridor::pdf {

// One filter by its name, with its parameters (a dictionary without references, or null).
// `too_large` when more than `bytes_max` would come out; `invalid` by name when it is not read.
Result<Bytes> unfilter(View data, View filter, const Value& parameters, std::size_t bytes_max);

}  // namespace corridor::pdf
