// SPDX-License-Identifier: Apache-2.0
//
// SVRL (ISO/IEC 19757-3, annex D): the findings as validators of others write and read them.
// Patterns that were active are listed, rules where something was found, and every failed assertion
// or successful report with an XPath location that needs no prefix bindings.
#pragma once

#include <span>
#include <string>

#include "documents/schematron/schematron.h"

namespace corridor::schematron {

std::string write_svrl(const RuleSet& rules, const Outcome& outcome, const xml::Tree& tree);

// The run of one set of rules, to be put into a document with others.
void append_svrl(std::string& out, const RuleSet& rules, const Outcome& outcome,
                 const xml::Tree& tree);
// Findings that no Schematron made, as one pattern.
void append_svrl(std::string& out, View pattern, std::span<const Finding> findings);
std::string svrl_document(View runs, View title = {});

// /*:Invoice[namespace-uri()='…'][1]/*:ID[namespace-uri()='…'][1]
std::string svrl_location(const xml::Tree& tree, xml::NodeId node);

}  // namespace corridor::schematron
