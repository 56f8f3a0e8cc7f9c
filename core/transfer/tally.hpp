#pragma once
/// Counts the bytes of one content. A restart begins anew below, but what is told never decreases.
/// Pure.

#include "core/job/progress.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace hive::transfer {

class tally {
 public:
  /// Bytes that were here before this run.
  void resume(std::uint64_t bytes) noexcept { here_ += bytes, claim(bytes); }
  void receive(std::uint64_t bytes) noexcept { here_ += bytes, raise(told_.received, here_); }
  /// Bytes the journal claims now.
  void claim(std::uint64_t bytes) noexcept {
    raise(told_.durable, bytes);
    raise(told_.received, std::max(here_, bytes));
  }
  /// The hashed prefix.
  void verify(std::uint64_t prefix) noexcept { raise(told_.verified, prefix); }
  /// Came and was of no use.
  void discard(std::uint64_t bytes) noexcept { told_.discarded += bytes; }
  /// Where what came over the wire came from.
  void over_wan(std::uint64_t bytes) noexcept { told_.wan += bytes; }
  void from_peers(std::uint64_t bytes) noexcept { told_.peers += bytes; }
  /// Part of what is here was wrong.
  void lose(std::uint64_t bytes) noexcept {
    here_ -= std::min(here_, bytes);
    discard(bytes);
  }
  /// Everything that is here is thrown away. Returns how much that was.
  std::uint64_t restart() noexcept {
    discard(here_);
    return std::exchange(here_, 0);
  }

  std::uint64_t here() const noexcept { return here_; }
  const byte_counts& counts() const noexcept { return told_; }

 private:
  static void raise(std::uint64_t& value, std::uint64_t to) noexcept {
    value = std::max(value, to);
  }

  std::uint64_t here_{0}; ///< positions held in the present attempt
  byte_counts told_;
};

} // namespace hive::transfer
