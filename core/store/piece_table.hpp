#pragma once
/// What is kept of a content's SHA-256 besides the digest: its state at every piece border, so that
/// a damaged stretch can be named and fetched alone. Beside the blobs, in pieces/ab/<sha256>; a
/// content of one piece has none. Knowledge only: a lost or unreadable table costs nothing but
/// that.
///
///     hive-pieces 1
///     <sha256>
///     <size>
///     <piece>
///     <state after each piece but the last, 64 hex characters>
///     <SHA-256 of everything above>

#include "core/base/range_set.hpp"
#include "core/base/result.hpp"
#include "core/base/sha256_chain.hpp"
#include "core/store/home.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::store {

/// Length of the pieces a content is checked by: 8 MiB (what is fetched for one wrong byte),
/// growing to 64 MiB, so that up to 64 GiB a table has at most 1024 entries; 400 GB have 5961, 390
/// kB.
std::uint64_t checked_piece(std::uint64_t size) noexcept;
/// Borders of every possible length are among the multiples of this.
inline constexpr std::uint64_t smallest_checked_piece = 8ull << 20;

struct piece_table {
  std::string sha256;
  std::uint64_t size{0};
  std::vector<sha256_state> borders; ///< after each piece but the last

  std::uint64_t piece() const noexcept { return checked_piece(size); }
  std::size_t count() const noexcept { return borders.size() + 1; }
  byte_range range(std::size_t index) const noexcept;
  /// Where the chain stands before piece `index`.
  sha256_state before(std::size_t index) const noexcept;
  /// Whether a chain that has run through piece `index` came out right. Spends the chain.
  bool ends_right(std::size_t index, sha256_chain& after) const;
  friend bool operator==(const piece_table&, const piece_table&) = default;
};

/// Gathers the states while a content is hashed for the first time.
class border_log {
 public:
  /// Feeds `into`, stopping at every possible border.
  void update(sha256_chain& into, std::span<const std::byte> bytes);
  /// The table of what was fed from its beginning; empty for a content of one piece.
  std::optional<piece_table> table(const std::string& sha256, std::uint64_t size) const;

 private:
  std::vector<sha256_state> seen_; ///< every smallest_checked_piece
};

std::string print_piece_table(const piece_table& t);
/// Empty unless `text` is exactly what print_piece_table makes of something.
std::optional<piece_table> parse_piece_table(std::string_view text);

/// The table of this very content, when one is kept and whole.
std::optional<piece_table> load_pieces(const home& where, const std::string& sha256,
                                       std::uint64_t size);
outcome keep_pieces(const home& where, const piece_table& t);

} // namespace hive::store
