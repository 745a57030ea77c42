// SPDX-License-Identifier: Apache-2.0
#include "evidence/log.h"

#include "crypto/crypto.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace corridor::evidence {

namespace {

constexpr View kDash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr char kEd25519 = '\x01';        // signed-note: signature type identifier
constexpr std::size_t kNoteBytesMax = 64 * 1024;
constexpr std::size_t kSignaturesMax = 64;
constexpr std::size_t kKeyIdBytes = 4;

// The spaces of Unicode (category Z and the controls that count as white space) beyond ASCII.
constexpr std::array<View, 20> kSpaces{
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80", " "};

bool has_control(View text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<std::uint8_t>(c) < 0x20; });
}

Bytes key_material(const crypto::PublicKey& key) { return kEd25519 + key.bytes; }

Bytes key_id_bytes(View name, const crypto::PublicKey& key) {
  const Digest hash = crypto::sha256({name, "\n", key_material(key)});
  return Bytes(hash.view().substr(0, kKeyIdBytes));
}

std::uint32_t key_id_of(View four_bytes) {
  const Bytes padded = Bytes(4, '\0') + Bytes(four_bytes);
  return static_cast<std::uint32_t>(read_u64_be(padded));
}

Result<NoteSignature> parse_signature(View line) {
  const std::size_t space = line.find(' ', kDash.size());
  if (!line.starts_with(kDash) || space == View::npos)
    return fail(Code::invalid, "a note with a line that is no signature where signatures stand");
  NoteSignature signature;
  signature.name = line.substr(kDash.size(), space - kDash.size());
  if (!is_origin(signature.name)) return fail(Code::invalid, "a note signed by no proper name");
  TRY_ASSIGN(const Bytes raw, from_base64(line.substr(space + 1)));
  if (raw.size() <= kKeyIdBytes) return fail(Code::invalid, "a note with an empty signature");
  signature.key_id = key_id_of(View(raw).substr(0, kKeyIdBytes));
  signature.signature = raw.substr(kKeyIdBytes);
  return signature;
}

// Takes the text up to the next newline off `rest`; nullopt when there is no newline.
std::optional<View> take_line(View& rest) {
  const std::size_t end = rest.find('\n');
  if (end == View::npos) return std::nullopt;
  const View line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

Result<std::uint64_t> parse_size(View text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() ||
      (text.size() > 1 && text.front() == '0') || size > kTreeSizeMax)
    return fail(Code::invalid, "a checkpoint whose second line is no tree size");
  return size;
}

}  // namespace

bool is_origin(View text) {
  return !text.empty() && is_utf8(text) && !has_control(text) && !text.contains('+') &&
         std::ranges::none_of(kSpaces, [&](View space) { return text.contains(space); });
}

std::uint32_t note_key_id(View name, const crypto::PublicKey& key) {
  return key_id_of(key_id_bytes(name, key));
}

std::string verifier_key_text(View name, const crypto::PublicKey& key) {
  return std::string(name) + "+" + hex(key_id_bytes(name, key)) + "+" + base64(key_material(key));
}

std::string sign_note(View text, View name, const crypto::SigningKey& key) {
  CHECK(key.public_key().suite == crypto::Suite::ed25519);
  CHECK(is_origin(name));
  CHECK(text.ends_with('\n'));
  return write_note({std::string(text),
                     {{std::string(name), note_key_id(name, key.public_key()), key.sign(text)}}});
}

std::string write_note(const Note& note) {
  std::string out = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) {
    Bytes id;
    append_u64_be(id, signature.key_id);
    out += kDash;
    out += signature.name + " " + base64(id.substr(kKeyIdBytes) + signature.signature) + "\n";
  }
  return out;
}

Result<Note> parse_note(View note) {
  if (note.size() > kNoteBytesMax) return fail(Code::too_large, "a note of more than 64 KiB");
  if (!is_utf8(note)) return fail(Code::invalid, "a note that is not UTF-8");
  if (std::ranges::any_of(note,
                          [](char c) { return static_cast<std::uint8_t>(c) < 0x20 && c != '\n'; }))
    return fail(Code::invalid, "a note with control characters");
  // signed-note: the text ends at the last empty line.
  const std::size_t blank = note.rfind("\n\n");
  if (blank == View::npos) return fail(Code::invalid, "a note without signatures");
  Note parsed;
  parsed.text = note.substr(0, blank + 1);
  View rest = note.substr(blank + 2);
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (!line) return fail(Code::invalid, "a note whose last line does not end");
    if (parsed.signatures.size() == kSignaturesMax)
      return fail(Code::too_large, "a note of more than 64 signatures");
    TRY_ASSIGN(auto signature, parse_signature(*line));
    parsed.signatures.push_back(std::move(signature));
  }
  if (parsed.signatures.empty()) return fail(Code::invalid, "a note without signatures");
  return parsed;
}

Result<> verify_note(const Note& note, View name, const crypto::PublicKey& key) {
  if (key.suite != crypto::Suite::ed25519)
    return fail(Code::unauthenticated, "notes are signed with Ed25519 keys only");
  const std::uint32_t key_id = note_key_id(name, key);
  bool signed_by_key = false;
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != name || signature.key_id != key_id) continue;
    if (!crypto::verify(key, note.text, signature.signature))
      return fail(Code::unauthenticated,
                  "the note's signature by " + std::string(name) + " does not verify");
    signed_by_key = true;
  }
  if (!signed_by_key)
    return fail(Code::unauthenticated,
                "the note is not signed by the known key of " + std::string(name));
  return {};
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
         base64(checkpoint.head.root.view()) + "\n";
}

Result<Checkpoint> parse_checkpoint_text(View text) {
  Checkpoint checkpoint;
  View rest = text;
  const auto origin = take_line(rest);
  const auto size = take_line(rest);
  const auto root = take_line(rest);
  if (!origin || origin->empty() || !size || !root)
    return fail(Code::invalid, "a checkpoint without its three lines");
  checkpoint.origin = *origin;
  TRY_ASSIGN(checkpoint.head.size, parse_size(*size));
  TRY_ASSIGN(const Bytes hash, from_base64(*root));
  TRY_ASSIGN(checkpoint.head.root, Digest::from(hash));
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (!line || line->empty())
      return fail(Code::invalid, "a checkpoint with an empty or unfinished line");
  }
  return checkpoint;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const crypto::SigningKey& log_key) {
  return sign_note(checkpoint_text(checkpoint), checkpoint.origin, log_key);
}

Result<Checkpoint> verify_checkpoint(View note, View origin, const crypto::PublicKey& log_key) {
  TRY_ASSIGN(const Note parsed, parse_note(note));
  TRY(verify_note(parsed, origin, log_key));
  TRY_ASSIGN(auto checkpoint, parse_checkpoint_text(parsed.text));
  if (checkpoint.origin != origin)
    return fail(Code::invalid, "a checkpoint of another log than " + std::string(origin));
  return checkpoint;
}

}  // namespace corridor::evidence
