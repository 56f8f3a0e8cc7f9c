#include "core/swarm/sha256.hpp"

#include <charconv>

namespace hive::swarm {

piece_hash hash_from_hex(std::string_view hex) noexcept {
  piece_hash out{};
  for (std::size_t i = 0; i < out.size() && 2 * i + 1 < hex.size(); ++i) {
    unsigned value = 0;
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, value, 16);
    out[i] = static_cast<std::byte>(value);
  }
  return out;
}

} // namespace hive::swarm
