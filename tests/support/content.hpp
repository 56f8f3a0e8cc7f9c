#pragma once
/// Deterministic content of any size that nobody has to hold: byte n of `pattern(seed)` is a
/// function of seed and n alone.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace hive::testing {

/// Fills `out` with the bytes of pattern `seed` from `offset` on.
void pattern(std::uint64_t seed, std::uint64_t offset, std::span<std::byte> out);
std::string pattern(std::uint64_t seed, std::uint64_t offset, std::size_t size);
/// Lower-case hex of the first `size` bytes.
std::string pattern_sha256(std::uint64_t seed, std::uint64_t size);

/// Something an origin serves. `read` is called from several threads at once.
struct content {
  std::uint64_t size{0};
  std::function<void(std::uint64_t offset, std::span<std::byte> out)> read;
};

content text(std::string bytes);
content generated(std::uint64_t seed, std::uint64_t size);

} // namespace hive::testing
