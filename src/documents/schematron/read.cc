// SPDX-License-Identifier: Apache-2.0
// From files to a Schema: ISO/IEC 19757-3, clause 6 for the simple syntax and annex C for the
// transformations (inclusion, abstract patterns, abstract rules).
#include <algorithm>

#include "documents/schematron/schema.h"
#include "documents/xml/encoding.h"
#include "documents/xpath/atomic.h"

namespace corridor::schematron {

namespace {

constexpr int kIncludeDepthMax = 16;
constexpr std::size_t kFilesMax = 256;
constexpr View kXIncludeSpace = "http://www.w3.org/2001/XInclude";

using Parameters = std::vector<std::pair<std::string, std::string>>;

bool continues_name(View text, std::size_t at) {
  if (at >= text.size()) return false;
  return xml::is_name_character(xml::next_character(text, at));
}

// Annex C.3: $name becomes the parameter's value. The longest name at a place wins; what follows
// must not be a letter, digit or underscore, so that $a does not eat the head of a variable $ab.
std::string substitute(View text, const Parameters& parameters) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::pair<std::string, std::string>* found = nullptr;
    if (text[at] == '$') {
      for (const auto& parameter : parameters) {
        if (found != nullptr && found->first.size() >= parameter.first.size()) continue;
        if (!text.substr(at + 1).starts_with(parameter.first)) continue;
        const std::size_t after = at + 1 + parameter.first.size();
        const char next = after < text.size() ? text[after] : ' ';
        if (continues_name(text, after) && next != '-' && next != '.') continue;
        found = &parameter;
      }
    }
    if (found == nullptr) {
      out += text[at++];
    } else {
      out += found->second;
      at += 1 + found->first.size();
    }
  }
  return out;
}

class Reader {
 public:
  explicit Reader(const Open& open) : open_(open), schema_(std::make_unique<Schema>()) {}

  Result<std::unique_ptr<Schema>> run(std::string_view path) {
    TRY_ASSIGN(const Place root, load(std::string(path)));
    if (!root.is("schema")) {
      return root.wrong("the document element is \"" + std::string(root.local()) +
                        "\" of namespace \"" + std::string(root.space()) +
                        "\", not schema of ISO Schematron");
    }
    TRY(query_binding(root));
    schema_->default_phase = root.attribute("defaultPhase");
    TRY_ASSIGN(const auto parts, children(root));
    TRY(collect_abstract(parts));
    for (const Place& part : parts) TRY(top_level(part));
    return std::move(schema_);
  }

 private:
  Result<Place> load(const std::string& path) {
    if (schema_->files.size() >= kFilesMax)
      return fail(Code::too_large,
                  "the schema includes more than " + std::to_string(kFilesMax) + " files");
    auto bytes = open_(path);
    if (!bytes) return in_context("cannot read \"" + path + "\"", std::move(bytes).error());
    auto tree = xml::parse(*bytes);
    if (!tree) return in_context("\"" + path + "\"", std::move(tree).error());
    schema_->files.push_back({path, std::move(*tree)});
    const SourceFile& file = schema_->files.back();
    return Place{&file, file.tree.root()};
  }

  static Result<> query_binding(const Place& root) {
    const View binding = root.attribute("queryBinding");
    for (const View known : {"xslt2", "xslt3", "xpath2", "xpath3", "xpath31"})
      if (binding == known) return {};
    return root.wrong(
        binding.empty()
            ? std::string("the schema has no queryBinding, which means XPath 1.0; only xslt2 "
                          "and its like are supported")
            : "the queryBinding \"" + std::string(binding) + "\" is not supported");
  }

  // include, xi:include: the document element of the file, or the element with that id.
  Result<Place> included(const Place& at) {
    if (depth_ >= kIncludeDepthMax) return at.wrong("includes are nested too deeply");
    const View href = at.attribute("href");
    const std::size_t hash = href.find('#');
    const std::string path = relative_path(at.file->path, href.substr(0, hash));
    if (path.empty()) return at.wrong("\"" + std::string(href) + "\" is not a relative path");
    Place root;
    for (const SourceFile& file : schema_->files)
      if (file.path == path) root = {&file, file.tree.root()};
    if (root.file == nullptr) {
      auto loaded = load(path);
      if (!loaded) return in_context(at.where(), std::move(loaded).error());
      root = *loaded;
    }
    if (hash == View::npos) return root;
    const View id = href.substr(hash + 1);
    for (xml::NodeId node = 0; node < root.tree().size(); ++node) {
      const Place candidate{root.file, node};
      if (root.tree().node(node).kind == xml::Kind::element &&
          (candidate.attribute("id") == id || candidate.attribute("xml:id") == id))
        return candidate;
    }
    return at.wrong("\"" + path + "\" has no element with the id \"" + std::string(id) + "\"");
  }

