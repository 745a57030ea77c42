// SPDX-License-Identifier: Apache-2.0
//
// What no section took. Nothing may be hidden: what has a value and no term stands here under the
// document's own name for it, and what only tells the syntax what a value means at the end.
#include <algorithm>

#include "documents/view/renderer.h"

namespace corridor::documents {

namespace {

constexpr std::size_t kNestingMax = 8;
constexpr std::size_t kSegmentsBytesMax = 4 * 1024 * 1024;

}  // namespace

// Segments of which no value has a term, each on a line of its own.
void Renderer::other_segments(const Indices& leaves, std::size_t& count) {
  xml::NodeId last = xml::kNone;
  for (const Index leaf : leaves) {
    const xml::NodeId segment = segment_of(out_.leaves[leaf].node);
    if (segment == last || segment == xml::kNone) {
      if (segment != xml::kNone) shown_[leaf] = true;
      continue;
    }
    last = segment;
    if (termed_leaf_in(segment) != out_.leaves.size()) continue;  // a qualifier: technical
    shown_[leaf] = true;
    const View tag = tree_.local(tree_.node(segment).name);
    if (tag.starts_with("UN")) continue;  // service segments are in the list of all
    if (++count > kOthersMax || full()) continue;
    const View word = code_word(CodeList::segments, tag, options_.language);
    body_.raw("<div class=\"field\"><dt>")
        .raw(word)
        .raw(word.empty() ? "<bdi>" : " <bdi class=\"code\">");
    body_.text(tag, 10);
    body_.raw("</bdi></dt><dd><bdi dir=\"auto\">");
    bool first = true;
    for (Index i = leaf_in(segment);
         i < out_.leaves.size() && out_.leaves[i].node < tree_.node(segment).end; ++i) {
      if (!std::exchange(first, false)) body_.raw(" · ");
      more_characters(body_.text(raw_value(i)));
    }
    body_.raw("</bdi>");
    for (Index i = leaf_in(segment);
         i < out_.leaves.size() && out_.leaves[i].node < tree_.node(segment).end; ++i)
      findings_at_leaf(i);
    body_.raw("</dd></div>\n");
  }
}

void Renderer::other() {
  Indices rest;
  for (Index i = 0; i < out_.leaves.size(); ++i)
    if (!shown_[i] && !out_.leaves[i].structural) rest.push_back(i);
  if (rest.empty()) return;
  Html before = std::exchange(body_, Html());
  std::size_t count = 0;
  if (edifact()) {
    Indices termed;
    std::erase_if(rest, [&](Index leaf) {
      if (out_.leaves[leaf].term == nullptr) return false;
      termed.push_back(leaf);
      return true;
    });
    for (const Index leaf : termed)
      if (++count <= kOthersMax && !full()) field(leaf, Label::full);
    other_segments(rest, count);
  } else {
    for (const Index leaf : rest) {
      if (shown_[leaf]) continue;
      const bool declared = tree_.node(out_.leaves[leaf].node).kind == xml::Kind::attribute;
      if (declared && tree_.node(out_.leaves[leaf].node).parent == tree_.root()) continue;
      if (++count <= kOthersMax && !full()) field(leaf, Label::full);
    }
  }
  Html inside = std::exchange(body_, std::move(before));
  if (count == 0) return;
  open_section(say(Say::other), "others");
  body_.raw("<dl class=\"grid\">\n").raw(inside.str()).raw("</dl>\n");
  if (count > kOthersMax) {
    body_.raw("<p class=\"more\">").raw(say(Say::more_values)).raw(" ");
    body_.number(count - kOthersMax).raw("</p>\n");
  }
  close_section();
}

void Renderer::technical() {
  if (edifact()) return segments();
  Html before = std::exchange(body_, Html());
  std::size_t count = 0;
  for (Index i = 0; i < out_.leaves.size() && count < kOthersMax && !full(); ++i) {
    if (shown_[i]) continue;
    ++count;
    shown_[i] = true;
    body_.raw("<div class=\"field\"><dt lang=\"en\" class=\"named\"><bdi>").text(name_of(i), 400);
    body_.raw("</bdi></dt><dd>");
    plain(i, "bdi");
    findings_at_leaf(i);
    body_.raw("</dd></div>\n");
  }
  Html inside = std::exchange(body_, std::move(before));
  if (count == 0) return;
  body_.raw("<details class=\"technical\"><summary>").raw(say(Say::technical));
  body_.raw("</summary>\n<dl class=\"grid\">\n").raw(inside.str()).raw("</dl></details>\n");
}

// The interchange as it came, a segment on a line; release characters are gone.
void Renderer::segments() {
  body_.raw("<details class=\"technical\"><summary>").raw(say(Say::segments)).raw("</summary>\n");
  body_.raw("<pre dir=\"ltr\">");
  const std::size_t start = body_.size();
  xml::NodeId segment = xml::kNone;
  xml::NodeId element = xml::kNone;
  std::size_t left_out = 0;
  for (Index i = 0; i < out_.leaves.size(); ++i) {
    if (full() || body_.size() - start > kSegmentsBytesMax) {
      ++left_out;
      continue;
    }
    const xml::NodeId node = out_.leaves[i].node;
    const xml::NodeId own = segment_of(node);
    if (own == xml::kNone) continue;
    if (own != segment) {
      if (segment != xml::kNone) body_.raw("\n");
      body_.text(tree_.local(tree_.node(own).name), 10);
      segment = own;
      element = xml::kNone;
    }
    if (node == own) continue;  // a segment without elements
    const xml::NodeId outer = tree_.node(node).parent;
    body_.raw(outer == element ? " : " : "  +  ");
    element = outer;
    more_characters(body_.text(raw_value(i)));
  }
  body_.raw("</pre>");
  if (left_out > 0) {
    body_.raw("<p class=\"more\">").raw(say(Say::more_values)).raw(" ").number(left_out);
    body_.raw("</p>");
  }
  body_.raw("</details>\n");
}

// A document without terms: its own names, its own nesting.
void Renderer::tree_of(xml::NodeId node, std::size_t depth) {
  bool open = false;
  const auto show = [&](Index leaf) {
    if (shown_[leaf]) return;
    if (++other_count_ > kOthersMax || full()) return;
    if (!std::exchange(open, true)) body_.raw("<dl class=\"grid\">\n");
    field(leaf, Label::full);
  };
  const xml::NodeId last = node + tree_.node(node).attributes;
  for (xml::NodeId id = node + 1; id <= last; ++id) show(leaf_in(id));
  for (xml::NodeId id = tree_.first_child(node); id != xml::kNone; id = tree_.next_sibling(id)) {
    const Index leaf = leaf_in(id);
    const bool only =
        leaf != out_.leaves.size() &&
        (leaf + 1 == out_.leaves.size() || out_.leaves[leaf + 1].node >= tree_.node(id).end);
    if (only || (leaf != out_.leaves.size() && out_.leaves[leaf].node == id)) {
      show(leaf);
    } else if (tree_.node(id).kind == xml::Kind::element && leaf != out_.leaves.size()) {
      if (std::exchange(open, false)) body_.raw("</dl>\n");
      if (other_count_ > kOthersMax || full()) continue;
      if (depth >= kNestingMax) {
        tree_of(id, depth);
        continue;
      }
      body_.raw("<section class=\"nest\"><h3 lang=\"en\"><bdi>");
      body_.text(words_of_name(tree_.local(tree_.node(id).name)), 400);
      body_.raw("</bdi></h3>\n");
      tree_of(id, depth + 1);
      body_.raw("</section>\n");
    }
  }
  if (open) body_.raw("</dl>\n");
}

}  // namespace corridor::documents
