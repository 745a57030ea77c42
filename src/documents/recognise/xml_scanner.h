// SPDX-License-Identifier: Apache-2.0
//
// XML as a stream of events over bytes that may end anywhere; private to recognition. Namespaces
// are resolved, entities of text are not; what is not well-formed ends the stream.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace corridor::documents {

class XmlScanner {
 public:
  enum class Event { open, close, text, end };

  explicit XmlScanner(View text) : text_(text) {}

  Event next();
  // Of the element that was opened or closed; the document element has 1.
  [[nodiscard]] unsigned depth() const { return depth_; }
  [[nodiscard]] View local() const { return local_; }  // of the one that was opened
  [[nodiscard]] View space() const { return space_; }
  // A piece of text as written, or of a CDATA section.
  [[nodiscard]] View text() const { return piece_; }
  [[nodiscard]] bool is_cdata() const { return cdata_; }

 private:
  struct Binding {
    View prefix;
    View space;
    unsigned depth;
  };

  Event stop();
  Event open_element();
  Event close_element();
  bool skip_past(View end);
  bool skip_doctype();
  bool read_attributes();
  bool bind(View name, View value);
  [[nodiscard]] View resolve(View prefix) const;
  void leave();

  View text_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  bool leaving_ = false;  // the element at depth_ was reported closed
  bool empty_ = false;    // the element at depth_ has no content
  bool cdata_ = false;
  View local_;
  View space_;
  View piece_;
  std::vector<Binding> bindings_;
  std::list<std::string> rewritten_;  // namespaces that had references in them
};

// Text with its references resolved and its line ends as XML wants them, appended; false for a
// reference that means nothing.
bool append_text(std::string& out, View text, bool cdata);

}  // namespace corridor::documents
