#pragma once
/// Sets of byte positions as sorted, disjoint, half-open ranges: what a partial file holds, what is
/// missing, and the pieces to fetch it by. Pure.

#include <cstdint>
#include <optional>
#include <vector>

namespace hive {

/// [begin, end)
struct byte_range {
  std::uint64_t begin{0};
  std::uint64_t end{0};

  std::uint64_t size() const noexcept { return end - begin; }
  bool empty() const noexcept { return begin >= end; }
  friend bool operator==(const byte_range&, const byte_range&) = default;
};

class range_set {
 public:
  /// Adds and merges; empty ranges are ignored.
  void add(byte_range r);
  void remove(byte_range r);
  void add(const range_set& other);
  bool contains(byte_range r) const noexcept;
  std::uint64_t size() const noexcept; ///< bytes covered
  bool empty() const noexcept { return ranges_.empty(); }
  /// End of the run that starts at `from`; `from` itself when that position is not covered.
  std::uint64_t run_end(std::uint64_t from) const noexcept;
  /// What of `within` is not covered.
  std::vector<byte_range> missing(byte_range within) const;
  const std::vector<byte_range>& ranges() const noexcept { return ranges_; }
  friend bool operator==(const range_set&, const range_set&) = default;

 private:
  std::vector<byte_range> ranges_;
};

/// Length of the pieces a file is fetched by: 8 MiB, growing to 32 MiB so that a file has about 256
/// of them (docs/benchmarks.md says why); a multiple of 1 MiB.
std::uint64_t piece_size(std::uint64_t file_size) noexcept;

/// The missing part of [0, size) as pieces in file order, cut at multiples of `piece`.
std::vector<byte_range> plan_pieces(const range_set& have, std::uint64_t size, std::uint64_t piece);

} // namespace hive
