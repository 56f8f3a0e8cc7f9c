#pragma once
/// Numbers and stretches of bytes in the forms this room sends: low ones first. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive::swarm {

inline void put_number(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xff);
}

/// The next so many bytes; empty, and nothing taken, where there are fewer.
inline std::optional<std::string_view> take(std::string_view& from, std::size_t bytes) {
  if (from.size() < bytes) return std::nullopt;
  const auto out = from.substr(0, bytes);
  from.remove_prefix(bytes);
  return out;
}

inline std::optional<std::uint64_t> take_number(std::string_view& from, unsigned bytes) {
  const auto raw = take(from, bytes);
  if (!raw) return std::nullopt;
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>((*raw)[i])) << 8 * i;
  return value;
}

} // namespace hive::swarm