  // Element children, includes resolved.
  Result<std::vector<Place>> children(const Place& of) {
    std::vector<Place> out;
    const xml::Tree& tree = of.tree();
    for (auto id = tree.first_child(of.node); id != xml::kNone; id = tree.next_sibling(id)) {
      if (tree.node(id).kind != xml::Kind::element) continue;
      const Place child{of.file, id};
      if (!child.is("include") && !child.is(kXIncludeSpace, "include")) {
        out.push_back(child);
        continue;
      }
      TRY_ASSIGN(const Place target, included(child));
      ++depth_;
      // A whole schema that is included gives its content.
      if (target.is("schema")) {
        TRY_ASSIGN(const auto content, children(target));
        out.insert(out.end(), content.begin(), content.end());
      } else {
        out.push_back(target);
      }
      --depth_;
    }
    return out;
  }

  Result<> collect_abstract(const std::vector<Place>& parts) {
    for (const Place& part : parts) {
      if (part.is("rules")) {
        TRY_ASSIGN(const auto rules, children(part));
        for (const Place& rule : rules) abstract_rules_.emplace(rule.attribute("id"), rule);
      }
      if (!part.is("pattern")) continue;
      if (part.attribute("abstract") == "true")
        abstract_patterns_.emplace(part.attribute("id"), part);
      TRY_ASSIGN(const auto content, children(part));
      for (const Place& rule : content)
        if (rule.is("rule") && rule.attribute("abstract") == "true")
          abstract_rules_.emplace(rule.attribute("id"), rule);
    }
    return {};
  }

  Result<> top_level(const Place& at) {
    if (at.space() == kXsltSpace) return xslt(at);
    if (at.space() != kSchematronSpace) return {};  // foreign elements are notes (clause 5.4.1)
    const View local = at.local();
    if (local == "title") {
      schema_->title = words(at);
    } else if (local == "ns") {
      schema_->namespaces.insert_or_assign(std::string(at.attribute("prefix")),
                                           std::string(at.attribute("uri")));
    } else if (local == "let") {
      TRY_ASSIGN(LetText let, read_let(at, {}));
      schema_->lets.push_back(std::move(let));
    } else if (local == "phase") {
      return phase(at);
    } else if (local == "pattern") {
      return pattern(at);
    } else if (local == "diagnostics" || local == "properties") {
      return diagnostics(at);
    } else if (local == "rules") {
      return {};
    } else if (local == "p" || local == "param") {
      return {};
    } else {
      return at.wrong("the element \"" + std::string(local) + "\" is not supported here");
    }
    return {};
  }

  Result<> xslt(const Place& at) {
    if (at.local() == "function") {
      schema_->functions.push_back(at);
    } else if (at.local() == "key") {
      schema_->keys.push_back(at);
    } else if ((at.local() == "variable" || at.local() == "param") && at.has("select")) {
      schema_->lets.push_back(
          {std::string(at.attribute("name")), std::string(at.attribute("select")), at});
    } else if (at.local() != "output" && at.local() != "strip-space") {
      return at.wrong("xsl:" + std::string(at.local()) + " is not supported");
    } else if (at.local() == "strip-space") {
      return at.wrong("xsl:strip-space is not supported");
    }
    return {};
  }

  Result<LetText> read_let(const Place& at, const Parameters& parameters) {
    if (!at.has("value")) return at.wrong("a let without value is not supported");
    return LetText{std::string(at.attribute("name")), substitute(at.attribute("value"), parameters),
                   at};
  }

  Result<> phase(const Place& at) {
    PhaseText& phase = schema_->phases[std::string(at.attribute("id"))];
    TRY_ASSIGN(const auto content, children(at));
    for (const Place& part : content) {
      if (part.is("active")) {
        phase.active.emplace_back(part.attribute("pattern"));
      } else if (part.is("let")) {
        TRY_ASSIGN(LetText let, read_let(part, {}));
        phase.lets.push_back(std::move(let));
      }
    }
    return {};
  }

  Result<> diagnostics(const Place& at) {
    TRY_ASSIGN(const auto content, children(at));
    for (const Place& part : content) {
      if (!part.is("diagnostic")) continue;
      TRY_ASSIGN(auto parts, message(part, {}));
      schema_->diagnostics.insert_or_assign(std::string(part.attribute("id")), std::move(parts));
    }
    return {};
  }

