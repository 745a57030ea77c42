// SPDX-License-Identifier: Apache-2.0
// Recursive descent, one function a production of appendix A.1, which the comments name. Depth is
// bounded, so that no expression can exhaust the stack of who parses or runs it.
#include "documents/xpath/parser.h"

#include <array>

#include "documents/xpath/functions.h"
#include "documents/xpath/lexer.h"

namespace corridor::xpath {

namespace {

constexpr int kDepthMax = 120;    // of nested expressions
constexpr int kChainMax = 1'000;  // operators of one kind in a row
constexpr View kFunctionSpace = "http://www.w3.org/2005/xpath-functions";
constexpr View kSchemaSpace = "http://www.w3.org/2001/XMLSchema";

class Parser {
 public:
  Parser(const ParseInput& input, Environment& environment, Vocabulary& vocabulary, Arena& literals)
      : in_(input.text),
        environment_(environment),
        vocabulary_(vocabulary),
        literals_(literals),
        locals_(input.locals),
        frame_(input.frame) {}

  Result<Parsed> whole() {
    TRY_ASSIGN(ExpressionPtr expression, expr());
    TRY(end());
    return Parsed{std::move(expression), frame_};
  }
  Result<SequenceType> whole_type() {
    TRY_ASSIGN(SequenceType type, sequence_type());
    TRY(end());
    return type;
  }

 private:
  using Made = Result<ExpressionPtr>;
  Result<> end() {
    if (in_.comment_open()) return in_.wrong("a comment does not end");
    if (!in_.at_end()) return in_.wrong("this is not understood");
    return {};
  }
  ExpressionPtr make(Op op, std::size_t at) {
    auto out = std::make_unique<Expression>();
    out->op = op;
    out->at = static_cast<std::uint32_t>(at);
    return out;
  }
  ExpressionPtr make(Op op, std::size_t at, ExpressionPtr a, ExpressionPtr b = nullptr) {
    auto out = make(op, at);
    out->args.push_back(std::move(a));
    if (b) out->args.push_back(std::move(b));
    return out;
  }
  ExpressionPtr literal(const Item& item, std::size_t at) {
    auto out = make(Op::literal, at);
    out->literal = one(literals_, item);
    return out;
  }
  Result<> chain(int& count) {
    if (++count > kChainMax) return in_.wrong("the expression is too long");
    return {};
  }
  Made expr();
  Made expr_single();
  Made loop(Op op, View last_word);
  Made conditional();
  Made many(Op op, View word, Made (Parser::*operand)());
  Made or_expr() { return many(Op::or_, "or", &Parser::and_expr); }
  Made and_expr() { return many(Op::and_, "and", &Parser::comparison); }
  Made comparison();
  bool comparison_operator(Op& op, std::uint16_t& code);
  Made range();
  Made additive();
  Made multiplicative();
  Made union_expr();
  Made intersect_except();
  Made instance_of();
  Made treat();
  Made castable();
  Made cast_expr();
  Made unary();
  Made path();
  Made relative_path(ExpressionPtr start);
  [[nodiscard]] bool starts_step();
  Made step();
  Made axis_step(Axis axis, std::size_t at);
  Result<> predicates(Expression& of);
  Result<std::optional<Axis>> explicit_axis();
  Made filter();
  Made primary();
  Made variable();
  Made function_call(const Lexer::Name& name, std::size_t at);
  Made builtin(View local, std::vector<ExpressionPtr> args, std::size_t at);
  Made constructor(View local, std::vector<ExpressionPtr> args, std::size_t at);
  Made document(std::vector<ExpressionPtr> args, std::size_t at);
  Made key(std::vector<ExpressionPtr> args, std::size_t at);
  Result<NodeTest> node_test();
  Result<std::optional<NodeTest>> kind_test();
  Result<std::uint32_t> test_name(const Lexer::Name& name);
  Result<SequenceType> sequence_type();
  Result<SequenceType> single_type();
  Result<AtomicType> atomic_type(const Lexer::Name& name, std::size_t at);
  Result<std::string> space_of(View prefix, std::size_t at);
  Result<std::string> variable_name();

