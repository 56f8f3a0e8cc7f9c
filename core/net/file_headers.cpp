#include "core/net/file_headers.hpp"

#include "core/base/base64.hpp"
#include "core/base/percent.hpp"
#include "core/base/utf8.hpp"
#include "core/net/header_text.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace hive::net {

namespace {

/// What stands behind the last separator of any system's.
std::string last_part(std::string name) {
  const auto slash = name.find_last_of("/\\");
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

/// "UTF-8'en'%e2%82%ac.gguf" (RFC 8187); other character sets are old, and "filename" is there for
/// whoever does not know them.
std::optional<std::string> extended_value(std::string_view value) {
  const auto first = value.find('\'');
  if (first == std::string_view::npos || !same_word(value.substr(0, first), "utf-8"))
    return std::nullopt;
  const auto second = value.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return percent_decoded(value.substr(second + 1));
}

/// 32 bytes in base64.
std::optional<digest> sha256_of_base64(std::string_view text) {
  const auto bytes = base64_decoded(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  return digest{digest_kind::sha256, to_hex(std::as_bytes(std::span{*bytes}))};
}

/// The sha-256 entry of a list like "sha-256=:…:, sha-512=:…:".
std::optional<digest> sha256_entry(std::string_view list) {
  while (!list.empty()) {
    auto [name, value] = parameter(take_until(list, ','));
    if (!same_word(name, "sha-256")) continue;
    if (value.size() >= 2 && value.front() == ':' && value.back() == ':')
      value = value.substr(1, value.size() - 2);
    if (auto found = sha256_of_base64(value)) return found;
  }
  return std::nullopt;
}

} // namespace

std::string disposition_name(const header_list& headers) {
  std::string_view rest = find_header(headers, "content-disposition").value_or("");
  std::string plain;
  while (!rest.empty()) {
    const auto entry = take_until(rest, ';');
    const auto [name, value] = parameter(entry);
    if (same_word(name, "filename*")) {
      if (auto better = extended_value(value)) return last_part(*std::move(better));
    } else if (same_word(name, "filename")) {
      plain = entry.ends_with('"') ? unescaped(value) : std::string{value};
    }
  }
  return is_utf8(plain) ? last_part(std::move(plain)) : std::string{};
}

std::optional<digest> announced_digest(const header_list& headers) {
  for (const std::string_view name : {"repr-digest", "digest"})
    if (const auto value = find_header(headers, name))
      if (auto found = sha256_entry(*value)) return found;
  return std::nullopt;
}

} // namespace hive::net
