#include "core/artifact/shards.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace hive {

namespace {

constexpr std::size_t digits = 5;
constexpr std::string_view between = "-of-";
constexpr std::array<std::string_view, 3> suffixes{".gguf", ".safetensors", ".bin"};

std::optional<std::uint32_t> number_of(std::string_view text) noexcept {
  std::uint32_t value = 0;
  for (const char c : text) {
    if (!ascii::is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value;
}

std::string five(std::uint32_t number) {
  auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

} // namespace

std::optional<shard> parse_shard(std::string_view path) noexcept {
  for (const auto suffix : suffixes) {
    if (!path.ends_with(suffix)) continue;
    // stem "-" 00001 "-of-" 00003 suffix
    constexpr std::size_t tail = 1 + digits + between.size() + digits;
    const auto body = path.substr(0, path.size() - suffix.size());
    if (body.size() <= tail) return std::nullopt;
    const auto at = body.size() - tail;
    if (body[at] != '-' || body.substr(at + 1 + digits, between.size()) != between)
      return std::nullopt;
    const auto number = number_of(body.substr(at + 1, digits));
    const auto count = number_of(body.substr(body.size() - digits));
    if (!number || !count || *number == 0 || *number > *count) return std::nullopt;
    return shard{path.substr(0, at), *number, *count, path.substr(body.size())};
  }
  return std::nullopt;
}

std::string shard_path(const shard& any, std::uint32_t number) {
  return std::string{any.stem}
      .append("-")
      .append(five(number))
      .append(between)
      .append(five(any.count))
      .append(any.suffix);
}

std::string index_path(const shard& any) {
  if (any.suffix == ".gguf") return {};
  return std::string{any.stem}.append(any.suffix).append(".index.json");
}

} // namespace hive
