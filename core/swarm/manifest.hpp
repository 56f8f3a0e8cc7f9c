#pragma once
/// The SHA-256 of each piece of a content, as far as they are known. Pure.
///
/// Whoever fetches from the vendor makes the claims while the bytes come, before the digest of the
/// whole can be known: until then the manifest is provisional. It is good enough to refuse a piece
/// that does not match, never to call a content whole.

#include "core/base/result.hpp"
#include "core/swarm/have_map.hpp"
#include "core/swarm/piece_grid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hive::swarm {

using piece_hash = std::array<std::byte, 32>;

struct piece_claim {
  piece_index piece{0};
  piece_hash hash{};
  friend bool operator==(const piece_claim&, const piece_claim&) = default;
};

enum class manifest_state : std::uint8_t {
  provisional = 0,
  confirmed = 1, ///< the pieces together have the digest of the content
  refuted = 2,   ///< they have another
};

class manifest {
 public:
  /// `content` is the content's key (core/artifact/plan.hpp): 1 to 128 printable characters.
  static result<manifest> of(std::string content, std::uint64_t size);

  const std::string& content() const noexcept { return content_; }
  const piece_grid& grid() const noexcept { return grid_; }
  manifest_state state() const noexcept { return state_; }
  /// Which pieces have a claim.
  const have_map& known() const noexcept { return known_; }
  /// The claim of a known piece.
  const piece_hash& claimed(piece_index piece) const { return hashes_.at(piece); }
  bool matches(const piece_claim& what) const;

  /// Takes a claim. errc::bad_request for a piece there is not; errc::conflict, without a change,
  /// when another hash is claimed already.
  outcome claim(const piece_claim& what);
  /// Takes it whatever was claimed before, unless the manifest is confirmed (errc::conflict).
  outcome correct(const piece_claim& what);
  std::vector<piece_claim> claims() const;

  /// The whole content has been hashed here: it is, or is not, what was asked for. Only with every
  /// piece known.
  void settle(bool right);
  /// Forgets all claims; provisional again.
  void start_over();

  friend bool operator==(const manifest&, const manifest&) = default;

 private:
  manifest(std::string content, piece_grid grid);

  std::string content_;
  piece_grid grid_;
  manifest_state state_{manifest_state::provisional};
  have_map known_;
  std::vector<piece_hash> hashes_;
};

/// "hvm1", the key's length (1 byte) and key, the size (8 bytes, low ones first), the length of the
/// map of known pieces (4 bytes) and the map, the hash of each known piece in order.
std::string encode(const manifest& m);
/// Exactly what `encode` makes of a manifest; provisional whatever its sender thought of it.
/// Memory is taken only for what the bytes hold. errc::bad_request or errc::too_large.
result<manifest> decode_manifest(std::string_view bytes);

} // namespace hive::swarm