  Lexer in_;
  Environment& environment_;
  Vocabulary& vocabulary_;
  Arena& literals_;
  std::vector<LocalName> locals_;
  std::uint32_t frame_;
  int depth_ = 0;
};

// [2] Expr
Parser::Made Parser::expr() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr first, expr_single());
  if (!in_.sees(",")) return first;
  auto all = make(Op::sequence, at, std::move(first));
  while (in_.eat(",")) {
    TRY_ASSIGN(ExpressionPtr next, expr_single());
    all->args.push_back(std::move(next));
  }
  return all;
}

// [3] ExprSingle
Parser::Made Parser::expr_single() {
  if (++depth_ > kDepthMax) return in_.wrong("the expression is nested too deeply");
  const std::size_t at = in_.here();
  const auto follows = [&](View word, View symbol) {
    const bool yes = in_.eat_word(word) && in_.sees(symbol);
    in_.back_to(at);
    return yes;
  };
  Made out = follows("for", "$")     ? loop(Op::for_, "return")
             : follows("some", "$")  ? loop(Op::some, "satisfies")
             : follows("every", "$") ? loop(Op::every, "satisfies")
             : follows("if", "(")    ? conditional()
                                     : or_expr();
  --depth_;
  return out;
}

// [4] ForExpr, [6] QuantifiedExpr: several variables are nested loops.
Parser::Made Parser::loop(Op op, View last_word) {
  const std::size_t at = in_.here();
  (void)in_.ncname();
  const std::size_t outer = locals_.size();
  std::vector<ExpressionPtr> loops;
  do {
    if (!in_.eat("$")) return in_.wrong("a variable is expected");
    TRY_ASSIGN(std::string name, variable_name());
    if (!in_.eat_word("in")) return in_.wrong("\"in\" is expected");
    TRY_ASSIGN(ExpressionPtr source, expr_single());
    auto one_loop = make(op, at, std::move(source));
    one_loop->slot = frame_++;
    locals_.push_back({std::move(name), one_loop->slot});
    loops.push_back(std::move(one_loop));
  } while (in_.eat(","));
  if (!in_.eat_word(last_word)) return in_.wrong("\"" + std::string(last_word) + "\" is expected");
  TRY_ASSIGN(ExpressionPtr body, expr_single());
  locals_.resize(outer);
  for (auto it = loops.rbegin(); it != loops.rend(); ++it) {
    (*it)->args.push_back(std::move(body));
    body = std::move(*it);
  }
  return body;
}

// [7] IfExpr
Parser::Made Parser::conditional() {
  const std::size_t at = in_.here();
  (void)in_.ncname();
  if (!in_.eat("(")) return in_.wrong("\"(\" is expected");
  TRY_ASSIGN(ExpressionPtr test, expr());
  if (!in_.eat(")")) return in_.wrong("\")\" is expected");
  if (!in_.eat_word("then")) return in_.wrong("\"then\" is expected");
  TRY_ASSIGN(ExpressionPtr yes, expr_single());
  if (!in_.eat_word("else")) return in_.wrong("\"else\" is expected");
  TRY_ASSIGN(ExpressionPtr no, expr_single());
  auto out = make(Op::if_, at, std::move(test), std::move(yes));
  out->args.push_back(std::move(no));
  return out;
}

// [8] OrExpr, [9] AndExpr
Parser::Made Parser::many(Op op, View word, Made (Parser::*operand)()) {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr first, (this->*operand)());
  if (!in_.sees_word(word)) return first;
  auto all = make(op, at, std::move(first));
  while (in_.eat_word(word)) {
    TRY_ASSIGN(ExpressionPtr next, (this->*operand)());
    all->args.push_back(std::move(next));
  }
  return all;
}

bool Parser::comparison_operator(Op& op, std::uint16_t& code) {
  const auto found = [&](Op which, Compare how) {
    op = which;
    code = static_cast<std::uint16_t>(how);
    return true;
  };
  if (in_.eat("<<")) return op = Op::node_before, true;
  if (in_.eat(">>")) return op = Op::node_after, true;
  if (in_.eat("!=")) return found(Op::general, Compare::ne);
  if (in_.eat("<=")) return found(Op::general, Compare::le);
  if (in_.eat(">=")) return found(Op::general, Compare::ge);
  if (in_.eat("=")) return found(Op::general, Compare::eq);
  if (in_.eat("<")) return found(Op::general, Compare::lt);
  if (in_.eat(">")) return found(Op::general, Compare::gt);
  static constexpr std::array<View, 6> kWords{"eq", "ne", "lt", "le", "gt", "ge"};
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (in_.eat_word(kWords[i])) return found(Op::value, static_cast<Compare>(i));
  if (in_.eat_word("is")) return op = Op::is, true;
  return false;
}

