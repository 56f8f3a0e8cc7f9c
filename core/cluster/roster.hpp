#pragma once
/// The member table: rows in ring order, with what has to be quick about them. At most
/// `max_members`.

#include "core/cluster/message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hive::cluster {

class roster {
 public:
  std::size_t size() const noexcept { return rows_.size(); }
  const row_ptr& at(std::size_t place) const noexcept { return rows_[place].row; }
  /// Null for a stranger.
  const member_row* find(const node_id& id) const noexcept;
  row_ptr share(const node_id& id) const noexcept;
  /// The place of the first row after a ring position, 0 behind the last. The table is not empty.
  std::size_t after(std::uint64_t ring) const noexcept;

  /// Puts a row in the place of the one with its id. False when the table is full, or when another
  /// id stands at the same ring position (chance: 2^-40 with 4096 members).
  bool put(row_ptr row);
  void remove(const node_id& id);

  const digest_sums& sums() const noexcept { return sums_; }
  /// The rows of one bucket.
  std::vector<row_ptr> bucket(std::size_t which) const;
  static std::size_t bucket_of(std::uint64_t ring) noexcept { return ring >> 58; }

  /// Members that did not leave: what a majority is counted of.
  std::size_t expected() const noexcept { return expected_; }
  /// Of those, how many are unreachable or down.
  std::size_t lost() const noexcept { return lost_; }
  /// Ring positions of members that look anything but ok, in ring order.
  const std::vector<std::uint64_t>& troubled() const noexcept { return troubled_; }
  bool is_lost(const node_id& id) const noexcept;
  /// The row at exactly this ring position; null for none.
  const row_ptr* at_ring(std::uint64_t ring) const noexcept;

 private:
  struct entry {
    std::uint64_t ring;
    row_ptr row;
  };
  std::size_t lower(std::uint64_t ring) const noexcept;
  void count(const member_row& row, bool in);

  std::vector<entry> rows_;
  std::vector<std::uint64_t> troubled_;
  digest_sums sums_{};
  std::size_t expected_{0};
  std::size_t lost_{0};
};

} // namespace hive::cluster
