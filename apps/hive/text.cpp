#include "apps/hive/text.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace hive::cli {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";
constexpr std::string_view ellipsis = "…";

struct span_of {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool within(const std::array<span_of, N>& spans, char32_t c) noexcept {
  return std::ranges::any_of(spans, [c](const span_of& s) { return c >= s.first && c <= s.last; });
}

// C0 and C1 controls, line and paragraph separators, marks that turn the direction of writing.
constexpr std::array<span_of, 8> harmful{{{0x00, 0x1f},
                                          {0x7f, 0x9f},
                                          {0x061c, 0x061c},
                                          {0x200e, 0x200f},
                                          {0x2028, 0x202e},
                                          {0x2066, 0x206f},
                                          {0xfff9, 0xfffb},
                                          {0xe0000, 0xe007f}}};
constexpr std::array<span_of, 9> combining{{{0x0300, 0x036f},
                                            {0x0483, 0x0489},
                                            {0x0591, 0x05bd},
                                            {0x064b, 0x065f},
                                            {0x1ab0, 0x1aff},
                                            {0x1dc0, 0x1dff},
                                            {0x200b, 0x200d},
                                            {0x20d0, 0x20ff},
                                            {0xfe00, 0xfe0f}}};
constexpr std::array<span_of, 10> wide{{{0x1100, 0x115f},
                                        {0x2e80, 0x303e},
                                        {0x3041, 0x33ff},
                                        {0x3400, 0x4dbf},
                                        {0x4e00, 0xa4cf},
                                        {0xac00, 0xd7a3},
                                        {0xf900, 0xfaff},
                                        {0xfe30, 0xfe6f},
                                        {0xff00, 0xff60},
                                        {0x1f300, 0x3fffd}}};

std::size_t width_of(code_point c) noexcept {
  if (within(combining, c.value)) return 0;
  return within(wide, c.value) ? 2 : 1;
}

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_code_point(text);
    out += !c.valid || within(harmful, c.value) ? replacement : text.substr(0, c.bytes);
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::size_t columns_of(std::string_view text) noexcept {
  std::size_t sum = 0;
  while (!text.empty()) {
    const auto c = first_code_point(text);
    sum += width_of(c);
    text.remove_prefix(c.bytes);
  }
  return sum;
}

std::string clip_end(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string{text};
  if (columns == 0) return {};
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto c = first_code_point(text.substr(at));
    if (used + width_of(c) > columns - 1) break;
    used += width_of(c);
    at += c.bytes;
  }
  return std::string{text.substr(0, at)}.append(ellipsis);
}

std::string clip_start(std::string_view text, std::size_t columns) {
  auto left = columns_of(text);
  if (left <= columns) return std::string{text};
  if (columns == 0) return {};
  while (left > columns - 1) {
    const auto c = first_code_point(text);
    left -= width_of(c);
    text.remove_prefix(c.bytes);
  }
  return std::string{ellipsis}.append(text);
}

std::string pad_right(std::string text, std::size_t columns) {
  const auto have = columns_of(text);
  if (have < columns) text.append(columns - have, ' ');
  return text;
}

std::string pad_left(const std::string& text, std::size_t columns) {
  const auto have = columns_of(text);
  return have < columns ? std::string(columns - have, ' ') + text : text;
}

std::string rough_age(std::chrono::seconds ago) {
  const auto s = std::max<long long>(0, ago.count());
  if (s < 60) return "just now";
  if (s < 3600) return std::to_string(s / 60) + " min";
  if (s < 48 * 3600) return std::to_string(s / 3600) + " h";
  return std::to_string(s / 86400) + " d";
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& one : words) out += (out.empty() ? "" : ", ") + one;
  return out;
}

std::string rough_count(std::uint64_t count) {
  struct step {
    std::uint64_t one;
    const char* name;
  };
  constexpr std::array<step, 4> steps{
      {{1'000'000'000'000, " T"}, {1'000'000'000, " B"}, {1'000'000, " M"}, {1'000, " k"}}};
  for (const auto& [one, name] : steps) {
    if (count < one) continue;
    const auto tenths = count / (one / 10);
    const auto text = std::to_string(tenths / 10);
    return tenths >= 100 ? text + name : text + "." + std::to_string(tenths % 10) + name;
  }
  return std::to_string(count);
}

} // namespace hive::cli