// [10] ComparisonExpr
Parser::Made Parser::comparison() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, range());
  Op op{};
  std::uint16_t code = 0;
  if (!comparison_operator(op, code)) return left;
  TRY_ASSIGN(ExpressionPtr right, range());
  auto out = make(op, at, std::move(left), std::move(right));
  out->code = code;
  return out;
}

// [11] RangeExpr
Parser::Made Parser::range() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, additive());
  if (!in_.eat_word("to")) return left;
  TRY_ASSIGN(ExpressionPtr right, additive());
  return make(Op::range, at, std::move(left), std::move(right));
}

// [12] AdditiveExpr
Parser::Made Parser::additive() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, multiplicative());
  for (int count = 0;;) {
    const bool plus = in_.eat("+");
    if (!plus && !in_.eat("-")) return left;
    TRY(chain(count));
    TRY_ASSIGN(ExpressionPtr right, multiplicative());
    left = make(Op::arithmetic, at, std::move(left), std::move(right));
    left->code = static_cast<std::uint16_t>(plus ? Arithmetic::add : Arithmetic::subtract);
  }
}

// [13] MultiplicativeExpr
Parser::Made Parser::multiplicative() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, union_expr());
  for (int count = 0;;) {
    Arithmetic how{};
    if (in_.eat("*")) {
      how = Arithmetic::multiply;
    } else if (in_.eat_word("div")) {
      how = Arithmetic::divide;
    } else if (in_.eat_word("idiv")) {
      how = Arithmetic::integer_divide;
    } else if (in_.eat_word("mod")) {
      how = Arithmetic::modulo;
    } else {
      return left;
    }
    TRY(chain(count));
    TRY_ASSIGN(ExpressionPtr right, union_expr());
    left = make(Op::arithmetic, at, std::move(left), std::move(right));
    left->code = static_cast<std::uint16_t>(how);
  }
}

// [14] UnionExpr
Parser::Made Parser::union_expr() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr first, intersect_except());
  ExpressionPtr all;
  while (in_.eat("|") || in_.eat_word("union")) {
    if (!all) all = make(Op::union_, at, std::move(first));
    TRY_ASSIGN(ExpressionPtr next, intersect_except());
    all->args.push_back(std::move(next));
  }
  return all ? std::move(all) : std::move(first);
}

// [15] IntersectExceptExpr
Parser::Made Parser::intersect_except() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, instance_of());
  for (int count = 0;;) {
    const bool intersect = in_.eat_word("intersect");
    if (!intersect && !in_.eat_word("except")) return left;
    TRY(chain(count));
    TRY_ASSIGN(ExpressionPtr right, instance_of());
    left = make(intersect ? Op::intersect : Op::except, at, std::move(left), std::move(right));
  }
}

// [16] InstanceofExpr
Parser::Made Parser::instance_of() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, treat());
  if (!in_.eat_words("instance", "of")) return left;
  auto out = make(Op::instance_of, at, std::move(left));
  TRY_ASSIGN(out->type, sequence_type());
  if (out->type.kind == SequenceType::Kind::atomic && out->type.atomic.restriction != 0)
    return in_.wrong("\"instance of\" with a derived type is not supported", at);
  return out;
}

// [17] TreatExpr
Parser::Made Parser::treat() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, castable());
  if (!in_.eat_words("treat", "as")) return left;
  auto out = make(Op::treat, at, std::move(left));
  TRY_ASSIGN(out->type, sequence_type());
  if (out->type.kind == SequenceType::Kind::atomic && out->type.atomic.restriction != 0)
    return in_.wrong("\"treat as\" a derived type is not supported", at);
  return out;
}

// [18] CastableExpr
Parser::Made Parser::castable() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, cast_expr());
  if (!in_.eat_words("castable", "as")) return left;
  auto out = make(Op::castable, at, std::move(left));
  TRY_ASSIGN(out->type, single_type());
  return out;
}

// [19] CastExpr
Parser::Made Parser::cast_expr() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr left, unary());
  if (!in_.eat_words("cast", "as")) return left;
  auto out = make(Op::cast, at, std::move(left));
  TRY_ASSIGN(out->type, single_type());
  return out;
}