  Result<> pattern(const Place& at) {
    if (at.attribute("abstract") == "true") return {};
    if (at.has("documents")) return at.wrong("a pattern with documents is not supported");
    PatternText out;
    out.id = at.attribute("id");
    out.place = at;
    if (out.id.empty()) out.id = at.attribute("name");
    TRY_ASSIGN(const auto content, children(at));
    const View is_a = at.attribute("is-a");
    if (at.has("is-a")) {
      const auto found = abstract_patterns_.find(is_a);
      if (found == abstract_patterns_.end())
        return at.wrong("there is no abstract pattern \"" + std::string(is_a) + "\"");
      Parameters parameters;
      for (const Place& part : content)
        if (part.is("param"))
          parameters.emplace_back(part.attribute("name"), part.attribute("value"));
      TRY_ASSIGN(const auto abstract_content, children(found->second));
      for (const Place& part : abstract_content) {  // defaults of the abstract pattern
        if (!part.is("param") || !part.has("value")) continue;
        const std::string name(part.attribute("name"));
        if (std::ranges::find(parameters, name, &Parameters::value_type::first) == parameters.end())
          parameters.emplace_back(name, part.attribute("value"));
      }
      for (const Place& part : abstract_content) TRY(pattern_part(part, parameters, out));
    }
    for (const Place& part : content) TRY(pattern_part(part, {}, out));
    schema_->patterns.push_back(std::move(out));
    return {};
  }

  Result<> pattern_part(const Place& at, const Parameters& parameters, PatternText& out) {
    if (at.is("let")) {
      TRY_ASSIGN(LetText let, read_let(at, parameters));
      out.lets.push_back(std::move(let));
    } else if (at.is("rule")) {
      if (at.attribute("abstract") == "true") return {};
      RuleText rule;
      rule.place = at;
      rule.context = substitute(at.attribute("context"), parameters);
      if (!at.has("context")) return at.wrong("a rule has no context");
      TRY(rule_content(at, parameters, rule, 0));
      out.rules.push_back(std::move(rule));
    } else if (at.space() == kSchematronSpace && at.local() != "title" && at.local() != "p" &&
               at.local() != "param") {
      return at.wrong("the element \"" + std::string(at.local()) +
                      "\" is not supported in a pattern");
    } else if (at.space() == kXsltSpace) {
      return at.wrong("xsl:" + std::string(at.local()) + " is not supported in a pattern");
    }
    return {};
  }

  Result<> rule_content(const Place& at, const Parameters& parameters, RuleText& out, int depth) {
    if (depth > kIncludeDepthMax) return at.wrong("rules extend each other too deeply");
    if (out.id.empty()) out.id = at.attribute("id");
    if (out.flag.empty()) out.flag = at.attribute("flag");
    if (out.role.empty()) out.role = at.attribute("role");
    TRY_ASSIGN(const auto content, children(at));
    for (const Place& part : content) {
      if (part.is("let")) {
        TRY_ASSIGN(LetText let, read_let(part, parameters));
        out.lets.push_back(std::move(let));
      } else if (part.is("assert") || part.is("report")) {
        TRY(assertion(part, parameters, out));
      } else if (part.is("extends")) {
        TRY_ASSIGN(const Place base, extended(part));
        TRY(rule_content(base, parameters, out, depth + 1));
      } else if (part.space() == kXsltSpace && part.local() == "variable" && part.has("select")) {
        out.lets.push_back({std::string(part.attribute("name")),
                            substitute(part.attribute("select"), parameters), part});
      } else if (part.space() == kXsltSpace || (part.space() == kSchematronSpace &&
                                                part.local() != "p" && part.local() != "title")) {
        return part.wrong("the element \"" + std::string(part.local()) +
                          "\" is not supported in a rule");
      }
    }
    return {};
  }

  Result<Place> extended(const Place& at) {
    if (at.has("href")) return included(at);
    const auto found = abstract_rules_.find(at.attribute("rule"));
    if (found == abstract_rules_.end())
      return at.wrong("there is no abstract rule \"" + std::string(at.attribute("rule")) + "\"");
    return found->second;
  }

