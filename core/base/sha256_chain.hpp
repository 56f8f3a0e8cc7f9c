#pragma once
/// SHA-256 whose inner state can be kept between two of its blocks and taken up again, on another
/// thread or another day.
///
/// With the state at the begin and at the end of a piece kept, that piece alone can be checked:
/// from the first state its bytes must lead to the second. When every piece does, the first begins
/// at `beginning()` and the last one ends in the digest, the whole content has that SHA-256: the
/// pieces prove it, in any order (docs/decisions/0006-piece-states.md).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hive {

/// Between two blocks of 64 bytes.
struct sha256_state {
  std::array<std::uint32_t, 8> words{};
  /// Of no bytes at all.
  static sha256_state beginning() noexcept;
  friend bool operator==(const sha256_state&, const sha256_state&) = default;
};

/// 64 lower-case hex characters, and back.
std::string to_hex(const sha256_state& state);
std::optional<sha256_state> sha256_state_from_hex(std::string_view text) noexcept;

/// Not thread-safe; a value.
class sha256_chain {
 public:
  static constexpr std::uint64_t block = 64;

  sha256_chain() : sha256_chain(sha256_state::beginning(), 0) {}
  /// Goes on at `position`, a multiple of `block`.
  sha256_chain(const sha256_state& at, std::uint64_t position);

  void update(std::span<const std::byte> bytes);
  std::uint64_t position() const noexcept { return position_; }
  /// Only at a multiple of `block`.
  sha256_state state() const;
  /// The digest of everything up to here, in hex; the chain is spent.
  std::string finish();

 private:
  /// Room for OpenSSL's SHA256_CTX; the .cpp checks that it fits.
  struct alignas(8) context {
    std::array<std::byte, 112> memory;
  };

  context context_{};
  std::uint64_t position_;
};

} // namespace hive