// [20] UnaryExpr
Parser::Made Parser::unary() {
  const std::size_t at = in_.here();
  bool minus = false;
  bool any = false;
  while (in_.sees("-") || in_.sees("+")) {
    any = true;
    if (in_.eat("-")) {
      minus = !minus;
    } else {
      in_.eat("+");
    }
  }
  TRY_ASSIGN(ExpressionPtr operand, path());
  if (!any) return operand;
  auto out = make(Op::negate, at, std::move(operand));
  out->code = minus ? 1 : 0;  // 0: unary plus, which still demands a number
  return out;
}

bool Parser::starts_step() {
  const std::size_t at = in_.here();
  if (in_.sees(".") || in_.sees("@") || in_.sees("*") || in_.sees("$") || in_.sees("(") ||
      in_.sees_literal()) {
    return true;
  }
  const bool name = in_.ncname().has_value();
  in_.back_to(at);
  return name;
}

// [25] PathExpr
Parser::Made Parser::path() {
  const std::size_t at = in_.here();
  if (in_.eat("//")) {
    auto start = make(Op::path, at, make(Op::root, at));
    auto deep = make(Op::step, at);
    deep->code = static_cast<std::uint16_t>(Axis::descendant_or_self);
    start->args.push_back(std::move(deep));
    TRY_ASSIGN(ExpressionPtr first, step());
    start->args.push_back(std::move(first));
    return relative_path(std::move(start));
  }
  if (in_.eat("/")) {
    if (!starts_step()) return make(Op::root, at);
    auto start = make(Op::path, at, make(Op::root, at));
    TRY_ASSIGN(ExpressionPtr first, step());
    start->args.push_back(std::move(first));
    return relative_path(std::move(start));
  }
  TRY_ASSIGN(ExpressionPtr first, step());
  if (!in_.sees("/")) return first;
  auto start = make(Op::path, at, std::move(first));
  return relative_path(std::move(start));
}

// [26] RelativePathExpr, after its first step
Parser::Made Parser::relative_path(ExpressionPtr start) {
  for (int count = 0; in_.sees("/");) {
    TRY(chain(count));
    const std::size_t at = in_.here();
    if (in_.eat("//")) {
      auto deep = make(Op::step, at);
      deep->code = static_cast<std::uint16_t>(Axis::descendant_or_self);
      start->args.push_back(std::move(deep));
    } else {
      in_.eat("/");
    }
    TRY_ASSIGN(ExpressionPtr next, step());
    start->args.push_back(std::move(next));
  }
  return start;
}

Result<std::optional<Axis>> Parser::explicit_axis() {
  static constexpr std::array<std::pair<View, Axis>, 12> kAxes{
      {{"child", Axis::child},
       {"descendant", Axis::descendant},
       {"attribute", Axis::attribute},
       {"self", Axis::self},
       {"descendant-or-self", Axis::descendant_or_self},
       {"following-sibling", Axis::following_sibling},
       {"following", Axis::following},
       {"parent", Axis::parent},
       {"ancestor", Axis::ancestor},
       {"preceding-sibling", Axis::preceding_sibling},
       {"preceding", Axis::preceding},
       {"ancestor-or-self", Axis::ancestor_or_self}}};
  const std::size_t at = in_.here();
  if (in_.eat("@")) return Axis::attribute;
  const auto word = in_.ncname();
  if (word && in_.eat("::")) {
    for (const auto& [name, axis] : kAxes)
      if (*word == name) return axis;
    return in_.wrong("the axis \"" + std::string(*word) + "\" is not supported", at);
  }
  in_.back_to(at);
  return std::optional<Axis>{};
}

// [27] StepExpr
Parser::Made Parser::step() {
  const std::size_t at = in_.here();
  if (in_.eat("..")) {
    auto out = make(Op::step, at);
    out->code = static_cast<std::uint16_t>(Axis::parent);
    TRY(predicates(*out));
    return out;
  }
  TRY_ASSIGN(const std::optional<Axis> axis, explicit_axis());
  if (axis) return axis_step(*axis, at);
  if (in_.sees_literal() || in_.sees("$") || in_.sees("(") || in_.sees(".")) return filter();
  const auto name = in_.name(true);
  if (!name)
    return in_.wrong(in_.at_end() ? "the expression ends too early" : "this is not understood");
  const bool call = name->local != "*" && name->prefix != "*" && in_.sees("(");
  static constexpr std::array<View, 7> kKinds{
      "node", "text", "comment", "processing-instruction", "element", "attribute", "document-node"};
  const bool kind =
      call && !name->has_prefix && std::ranges::find(kKinds, name->local) != kKinds.end();
  in_.back_to(at);
  if (call && !kind) return filter();
  const bool attribute = kind && name->local == "attribute";
  return axis_step(attribute ? Axis::attribute : Axis::child, at);
}

