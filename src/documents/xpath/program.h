// SPDX-License-Identifier: Apache-2.0
//
// What a set of rules shares: names, functions, keys, global values, documents that came with it.
// Immutable once compiled; every check has its own Evaluator over it.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "documents/xpath/expression.h"
#include "documents/xpath/pattern.h"

namespace corridor::xpath {

struct Global {
  std::string name;
  ExpressionPtr value;
  std::uint32_t frame = 0;
};

struct KeyDefinition {
  std::string name;
  Pattern match;
  ExpressionPtr use;
  std::uint32_t frame = 0;
};

struct Program {
  Vocabulary names;
  std::vector<Function> functions;
  std::vector<KeyDefinition> keys;  // several may have the same name: `key_sets` groups them
  std::vector<std::vector<std::uint32_t>> key_sets;
  std::vector<Global> globals;
  std::vector<xml::Tree> documents;  // tree numbers 1, 2, …
  std::vector<std::string> document_paths;
  std::uint32_t hoisted = 0;         // how many values are kept for a document
  std::uint32_t memos = 0;           // how many values are kept for the nodes they are asked of
  std::uint32_t indexes = 0;         // of nodes of a name by a value, see Expression::index
  std::uint32_t general_patterns = 0;
  std::uint32_t name_memos = 0;  // pattern steps whose predicates ask for names
  Arena literals;
};

// Fills in what an expression depends on, bottom up. Functions are opaque: a call depends on its
// arguments only (a function has no focus of its own).
void analyse(Expression& expression);

}  // namespace corridor::xpath