  Result<> assertion(const Place& at, const Parameters& parameters, RuleText& rule) {
    AssertionText out;
    out.place = at;
    out.is_report = at.is("report");
    out.id = at.attribute("id");
    if (!at.has("test")) return at.wrong("an assertion has no test");
    out.test = substitute(at.attribute("test"), parameters);
    out.flag = at.attribute("flag");
    out.role = at.attribute("role");
    out.subject = substitute(at.attribute("subject"), parameters);
    out.lets_before = rule.lets.size();
    View ids = at.attribute("diagnostics");
    while (!(ids = xpath::trim(ids)).empty()) {
      const std::size_t end = std::min(ids.find_first_of(" \t\r\n"), ids.size());
      out.diagnostics.emplace_back(ids.substr(0, end));
      ids.remove_prefix(end);
    }
    TRY_ASSIGN(out.message, message(at, parameters));
    rule.assertions.push_back(std::move(out));
    return {};
  }

  Result<std::vector<MessagePart>> message(const Place& at, const Parameters& parameters) {
    std::vector<MessagePart> out;
    TRY(message_parts(at, parameters, out));
    return out;
  }

  Result<> message_parts(const Place& at, const Parameters& parameters,
                         std::vector<MessagePart>& out) {
    const xml::Tree& tree = at.tree();
    for (auto id = tree.first_child(at.node); id != xml::kNone; id = tree.next_sibling(id)) {
      const xml::Node& n = tree.node(id);
      const Place part{at.file, id};
      if (n.kind == xml::Kind::text) {
        out.push_back({MessagePart::Kind::words, std::string(tree.value(n)), at});
      } else if (n.kind == xml::Kind::element) {
        const bool value = part.is("value-of") || part.is(kXsltSpace, "value-of");
        if (value) {
          if (!part.has("select")) return part.wrong("a value-of has no select");
          out.push_back(
              {MessagePart::Kind::value, substitute(part.attribute("select"), parameters), part});
        } else if (part.is("name")) {
          out.push_back(
              {MessagePart::Kind::name, substitute(part.attribute("path"), parameters), part});
        } else if (part.space() == kXsltSpace && part.local() != "text") {
          return part.wrong("xsl:" + std::string(part.local()) + " is not supported in a message");
        } else {
          TRY(message_parts(part, parameters, out));
        }
      }
    }
    return {};
  }

  static std::string words(const Place& at) {
    const std::string raw = at.tree().string_value(at.node);
    return std::string(xpath::trim(raw));
  }

  const Open& open_;
  std::unique_ptr<Schema> schema_;
  std::map<std::string, Place, std::less<>> abstract_patterns_;
  std::map<std::string, Place, std::less<>> abstract_rules_;
  int depth_ = 0;
};

}  // namespace

bool Place::is(View wanted_space, View wanted_local) const {
  return local() == wanted_local && space() == wanted_space;
}

View Place::attribute(View name) const {
  const bool is_xml = name.starts_with("xml:");
  const xml::NameId id =
      is_xml ? tree().find_name("http://www.w3.org/XML/1998/namespace", name.substr(4))
             : tree().find_name({}, name);
  if (id == 0) return {};
  const xml::NodeId found = tree().attribute(node, id);
  return found == xml::kNone ? View{} : tree().value(tree().node(found));
}

bool Place::has(View name) const {
  const xml::NameId id = tree().find_name({}, name);
  return id != 0 && tree().attribute(node, id) != xml::kNone;
}

std::string Place::where() const {
  return file->path + ":" + std::to_string(tree().position(node).line);
}

std::unexpected<Error> Place::wrong(std::string what) const {
  return fail(Code::invalid, where() + ": " + what);
}

std::string relative_path(std::string_view from, std::string_view href) {
  if (href.empty() || href.starts_with('/') || href.find(':') != View::npos ||
      href.find('\\') != View::npos)
    return {};
  std::vector<std::string_view> parts;
  const auto add = [&](std::string_view path) {
    while (true) {
      const std::size_t slash = path.find('/');
      const std::string_view part = path.substr(0, slash);
      if (part == ".." && !parts.empty() && parts.back() != "..") {
        parts.pop_back();
      } else if (!part.empty() && part != ".") {
        parts.push_back(part);
      }
      if (slash == View::npos) return;
      path.remove_prefix(slash + 1);
    }
  };
  const std::size_t folder = from.rfind('/');
  if (folder != View::npos) add(from.substr(0, folder));
  add(href);
  std::string out;
  if (from.starts_with('/')) out = "/";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '/';
    out += parts[i];
  }
  return out;
}

Result<std::unique_ptr<Schema>> read_schema(std::string_view path, const Open& open) {
  return Reader(open).run(path);
}

}  // namespace corridor::schematron
