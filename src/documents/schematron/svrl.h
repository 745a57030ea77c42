// SPDX-License-Identifier: Apache-2.0
//
// SVRL (ISO/IEC 19757-3, annex D): the findings as validators of others write and read them.
// Patterns that were active are listed, rules where something was found, and every failed assertion
// or successful report with an XPath location that needs no prefix bindings.
#pragma once

#include <string>

#include "documents/schematron/schematron.h"

namespace corridor::schematron {

std::string write_svrl(const RuleSet& rules, const Outcome& outcome, const xml::Tree& tree);

// /*:Invoice[namespace-uri()='…'][1]/*:ID[namespace-uri()='…'][1]
std::string svrl_location(const xml::Tree& tree, xml::NodeId node);

}  // namespace corridor::schematron