Parser::Made Parser::axis_step(Axis axis, std::size_t at) {
  auto out = make(Op::step, at);
  out->code = static_cast<std::uint16_t>(axis);
  TRY_ASSIGN(out->test, node_test());
  TRY(predicates(*out));
  return out;
}

Result<> Parser::predicates(Expression& of) {
  while (in_.eat("[")) {
    TRY_ASSIGN(ExpressionPtr predicate, expr());
    if (!in_.eat("]")) return in_.wrong("\"]\" is expected");
    of.args.push_back(std::move(predicate));
  }
  return {};
}

// [35] NodeTest
Result<NodeTest> Parser::node_test() {
  TRY_ASSIGN(const std::optional<NodeTest> kind, kind_test());
  if (kind) return *kind;
  const std::size_t at = in_.here();
  const auto name = in_.name(true);
  if (!name) return in_.wrong("a name or a node test is expected", at);
  if (!name->has_prefix && name->local == "*") return NodeTest{Test::any, 0, false};
  NodeTest test{Test::name, 0, false};
  TRY_ASSIGN(test.name, test_name(*name));
  test.wildcard = name->prefix == "*" || name->local == "*";
  return test;
}

Result<std::uint32_t> Parser::test_name(const Lexer::Name& name) {
  Vocabulary::Name wanted;
  wanted.any_space = name.prefix == "*";
  wanted.any_local = name.local == "*";
  if (!wanted.any_local) wanted.local = name.local;
  if (name.has_prefix && !wanted.any_space) {
    TRY_ASSIGN(wanted.space, space_of(name.prefix, in_.at()));
  }
  return vocabulary_.add(std::move(wanted));
}

// [54] KindTest
Result<std::optional<NodeTest>> Parser::kind_test() {
  const std::size_t at = in_.here();
  const auto word = in_.ncname();
  if (!word || !in_.eat("(")) {
    in_.back_to(at);
    return std::optional<NodeTest>{};
  }
  NodeTest test;
  if (*word == "node" || *word == "text" || *word == "comment") {
    test.kind = *word == "node" ? Test::node : *word == "text" ? Test::text : Test::comment;
  } else if (*word == "processing-instruction") {
    test.kind = Test::instruction;
    std::optional<View> target;
    if (in_.sees_literal()) {
      TRY_ASSIGN(const Item item, in_.literal(literals_));
      target = item.view();
    } else {
      target = in_.ncname();
    }
    if (target) test.name = vocabulary_.add({"", std::string(trim(*target))});
  } else if (*word == "element" || *word == "attribute") {
    test.kind = *word == "element" ? Test::element : Test::attribute;
    const auto name = in_.name(true);
    if (name && name->local != "*") {
      TRY_ASSIGN(test.name, test_name(*name));
    }
    if (in_.sees(",")) return in_.wrong("a schema type in a node test is not supported");
  } else if (*word == "document-node") {
    test.kind = Test::document;
    if (!in_.sees(")")) return in_.wrong("document-node() with an element is not supported");
  } else {
    if (*word == "schema-element" || *word == "schema-attribute")
      return in_.wrong("\"" + std::string(*word) + "\" is not supported", at);
    in_.back_to(at);
    return std::optional<NodeTest>{};
  }
  if (!in_.eat(")")) return in_.wrong("\")\" is expected");
  return test;
}

// [38] FilterExpr
Parser::Made Parser::filter() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(ExpressionPtr subject, primary());
  if (!in_.sees("[")) return subject;
  auto out = make(Op::filter, at, std::move(subject));
  TRY(predicates(*out));
  return out;
}

