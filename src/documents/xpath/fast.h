// SPDX-License-Identifier: Apache-2.0
//
// The fast evaluator. It gives the plain one's answers (a test compares them on generated
// expressions and mutated documents) and differs in how:
//
// - whether a path has nodes is found without collecting them, and by the list of the rarest way
// in:
//   the children of a node are scanned, or the document's few nodes of that name are looked at;
// - strings, single values and comparisons pass by without sequences being made of them;
// - code lists are sets, patterns are compiled, "//x" is the list of x;
// - what depends on the document only is computed once for it, under a number that equal
// expressions
//   share, and what is asked of a node in several places once for each node (not for nodes of the
//   rules' own documents); a large list compared with another is hashed.
//
// As XPath 2.0 §2.3.4 allows, an error in a part that need not be evaluated may not be seen.
#pragma once

#include "documents/xpath/evaluate.h"
#include "documents/xpath/optimise.h"

namespace corridor::xpath {

class Fast final : public Evaluator {
 public:
  Fast(const Program& program, const xml::Tree& document, Time now);

 protected:
  Seq evaluate(const Expression& e, const Focus& focus) override;
  bool boolean(const Expression& e, const Focus& focus) override;

 private:
  // Calls `found` for the nodes of a step, in document order, until it says true.
  template <class Found>
  bool each(const Expression& step, const Item& context, Found&& found);
  template <class Found>
  bool each_child(const xml::Tree& tree, xml::NodeId parent, xml::NameId name, Found&& found);
  // The nodes of a path from its `from`-th part on.
  template <class Found>
  bool walk(const Expression& path, std::size_t from, const Item& context, Found&& found);
  template <class Found>
  bool walk(const Expression& path, std::size_t from, std::size_t to, const Item& context,
            Found&& found);
  template <class Found>
  bool walk(const Expression& path, const Focus& focus, Found&& found);
  template <class Found>
  bool walk_to_tail(const Expression& path, const Focus& focus, Found&& found);
  bool tail_values(const Expression& e, const Focus& focus, Items& out);
  // The atomic values of an expression.
  template <class Found>
  bool each_atom(const Expression& e, const Focus& focus, Found&& found);
  bool passes(const Expression& step, const Item& node);

  Item nth_child(const Expression& step, const Item& context, std::int64_t left);
  template <class Found>
  bool each_far(const Expression& step, const xml::Tree& tree, xml::NodeId context,
                xml::NameId name, Found&& found);
  template <class Found>
  bool each_above(const Expression& step, const Item& context, Found&& found);
  template <class Found>
  bool walk_indexed(const Expression& path, Seq parents, Found&& found);

  // Nodes of the step's name that its predicate `value = 'literal'` holds for, from an index of the
  // document, in its order; nothing where there is none. The predicate is asked again, so nothing depends on it.
  struct Entry {
    xml::NodeId node = 0;
    Entry* next = nullptr;
  };
  std::optional<const Entry*> looked_up(const Expression& step);
  template <class Found>
  static bool any_entry(const Entry* one, Found&& found) {
    while (one != nullptr && !found(one->node)) one = one->next;
    return one != nullptr;
  }

  bool exists(const Expression& e, const Focus& focus);
  std::optional<bool> exists_near(const Expression& e, const Focus& focus);
  std::optional<bool> exists_by_rarest(const Expression& e, const Focus& focus);
  static std::size_t occurrences(const Expression& part, const Binding& binding,
                                 const xml::Tree& tree);
  std::size_t count(const Expression& e, const Focus& focus);
  bool boolean_call(const Expression& e, const Focus& focus);
  bool text_test(const Expression& e, const Focus& focus);
  bool in_padded_list(const Expression& e, const Focus& focus);
  bool general(const Expression& e, const Focus& focus);
  bool equal_sets(Seq left, Seq right);
  // A single atomic value, or false for (); more than one is an error.
  bool atom(const Expression& e, const Focus& focus, Item& out);
  bool only_child(const Expression& step, const Item& context, Item& out);
  bool first_atom(const Expression& e, const Focus& focus, Item& out);
  bool cast_atom(const Expression& e, const Focus& focus, Item& out);
  bool arithmetic_atom(const Expression& e, const Focus& focus, Item& out);
  // As the functions' arguments of type xs:string?
  View text(const Expression& e, const Focus& focus);
  bool text_call(const Expression& e, const Focus& focus, View& out);
  View name_of(const Expression& e, const Item& node);
  bool number_call(const Expression& e, const Focus& focus, Item& out);
  Seq regex_call(const Expression& e, const Focus& focus);
  View upper(View value);
  Seq nodes(const Expression& e, const Focus& focus);
  Seq hoisted(const Expression& e, const Focus& focus);
  // What is kept for a node.
  Seq remembered(const Expression& e, const Focus& focus);
  bool remembered_boolean(const Expression& e, const Focus& focus);
  Item lasting_item(const Item& item);
  // Where it is kept; null for a node that nothing is kept for.
  struct Remembered {
    const Item* items = nullptr;  // null: not asked yet
    std::size_t size = 0;
  };
  struct Memo {                      // all of it in the memory of the check
    std::uint32_t slot = 0;          // the name and kind of the nodes that it is about
    std::uint8_t* truths = nullptr;  // by the node's place among those: 1 no, 2 yes
    Remembered* values = nullptr;
    Memo* next = nullptr;  // the same question about nodes of another name
  };
  template <class T>
  T* memo_cell(const Expression& e, const Focus& focus, T* Memo::* cells);
  void place(std::uint32_t slot, std::span<const xml::NodeId> nodes);
  // Nothing of `T` in it yet.
  template <class T>
  T* cleared(std::size_t count) {
    T* out = lasting_.array<T>(count);
    std::memset(static_cast<void*>(out), 0, count * sizeof(T));
    return out;
  }
  // Without asking whether the value is kept for the document or the node.
  Seq afresh(const Expression& e, const Focus& focus);
  bool boolean_afresh(const Expression& e, const Focus& focus);
  // Apart, so that the frames of what calls itself most stay small.
  [[gnu::noinline]] bool value_holds(const Expression& e, const Focus& focus);
  [[gnu::noinline]] bool truth_at_tail(const Expression& e, const Focus& focus);
  // Who read the expression saw to how many there are; this is asked too often to be checked.
  static const Expression& arg(const Expression& e, std::size_t i) {
    return *e.args.data()[i].get();
  }
  static bool is_kept(const Expression& e) { return (e.hoisted | e.memo) != 0; }
  static bool plain_nodes(const Expression& e) {
    return !is_kept(e) && (e.op == Op::step || e.node_path);
  }

  std::vector<Kept> hoisted_;
  std::vector<Memo> memos_;
  struct Group {  // the nodes that have a value
    View value;
    Entry* first = nullptr;
    Entry* last = nullptr;
    Group* next = nullptr;  // another value of the same hash
  };
  struct Index {
    enum class State : std::uint8_t { fresh, ready, useless } state = State::fresh;
    std::size_t mask = 0;
    Group** groups = nullptr;  // by the hash of the value, in the memory of the check
  };
  static Group*& group_of(const Index& index, View value);
  void fill(Index& index, xml::NameId name, const Expression& value);
  std::vector<Index> indexes_;
  // Of each element and attribute among those of its name; known for the slots that were asked for.
  std::uint32_t* places_ = nullptr;
  std::uint8_t* placed_ = nullptr;  // by slot
};

}  // namespace corridor::xpath
