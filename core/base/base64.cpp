#include "core/base/base64.hpp"

#include <cstdint>

namespace hive {

namespace {

constexpr std::string_view plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view safe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encoded(std::string_view bytes, std::string_view letters) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : bytes) {
    held = held << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += letters[held >> (bits - 6) & 63];
  }
  if (bits > 0) out += letters[held << (6 - bits) & 63];
  return out;
}

} // namespace

std::string base64_encoded(std::string_view bytes) {
  auto out = encoded(bytes, plain);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url_encoded(std::string_view bytes) {
  return encoded(bytes, safe);
}

std::optional<std::string> base64_decoded(std::string_view text) {
  std::string out;
  std::uint32_t held = 0;
  int bits = 0;
  std::size_t letters = 0;
  bool ended = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c == '=') {
      ended = true;
      continue;
    }
    const auto value = plain.find(c);
    if (ended || value == std::string_view::npos) return std::nullopt;
    ++letters;
    held = held << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(held >> bits & 0xff);
  }
  if (letters % 4 == 1) return std::nullopt;
  return out;
}

} // namespace hive
