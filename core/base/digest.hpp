#pragma once
/// Content digests: values, and hashing as the bytes stream by (OpenSSL EVP underneath).

#include "core/base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hive {

enum class digest_kind : std::uint8_t {
  sha256 = 0,
  /// SHA-1 of "blob <decimal length>\0" and the bytes: what git calls an object id.
  git_sha1 = 1,
};

/// A digest of some content. `hex` is lower case, 64 (sha256) or 40 (git_sha1) characters.
struct digest {
  digest_kind kind{digest_kind::sha256};
  std::string hex;

  friend auto operator<=>(const digest&, const digest&) = default;
  friend bool operator==(const digest&, const digest&) = default;
};

/// "sha256:<hex>" or "git-sha1:<hex>".
std::string to_string(const digest& d);
/// Reads what `to_string` prints; upper-case hex is taken and lowered.
result<digest> parse_digest(std::string_view text);
/// Whether `text` is exactly `length` lower-case hex characters.
bool is_hex(std::string_view text, std::size_t length) noexcept;
std::string to_hex(std::span<const std::byte> bytes);

/// A running hash. Not thread-safe; movable.
class hasher {
 public:
  /// For git_sha1 the length of the whole content must be known beforehand.
  explicit hasher(digest_kind kind, std::optional<std::uint64_t> content_length = std::nullopt);
  ~hasher();
  hasher(hasher&&) noexcept;
  hasher& operator=(hasher&&) noexcept;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text) { update(std::as_bytes(std::span{text})); }
  /// The digest of everything given so far; the hasher is spent afterwards.
  digest finish();

 private:
  struct context;
  digest_kind kind_;
  std::unique_ptr<context> context_;
};

/// SHA-256 of a text, as lower-case hex.
std::string sha256_hex(std::string_view text);

} // namespace hive