// [41] PrimaryExpr
Parser::Made Parser::primary() {
  const std::size_t at = in_.here();
  if (in_.sees_literal()) {
    TRY_ASSIGN(const Item item, in_.literal(literals_));
    return literal(item, at);
  }
  if (in_.eat("$")) return variable();
  if (in_.eat("(")) {
    if (in_.eat(")")) return make(Op::sequence, at);
    if (++depth_ > kDepthMax) return in_.wrong("the expression is nested too deeply");
    TRY_ASSIGN(ExpressionPtr inner, expr());
    --depth_;
    if (!in_.eat(")")) return in_.wrong("\")\" is expected");
    // A parenthesis around a step separates its predicates from those that follow.
    if (inner->op == Op::step && in_.sees("[")) return make(Op::sequence, at, std::move(inner));
    return inner;
  }
  if (in_.eat(".")) return make(Op::context, at);
  const auto name = in_.name(false);
  if (!name || !in_.eat("(")) return in_.wrong("this is not understood", at);
  return function_call(*name, at);
}

Result<std::string> Parser::variable_name() {
  const std::size_t at = in_.here();
  const auto name = in_.name(false);
  if (!name) return in_.wrong("a variable has no name");
  std::string space;
  if (name->has_prefix) {
    TRY_ASSIGN(space, space_of(name->prefix, at));
  }
  return expanded(space, name->local);
}

// [44] VarRef
Parser::Made Parser::variable() {
  const std::size_t at = in_.here();
  TRY_ASSIGN(const std::string name, variable_name());
  auto out = make(Op::variable, at);
  for (auto it = locals_.rbegin(); it != locals_.rend(); ++it) {
    if (it->name != name) continue;
    out->code = static_cast<std::uint16_t>(Scope::local);
    out->slot = it->slot;
    return out;
  }
  const auto found = environment_.variable(name);
  if (!found) {
    const View shown = View(name).substr(name.starts_with("{}") ? 2 : 0);
    return in_.wrong("the variable $" + std::string(shown) + " is not declared", at);
  }
  out->code = static_cast<std::uint16_t>(found->scope);
  out->slot = found->slot;
  return out;
}

// [48] FunctionCall, after its "("
Parser::Made Parser::function_call(const Lexer::Name& name, std::size_t at) {
  std::vector<ExpressionPtr> args;
  if (!in_.eat(")")) {
    do {
      TRY_ASSIGN(ExpressionPtr argument, expr_single());
      args.push_back(std::move(argument));
    } while (in_.eat(","));
    if (!in_.eat(")")) return in_.wrong("\")\" is expected");
  }
  std::string space(kFunctionSpace);
  if (name.has_prefix) {
    TRY_ASSIGN(space, space_of(name.prefix, at));
  }
  if (space == kFunctionSpace) return builtin(name.local, std::move(args), at);
  if (space == kSchemaSpace) return constructor(name.local, std::move(args), at);
  const auto function = environment_.function(expanded(space, name.local), args.size());
  if (!function) {
    return in_.wrong("the function " + std::string(name.prefix) + ":" + std::string(name.local) +
                         "() with " + std::to_string(args.size()) + " arguments is not declared",
                     at);
  }
  auto out = make(Op::user_call, at);
  out->slot = *function;
  out->args = std::move(args);
  return out;
}

Parser::Made Parser::builtin(View local, std::vector<ExpressionPtr> args, std::size_t at) {
  if ((local == "true" || local == "false") && args.empty())
    return literal(boolean_item(local == "true"), at);
  if (local == "document" || local == "doc") return document(std::move(args), at);
  const auto number = find_function(local);
  if (!number) return in_.wrong("the function " + std::string(local) + "() is not supported", at);
  const FunctionFacts& facts = function_table()[*number];
  if (facts.special == Special::key) return key(std::move(args), at);
  if (facts.focus_when_short && args.size() + 1 == facts.arguments_min)
    args.push_back(make(Op::context, at));
  if (args.size() < facts.arguments_min || args.size() > facts.arguments_max) {
    return in_.wrong("the function " + std::string(local) + "() with " +
                         std::to_string(args.size()) + " arguments does not exist",
                     at);
  }
  auto out = make(Op::call, at);
  out->code = *number;
  out->args = std::move(args);
  return out;
}

Parser::Made Parser::key(std::vector<ExpressionPtr> args, std::size_t at) {
  if (args.size() < 2 || args.size() > 3)
    return in_.wrong("key() takes two or three arguments", at);
  if (args[0]->op != Op::literal || args[0]->literal[0].type != Type::string)
    return in_.wrong("key() with a name that is not a literal is not supported", at);
  const View name = args[0]->literal[0].view();
  const std::size_t colon = name.find(':');
  std::string space;
  if (colon != View::npos) {
    TRY_ASSIGN(space, space_of(name.substr(0, colon), at));
  }
  const auto found =
      environment_.key(expanded(space, colon == View::npos ? name : name.substr(colon + 1)));
  if (!found) return in_.wrong("the key \"" + std::string(name) + "\" is not declared", at);
  if (args.size() == 2) args.push_back(make(Op::root, at));
  auto out = make(Op::call, at);
  out->code = *find_function("key");
  out->slot = *found;
  out->args = std::move(args);
  return out;
}

