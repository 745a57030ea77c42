// SPDX-License-Identifier: Apache-2.0
#include "documents/xpath/regex.h"

#include <re2/re2.h>

#include <array>

namespace corridor::xpath {

namespace {

constexpr View kWordSet = "\\p{L}\\p{M}\\p{N}\\p{S}";  // \w: what is not P, Z or C
constexpr View kNotWordSet = "\\p{P}\\p{Z}\\p{C}";
constexpr View kSpaceSet = " \\t\\n\\r";
constexpr View kNameStartSet = "\\p{L}_:";  // \i and \c, close to the XML productions
constexpr View kNameSet = "\\p{L}\\p{M}\\p{Nd}_:.\\-\\x{b7}";
constexpr std::int64_t kMemoryBytes = 4 * 1024 * 1024;

std::unexpected<Error> bad(View why, char shown = '\0') {
  std::string text("FORX0002 ");
  if (shown != '\0') text += {'"', shown, '"', ' '};
  text += why;
  return fail(Code::invalid, std::move(text));
}

class Translator {
 public:
  Translator(View pattern, View flags) : pattern_(pattern), flags_(flags) {}

  Result<std::string> run() {
    std::string options;
    for (const char flag : flags_) {
      if (flag != 's' && flag != 'm' && flag != 'i' && flag != 'x')
        return fail(Code::invalid,
                    std::string("FORX0001 the flag \"") + flag + "\" does not exist");
      if (flag != 'x' && options.find(flag) == std::string::npos) options += flag;
      free_ = free_ || flag == 'x';
    }
    dot_all_ = options.find('s') != std::string::npos;
    if (!options.empty()) out_ = "(?" + options + ")";
    while (at_ < pattern_.size()) TRY(next());
    if (depth_ != 0) return bad("a parenthesis does not end");
    return std::move(out_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }

  Result<> next() {
    const char c = peek();
    switch (c) {
      case '\\': return escape(false);
      case '[': return char_class();
      case '.': out_ += dot_all_ ? "." : "[^\\n\\r]"; return ++at_, Result<>{};
      case '{': return quantifier();
      case '}':
      case ']': return bad("must be escaped", c);
      case '(':
        ++depth_;
        if (peek(1) == '?' && peek(2) != ':') return bad("\"(?\" is not a group of XPath");
        out_ += c;
        if (peek(1) == '?') out_ += "?:", at_ += 2;
        return ++at_, Result<>{};
      case ')':
        if (--depth_ < 0) return bad("a parenthesis closes nothing");
        break;
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        if (free_) return ++at_, Result<>{};
        break;
      default: break;
    }
    out_ += c;
    ++at_;
    return {};
  }

  Result<> quantifier() {
    const std::size_t end = pattern_.find('}', at_);
    if (end == View::npos) return bad("\"{\" must be escaped");
    const View inner = pattern_.substr(at_ + 1, end - at_ - 1);
    const std::size_t comma = inner.find(',');
    const auto digits = [](View text) {
      return text.find_first_not_of("0123456789") == View::npos && text.size() <= 6;
    };
    const View least = inner.substr(0, comma);
    const View most = comma == View::npos ? least : inner.substr(comma + 1);
    if (least.empty() || !digits(least) || !digits(most)) return bad("\"{\" must be escaped");
    out_ += pattern_.substr(at_, end + 1 - at_);
    at_ = end + 1;
    return {};
  }

  Result<> property(bool in_class) {
    const bool negated = peek(1) == 'P';
    const std::size_t end = pattern_.find('}', at_);
    if (peek(2) != '{' || end == View::npos) return bad("\\p is not followed by a category");
    const View name = pattern_.substr(at_ + 3, end - at_ - 3);
    if (name.starts_with("Is"))
      return bad("the block name \\p{" + std::string(name) + "} is not supported");
    (void)in_class;
    out_ += (negated ? "\\P{" : "\\p{") + std::string(name) + "}";
    at_ = end + 1;
    return {};
  }

  void set(View content, bool in_class, bool negated = false) {
    if (in_class) {
      out_ += content;
    } else {
      out_ += negated ? "[^" : "[";
      out_ += content;
      out_ += "]";
    }
    at_ += 2;
  }

  // [23] Esc of XML Schema and the XPath additions.
  Result<> escape(bool in_class) {
    const char c = peek(1);
    switch (c) {
      case 'd': return set("\\p{Nd}", in_class), Result<>{};
      case 'D': out_ += "\\P{Nd}"; return at_ += 2, Result<>{};
      case 's': return set(kSpaceSet, in_class), Result<>{};
      case 'w': return set(kWordSet, in_class), Result<>{};
      case 'i': return set(kNameStartSet, in_class), Result<>{};
      case 'c': return set(kNameSet, in_class), Result<>{};
      case 'W': return set(in_class ? kNotWordSet : kWordSet, in_class, true), Result<>{};
      case 'S':
        if (in_class) {
          out_ += "\\x{0}-\\x{8}\\x{b}\\x{c}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}";
          return at_ += 2, Result<>{};
        }
        return set(kSpaceSet, false, true), Result<>{};
      case 'I':
      case 'C':
        if (in_class) return bad("after a backslash within [] is not supported", c);
        return set(c == 'I' ? kNameStartSet : kNameSet, false, true), Result<>{};
      case 'p':
      case 'P': return property(in_class);
      default: break;
    }
    if (c >= '0' && c <= '9') return bad("back-references are not supported");
    if (c == '\0' || View("nrt\\|.?*+(){}-[]^$").find(c) == View::npos)
      return bad("after a backslash is no escape of XPath", c);
    out_ += '\\';
    out_ += c;
    at_ += 2;
    return {};
  }

  Result<> char_class() {
    out_ += '[';
    ++at_;
    if (peek() == '^') {
      out_ += '^';
      ++at_;
    }
    bool any = false;
    while (true) {
      const char c = peek();
      if (at_ >= pattern_.size()) return bad("a \"[\" does not end");
      if (c == ']') {
        if (!any) return bad("\"[]\" is empty");
        break;
      }
      if (c == '-' && peek(1) == '[') return bad("character class subtraction is not supported");
      if (c == '[') return bad("\"[\" within [] must be escaped");
      if (c == '\\') {
        TRY(escape(true));
      } else {
        // A hyphen that RE2 would take for a range at the edge is literal in both; elsewhere RE2
        // wants it escaped where XML Schema does not.
        if (c == '-' && (!any || peek(1) == ']')) {
          out_ += "\\-";
        } else if (c == '&' || c == '~') {
          out_ += '\\';
          out_ += c;
        } else {
          out_ += c;
        }
        ++at_;
      }
      any = true;
    }
    out_ += ']';
    ++at_;
    return {};
  }

  View pattern_;
  View flags_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool free_ = false;
  bool dot_all_ = false;
  std::string out_;
};

}  // namespace

Result<std::string> translate_pattern(View pattern, View flags) {
  return Translator(pattern, flags).run();
}

Regex::Regex(std::unique_ptr<re2::RE2> machine) : machine_(std::move(machine)) {}
Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::compile(View pattern, View flags) {
  TRY_ASSIGN(const std::string translated, translate_pattern(pattern, flags));
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMemoryBytes);
  auto machine = std::make_unique<re2::RE2>(translated, options);
  if (!machine->ok())
    return bad("\"" + std::string(pattern.substr(0, 80)) + "\": " + machine->error());
  auto regex = std::shared_ptr<Regex>(new Regex(std::move(machine)));
  regex->matches_empty_ = regex->matches({});
  return std::shared_ptr<const Regex>(std::move(regex));
}

bool Regex::matches(View text) const {
  const re2::StringPiece input(text.data(), text.size());
  return machine_->Match(input, 0, input.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

void Regex::split(View text, const std::function<void(View)>& piece) const {
  if (text.empty()) return;
  const re2::StringPiece input(text.data(), text.size());
  std::size_t at = 0;
  re2::StringPiece found;
  while (at <= text.size() &&
         machine_->Match(input, at, input.size(), re2::RE2::UNANCHORED, &found, 1) &&
         !found.empty()) {
    const auto start = static_cast<std::size_t>(found.data() - text.data());
    piece(text.substr(at, start - at));
    at = start + found.size();
  }
  piece(text.substr(at));
}

Result<std::string> Regex::replace(View text, View replacement) const {
  constexpr std::size_t kGroupsMax = 100;
  const auto groups = std::min<std::size_t>(
      kGroupsMax - 1, static_cast<std::size_t>(machine_->NumberOfCapturingGroups()));
  std::array<re2::StringPiece, kGroupsMax> found;
  const re2::StringPiece input(text.data(), text.size());
  std::string out;
  std::size_t at = 0;
  const auto append = [&](std::size_t group) {
    if (group <= groups && found[group].data() != nullptr)
      out.append(found[group].data(), found[group].size());
  };
  while (at <= text.size() && machine_->Match(input, at, input.size(), re2::RE2::UNANCHORED,
                                              found.data(), static_cast<int>(groups + 1))) {
    if (found[0].empty()) break;
    const auto start = static_cast<std::size_t>(found[0].data() - text.data());
    out.append(text.substr(at, start - at));
    for (std::size_t i = 0; i < replacement.size(); ++i) {
      const char c = replacement[i];
      const char after = i + 1 < replacement.size() ? replacement[i + 1] : '\0';
      if (c == '\\') {
        if (after != '\\' && after != '$')
          return fail(Code::invalid, "FORX0004 a replacement has a \"\\\" before neither \\ nor $");
        out += after;
        ++i;
      } else if (c == '$') {
        if (after < '0' || after > '9')
          return fail(Code::invalid, "FORX0004 a replacement has a \"$\" without number");
        std::size_t group = static_cast<std::size_t>(after - '0');
        ++i;
        while (i + 1 < replacement.size() && replacement[i + 1] >= '0' &&
               replacement[i + 1] <= '9' &&
               group * 10 + static_cast<std::size_t>(replacement[i + 1] - '0') <= groups)
          group = group * 10 + static_cast<std::size_t>(replacement[++i] - '0');
        append(group);
      } else {
        out += c;
      }
    }
    at = start + found[0].size();
  }
  if (at < text.size()) out.append(text.substr(at));
  return out;
}

}  // namespace corridor::xpath
