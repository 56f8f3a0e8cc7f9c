#pragma once
/// What the disk side does about a content whose digest came out wrong: compares a second try with
/// the first byte by byte as it is written over it, and looks for the wrong pieces where the states
/// of the right ones are known. One worker thread at a time.

#include "core/base/range_set.hpp"
#include "core/base/result.hpp"
#include "core/store/partial.hpp"
#include "core/store/piece_table.hpp"
#include "core/transfer/block_pool.hpp"

#include <span>

namespace hive::transfer {

/// Where two tries differ. Exact to the byte while there are few such places.
class comparison {
 public:
  /// Before `fresh` is written: what of it is other than what is there.
  void look(store::partial& there, const block& fresh);
  const range_set& differing() const noexcept { return differing_; }

 private:
  void note(std::uint64_t offset, std::span<const std::byte> before,
            std::span<const std::byte> now);

  block_ref buffer_;
  range_set differing_;
};

/// The pieces of `there` that do not lead from one state to the next.
result<range_set> wrong_pieces(store::partial& there, const store::piece_table& table);

} // namespace hive::transfer