Parser::Made Parser::document(std::vector<ExpressionPtr> args, std::size_t at) {
  if (args.size() != 1 || args[0]->op != Op::literal || args[0]->literal[0].type != Type::string)
    return in_.wrong("document() with anything but one literal address is not supported", at);
  auto number = environment_.document(args[0]->literal[0].view());
  if (!number) return in_.wrong(number.error().why, at);
  auto out = make(Op::tree, at);
  out->slot = *number;
  return out;
}

// F&O §17: a constructor is a cast that passes () on.
Parser::Made Parser::constructor(View local, std::vector<ExpressionPtr> args, std::size_t at) {
  if (args.size() != 1) return in_.wrong("xs:" + std::string(local) + "() takes one argument", at);
  auto out = make(Op::cast, at, std::move(args[0]));
  out->type.kind = SequenceType::Kind::atomic;
  out->type.occurrence = Occurrence::optional;
  TRY_ASSIGN(out->type.atomic, atomic_type({{}, local, false}, at));
  return out;
}

Result<AtomicType> Parser::atomic_type(const Lexer::Name& name, std::size_t at) {
  std::string space(kSchemaSpace);
  if (name.has_prefix) {
    TRY_ASSIGN(space, space_of(name.prefix, at));
  }
  const auto type = space == kSchemaSpace ? find_type(name.local) : std::nullopt;
  if (!type) return in_.wrong("the type \"" + std::string(name.local) + "\" is not supported", at);
  return *type;
}

// [49] SingleType
Result<SequenceType> Parser::single_type() {
  const std::size_t at = in_.here();
  const auto name = in_.name(false);
  if (!name) return in_.wrong("a type is expected");
  SequenceType out;
  out.kind = SequenceType::Kind::atomic;
  TRY_ASSIGN(out.atomic, atomic_type(*name, at));
  if (out.atomic.any) return in_.wrong("xs:anyAtomicType is abstract", at);
  if (in_.eat("?")) out.occurrence = Occurrence::optional;
  return out;
}

// [50] SequenceType
Result<SequenceType> Parser::sequence_type() {
  const std::size_t at = in_.here();
  SequenceType out;
  if (in_.eat_word("empty-sequence") && in_.eat("(")) {
    if (!in_.eat(")")) return in_.wrong("\")\" is expected");
    out.kind = SequenceType::Kind::empty;
    return out;
  }
  in_.back_to(at);
  if (in_.eat_word("item") && in_.eat("(")) {
    if (!in_.eat(")")) return in_.wrong("\")\" is expected");
  } else {
    in_.back_to(at);
    TRY_ASSIGN(const std::optional<NodeTest> kind, kind_test());
    if (kind) {
      out.kind = SequenceType::Kind::node;
      out.test = *kind;
    } else {
      const auto name = in_.name(false);
      if (!name) return in_.wrong("a type is expected");
      out.kind = SequenceType::Kind::atomic;
      TRY_ASSIGN(out.atomic, atomic_type(*name, at));
    }
  }
  if (in_.eat("?")) {
    out.occurrence = Occurrence::optional;
  } else if (in_.eat("*")) {
    out.occurrence = Occurrence::many;
  } else if (in_.eat("+")) {
    out.occurrence = Occurrence::some;
  }
  return out;
}

Result<std::string> Parser::space_of(View prefix, std::size_t at) {
  if (auto space = environment_.space_of(prefix)) return std::move(*space);
  return in_.wrong("the prefix \"" + std::string(prefix) + "\" is not declared", at);
}

}  // namespace

Result<Parsed> parse(const ParseInput& input, Environment& environment, Vocabulary& vocabulary,
                     Arena& literals) {
  return Parser(input, environment, vocabulary, literals).whole();
}

Result<SequenceType> parse_sequence_type(View text, Environment& environment,
                                         Vocabulary& vocabulary) {
  Arena unused;
  return Parser({text, {}, 0}, environment, vocabulary, unused).whole_type();
}

}  // namespace corridor::xpath
