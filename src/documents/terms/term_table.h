// SPDX-License-Identifier: Apache-2.0
//
// Tables behind terms.h: labels by language, and the words of explanations.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "documents/terms/terms.h"

namespace corridor::documents {

struct Label {
  std::string_view id;
  std::string_view text;
};
std::span<const Label> labels_en();
std::span<const Label> labels_fr();
std::span<const Label> labels_es();
std::span<const Label> labels_ru();
std::span<const Label> labels_zh();
std::span<const Label> labels_ar();

// A text in each language, in the order of Language.
using Words = std::array<std::string_view, kLanguages>;

// What a term is for, as a sentence; nullptr where we have none.
const Words* purpose_of(std::string_view term);

}  // namespace corridor::documents
