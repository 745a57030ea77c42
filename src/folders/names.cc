// SPDX-License-Identifier: Apache-2.0
#include "folders/names.h"

#include <algorithm>

#include "crypto/crypto.h"

namespace corridor::folders {

namespace {

constexpr std::size_t kPlainBytesMax = 64;
constexpr View kEcho = "echo";

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

View extension_of(View media_type) {
  if (media_type == "application/xml") return ".xml";
  if (media_type == "application/json") return ".json";
  if (media_type == "application/edifact") return ".edi";
  if (media_type == "application/pdf") return ".pdf";
  return ".bin";
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

std::string plain_name(View name) {
  std::string out;
  for (const char c : name) {
    const char put = is_plain(c) ? c : '-';
    if (out.empty() && (put == '.' || put == '-')) continue;
    if (put == '-' && out.ends_with('-')) continue;
    out.push_back(put);
    if (out.size() == kPlainBytesMax) break;
  }
  while (out.ends_with('-') || out.ends_with('.')) out.pop_back();
  return out;
}

std::map<std::string, Did> partner_folders(const std::vector<Partner>& partners, const Did& self) {
  std::map<std::string, std::size_t> wanted{{std::string(kEcho), 1}};
  for (const auto& partner : partners)
    if (partner.did != self) ++wanted[plain_name(partner.name)];
  std::map<std::string, Did> folders{{std::string(kEcho), self}};
  for (const auto& partner : partners) {
    if (partner.did == self) continue;
    std::string name = plain_name(partner.name);
    if (name.empty() || wanted[name] > 1) name = percent_encode(partner.did.value);
    if (name.size() <= kNameBytesMax) folders.emplace(std::move(name), partner.did);
  }
  return folders;
}

bool is_left_alone(View name) {
  if (name.empty() || name.starts_with('.')) return true;
  return std::ranges::any_of(
      std::array<View, 6>{".part", ".tmp", "~", kReceiptSuffix, kReportSuffix, kReportTextSuffix},
      [&](View suffix) { return name.ends_with(suffix); });
}

std::string beside(View name, View suffix) {
  // Room for what is put before and behind it while it is written.
  constexpr std::size_t kMost = kNameBytesMax - 16;
  if (name.size() + suffix.size() <= kMost) return std::string(name) + std::string(suffix);
  const std::string digest = "~" + hex(crypto::sha256(name).view()).substr(0, 12);
  std::size_t keep = kMost - suffix.size() - digest.size();
  while (keep > 0 && (static_cast<unsigned char>(name[keep]) & 0xc0U) == 0x80U) --keep;
  return std::string(name.substr(0, keep)) + digest + std::string(suffix);
}

std::string handed_name(View exchange, View kind, View media_type) {
  std::string name = plain_name(exchange);
  if (const std::string what = plain_name(kind); !what.empty()) name += "-" + what;
  return name + std::string(extension_of(media_type));
}

std::string shown_name(View name) {
  if (!is_utf8(name)) return percent_encode(name);
  std::string out(name);
  std::ranges::replace_if(out, is_control, '?');
  return out;
}

std::string shown_text(View text) {
  std::string out(text);
  std::ranges::replace_if(out, [](char c) { return is_control(c) && c != '\n' && c != '\t'; }, '?');
  return out;
}

}  // namespace corridor::folders
