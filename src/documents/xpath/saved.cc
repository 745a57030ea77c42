// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/saved.h"

#include "documents/xml/encoding.h"
#include "documents/xpath/evaluate.h"
#include "documents/xpath/functions.h"

namespace corridor::xpath {

namespace {

constexpr std::uint32_t kFrameMax = 20'000;
constexpr std::size_t kExpressionsMax = 2'000'000;

// What follows an expression's operator, so that the usual one takes three bytes.
constexpr unsigned kCode = 1;
constexpr unsigned kTest = 2;
constexpr unsigned kSlot = 4;
constexpr unsigned kType = 8;
constexpr unsigned kText = 16;
constexpr unsigned kSeparated = 32;
constexpr unsigned kHoisted = 64;
constexpr unsigned kLiteral = 128;
constexpr unsigned kMemo = 256;
constexpr unsigned kIndex = 512;

bool has_type(const Expression& e) {
  return e.op == Op::instance_of || e.op == Op::treat || e.op == Op::castable || e.op == Op::cast ||
         e.op == Op::convert;
}

// As everything that was read from the files of the rules.
bool is_xml_text(View text) {
  const auto plain = [](char c) { return (c >= ' ' && c < '\x7f') || is_xml_space(c); };
  if (std::ranges::all_of(text, plain)) return true;  // nearly always
  if (!is_utf8(text)) return false;
  for (std::size_t at = 0; at < text.size();)
    if (!xml::is_character(xml::next_character(text, at))) return false;
  return true;
}

bool binds(Op op) {
  return op == Op::for_ || op == Op::some || op == Op::every || op == Op::let;
}

// Numbers, moments and spans travel as their lexical form; only what is short does not.
bool travels_as_text(Type type) {
  return type == Type::decimal || is_moment(type) || is_span(type);
}
// Stands for the type of an integer of more than 64 bits, whose digits follow.
constexpr std::uint64_t kLongInteger = static_cast<std::uint64_t>(Type::year_month_duration) + 1;

}  // namespace

void Saver::number(std::uint64_t value) {
  while (value >= 0x80) {
    body_ += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  body_ += static_cast<char>(value);
}

void Saver::signed_number(std::int64_t value) {
  number(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
}

void Saver::text(View value) {
  const auto found = numbers_.find(value);
  if (found != numbers_.end()) return number(found->second);
  numbers_.emplace(value, sizes_.size());
  number(sizes_.size());
  pool_ += value;
  sizes_.push_back(value.size());
}

void Saver::test(const NodeTest& test) {
  number(static_cast<std::uint64_t>(test.kind));
  number(test.name);
}

void Saver::type(const SequenceType& type) {
  number(static_cast<std::uint64_t>(type.kind));
  number(static_cast<std::uint64_t>(type.occurrence));
  if (type.kind == SequenceType::Kind::atomic) number(number_of_type(type.atomic));
  if (type.kind == SequenceType::Kind::node) test(type.test);
}

void Saver::items(Seq items) {
  number(items.size());
  Arena arena;
  Runtime runtime;
  runtime.arena = &arena;
  for (const Item& item : items) {
    if (is_node(item.type)) return fail();
    const bool is_long = item.type == Type::integer && item.boxed;
    number(is_long ? kLongInteger : static_cast<std::uint64_t>(item.type));
    if (is_text(item.type)) {
      text(item.view());
    } else if (item.type == Type::boolean) {
      number(item.truth ? 1 : 0);
    } else if (is_long || travels_as_text(item.type)) {
      text(text_of(runtime, item));
    } else {
      signed_number(item.integer);  // an integer, or the bits of a double
    }
  }
}

void Saver::expression(const Expression& e) {
  if (++depth_ > kSavedDepthMax) return fail();
  const bool is_test = e.op == Op::step;
  const unsigned has = (e.code != 0 ? kCode : 0U) | (is_test ? kTest : 0U) |
                       (e.slot != 0 ? kSlot : 0U) | (has_type(e) ? kType : 0U) |
                       (e.text.empty() ? 0U : kText) | (e.separated ? kSeparated : 0U) |
                       (e.hoisted != 0 ? kHoisted : 0U) | (e.memo != 0 ? kMemo : 0U) | (e.index != 0 ? kIndex : 0U) | (e.op == Op::literal ? kLiteral : 0U);
  number(static_cast<std::uint64_t>(e.op));
  number(has);
  if ((has & kCode) != 0) number(e.code);
  if ((has & kTest) != 0) test(e.test);
  if ((has & kSlot) != 0) number(e.slot);
  if ((has & kType) != 0) type(e.type);
  if ((has & kText) != 0) text(e.text);
  if ((has & kHoisted) != 0) number(e.hoisted);
  if ((has & kMemo) != 0) number(e.memo);
  if ((has & kIndex) != 0) number(e.index), number(e.index_predicate);
  if ((has & kLiteral) != 0) return items(e.literal), void(--depth_);
  number(e.args.size());
  for (const ExpressionPtr& argument : e.args) expression(*argument);
  --depth_;
}

void Saver::unit(const ExpressionPtr& value, std::uint32_t frame) {
  if (!value || frame > kFrameMax) return fail();
  number(frame);
  expression(*value);
}

void Saver::pattern(const Pattern& pattern) {
  if (pattern.frame > kFrameMax) return fail();
  number(pattern.frame);
  number(pattern.alternatives.size());
  for (const Alternative& alternative : pattern.alternatives) {
    number((alternative.document ? 1U : 0U) | (alternative.rooted ? 2U : 0U) |
           (alternative.general ? 4U : 0U));
    if (alternative.general) expression(*alternative.general);
    number(alternative.steps.size());
    for (const PatternStep& step : alternative.steps) {
      test(step.test);
      number((step.attribute ? 1U : 0U) | (step.anywhere ? 2U : 0U));
      number(step.predicates.size());
      for (const ExpressionPtr& predicate : step.predicates) expression(*predicate);
    }
  }
}

void Saver::names(const Vocabulary& names) {
  number(names.names().size());
  for (std::size_t i = 1; i < names.names().size(); ++i) {
    const Vocabulary::Name& name = names.names()[i];
    number((name.any_space ? 1U : 0U) | (name.any_local ? 2U : 0U));
    text(name.space);
    text(name.local);
  }
}

std::optional<Bytes> Saver::finish() {
  if (!good_) return std::nullopt;
  const Bytes body = std::move(body_);
  body_.clear();
  number(sizes_.size());
  for (const std::size_t size : sizes_) number(size);
  return std::move(body_) + pool_ + body;
}

Restorer::Restorer(View bytes, Program& program)
    : program_(program), optimiser_(program), rest_(bytes) {
  read_pool();
}

void Restorer::read_pool() {
  std::vector<std::size_t> sizes;
  std::size_t total = 0;
  for (std::size_t more = count(); more > 0 && good_; --more) {
    sizes.push_back(number(rest_.size()));
    total += sizes.back();
  }
  if (!good_ || total > rest_.size()) return fail();
  View texts = program_.literals.copy(rest_.substr(0, total));
  rest_.remove_prefix(total);
  for (const std::size_t size : sizes) {
    const View text = texts.substr(0, size);
    if (!is_xml_text(text)) return fail();
    pool_.push_back(text);
    texts.remove_prefix(size);
  }
}

std::uint64_t Restorer::number(std::uint64_t most) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    if (value <= most) return value;
    break;
  }
  fail();
  return 0;
}

std::size_t Restorer::count() { return number(rest_.size()); }

std::int64_t Restorer::signed_number() {
  const std::uint64_t raw = number(UINT64_MAX);
  return static_cast<std::int64_t>(raw >> 1 ^ (0 - (raw & 1)));
}

View Restorer::text() {
  if (pool_.empty()) return fail(), View{};
  return pool_[number(pool_.size() - 1)];
}

NodeTest Restorer::test() {
  NodeTest out;
  out.kind = one_of(Test::attribute);
  const auto& names = program_.names.names();
  out.name = static_cast<std::uint32_t>(number(names.size() - 1));
  out.wildcard = names[out.name].any_space || names[out.name].any_local;
  if (out.kind == Test::name && out.name == 0) fail();
  return out;
}

SequenceType Restorer::type() {
  SequenceType out;
  out.kind = one_of(SequenceType::Kind::node);
  out.occurrence = one_of(Occurrence::some);
  if (out.kind == SequenceType::Kind::atomic) {
    const auto atomic = type_of_number(number(UINT32_MAX));
    if (!atomic) return fail(), out;
    out.atomic = *atomic;
  }
  if (out.kind == SequenceType::Kind::node) out.test = test();
  return out;
}

Item Restorer::item() {
  const std::uint64_t code = number(kLongInteger);
  const Type type = code == kLongInteger ? Type::integer : static_cast<Type>(code);
  if (is_node(type)) return fail(), Item{};
  if (is_text(type)) return text_item(text(), type);
  if (type == Type::boolean) return boolean_item(number(1) == 1);
  if (code != kLongInteger && !travels_as_text(type)) {
    Item out;
    out.type = type;
    out.integer = signed_number();
    return out;
  }
  Runtime runtime;
  runtime.arena = &program_.literals;
  Fault why;
  AtomicType to;
  to.type = type;
  const auto value = try_cast(runtime, text_item(text()), to, why);
  if (!value) return fail(), Item{};
  return *value;
}

Seq Restorer::items() {
  const std::size_t size = count();
  Items out(program_.literals);
  for (std::size_t i = 0; i < size && good_; ++i) out.push(item());
  return good_ ? out.seq() : Seq{};
}

// Local variables: slots below the frame, which hold something only where they are bound.
ExpressionPtr Restorer::unit(std::uint32_t& frame, std::uint32_t rule_variables,
                             std::uint32_t bound) {
  frame = static_cast<std::uint32_t>(number(kFrameMax));
  if (bound > frame) return fail(), nullptr;
  bound_.assign(frame, false);
  std::fill_n(bound_.begin(), bound, true);
  rule_variables_ = rule_variables;
  ExpressionPtr out = expression();
  if (good_) inspect(*out);
  return good_ ? std::move(out) : nullptr;
}

ExpressionPtr Restorer::expression() {
  auto out = std::make_unique<Expression>();
  if (++depth_ > kSavedDepthMax || ++expressions_ > kExpressionsMax) fail();
  if (good_) own(*out);
  if (good_ && out->op != Op::literal) arguments(*out);
  --depth_;
  if (!good_ || !fits(*out)) fail();
  return out;
}

void Restorer::own(Expression& e) {
  e.op = one_of(Op::tree);
  const std::uint64_t has = number(0x3ff);
  if ((has & kCode) != 0) e.code = static_cast<std::uint16_t>(number(0xffff));
  if ((has & kTest) != 0) e.test = test();
  if ((has & kSlot) != 0) e.slot = static_cast<std::uint32_t>(number(UINT32_MAX - 1));
  if ((has & kType) != 0) e.type = type();
  if ((has & kText) != 0) e.text = text();
  e.separated = (has & kSeparated) != 0;
  if ((has & kHoisted) != 0) e.hoisted = static_cast<std::uint32_t>(number(program_.hoisted));
  if ((has & kMemo) != 0) e.memo = static_cast<std::uint32_t>(number(program_.memos));
  if ((has & kIndex) != 0) {
    e.index = static_cast<std::uint32_t>(number(program_.indexes));
    e.index_predicate = static_cast<std::uint32_t>(number(UINT32_MAX));
  }
  if ((has & kLiteral) != 0) e.literal = items();
  if (((has & kLiteral) != 0) != (e.op == Op::literal) || ((has & kType) != 0) != has_type(e) ||
      ((has & kTest) != 0) != (e.op == Op::step))
    fail();
}

void Restorer::arguments(Expression& e) {
  const std::size_t size = count();
  e.args.reserve(std::min<std::size_t>(size, 64));
  if (binds(e.op) && (size != 2 || e.slot >= bound_.size())) return fail();
  for (std::size_t i = 0; i < size && good_; ++i) {
    const bool body = binds(e.op) && i == 1;
    const bool outer = body && bound_[e.slot];
    if (body) bound_[e.slot] = true;
    e.args.push_back(expression());
    if (body) bound_[e.slot] = outer;
  }
}

bool Restorer::call_fits(const Expression& e) const {
  if (e.code >= function_table().size()) return false;
  const FunctionFacts& facts = function_table()[e.code];
  if (facts.special == Special::key)
    return e.args.size() == 3 && e.slot < program_.key_sets.size();
  return e.args.size() >= facts.arguments_min && e.args.size() <= facts.arguments_max;
}

// Does the expression have the parts that whoever evaluates it takes for granted?
bool Restorer::fits(const Expression& e) const {
  const std::size_t args = e.args.size();
  switch (e.op) {
    case Op::literal:
    case Op::context:
    case Op::root: return args == 0;
    case Op::sequence:
    case Op::temporary: return true;
    case Op::tree: return args == 0 && e.slot >= 1 && e.slot <= program_.documents.size();
    case Op::variable:
      if (args != 0) return false;
      switch (e.code) {
        case static_cast<std::uint16_t>(Scope::global): return e.slot < program_.globals.size();
        case static_cast<std::uint16_t>(Scope::rule): return e.slot < rule_variables_;
        case static_cast<std::uint16_t>(Scope::local):
          return e.slot < bound_.size() && bound_[e.slot];
        default: return false;
      }
    case Op::step: return e.code <= static_cast<std::uint16_t>(Axis::deep_attribute);
    case Op::path:
    case Op::filter:
    case Op::union_:
    case Op::or_:
    case Op::and_: return args >= 1;
    case Op::general:
    case Op::value: return args == 2 && e.code <= static_cast<std::uint16_t>(Compare::ge);
    case Op::arithmetic:
      return args == 2 && e.code <= static_cast<std::uint16_t>(Arithmetic::modulo);
    case Op::intersect:
    case Op::except:
    case Op::is:
    case Op::node_before:
    case Op::node_after:
    case Op::range:
    case Op::for_:
    case Op::some:
    case Op::every:
    case Op::let: return args == 2;
    case Op::if_: return args == 3;
    case Op::negate:
    case Op::instance_of:
    case Op::treat:
    case Op::castable:
    case Op::cast:
    case Op::convert:
    case Op::fragment: return args == 1;
    case Op::call: return call_fits(e);
    case Op::user_call:
      return e.slot < program_.functions.size() &&
             args == program_.functions[e.slot].parameters.size();
  }
  return false;
}

// What analysis says of the expression, and whether what is kept for a document may be kept.
void Restorer::inspect(Expression& e) {
  analyse(e);
  const auto sound = [&](const auto& self, const Expression& part) -> bool {
    if (part.hoisted != 0 && (!depends_on_document_only(part) || !program_.documents.empty()))
      return false;
    if (part.index != 0 && (part.index_predicate >= part.args.size() ||
                            !is_lookup(part, *part.args[part.index_predicate])))
      return false;
    if (part.memo != 0 && (part.hoisted != 0 || !depends_on_node_only(part))) return false;
    return std::ranges::all_of(part.args, [&](const auto& a) { return self(self, *a); });
  };
  if (!sound(sound, e)) return fail();
  optimiser_.prepare(e);
}

Pattern Restorer::pattern() {
  Pattern out;
  out.frame = static_cast<std::uint32_t>(number(kFrameMax));
  bound_.assign(out.frame, false);
  rule_variables_ = 0;
  for (std::size_t more = count(); more > 0 && good_; --more) {
    Alternative& alternative = out.alternatives.emplace_back();
    const std::uint64_t flags = number(7);
    alternative.document = (flags & 1) != 0;
    alternative.rooted = (flags & 2) != 0;
    if ((flags & 4) != 0) {
      alternative.general = expression();
      alternative.general_number = program_.general_patterns++;
      if (good_) inspect(*alternative.general);
    }
    std::size_t steps = count();
    if ((alternative.document ? 1 : 0) + (alternative.general ? 1 : 0) +
            (steps == 0 ? 0 : 1) !=
        1)
      fail();
    for (; steps > 0 && good_; --steps) {
      PatternStep& step = alternative.steps.emplace_back();
      step.test = test();
      const std::uint64_t step_flags = number(3);
      step.attribute = (step_flags & 1) != 0;
      step.anywhere = (step_flags & 2) != 0;
      alternative.anywhere = alternative.anywhere || step.anywhere;
      for (std::size_t predicates = count(); predicates > 0 && good_; --predicates) {
        ExpressionPtr& predicate = step.predicates.emplace_back(expression());
        if (good_) inspect(*predicate);
      }
      if (good_) optimiser_.prepare(step);
    }
  }
  return out;
}

void Restorer::names(Vocabulary& names) {
  const std::size_t size = count();
  if (size == 0) return fail();
  for (std::size_t i = 1; i < size && good_; ++i) {
    const std::uint64_t flags = number(3);
    Vocabulary::Name name;
    name.any_space = (flags & 1) != 0;
    name.any_local = (flags & 2) != 0;
    name.space = text();
    name.local = text();
    if (names.add(std::move(name)) != i) fail();
  }
}

}  // namespace corridor::xpath
