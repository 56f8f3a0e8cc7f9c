#pragma once
/// The disk side of one transfer: its partial, and what was written since the journal last spoke.
/// Made on the loop thread; used on the disk thread only, `read` on the hash thread only. `close`
/// must come after the last read.

#include "core/store/partial.hpp"
#include "core/transfer/block_pool.hpp"
#include "core/transfer/content_hash.hpp"
#include "core/transfer/transfer.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace hive::transfer {

class landing {
 public:
  landing(store::home where, std::string content_key)
    : where_(std::move(where)), key_(std::move(content_key)) {}

  /// Opens the partial after a look at the free room; `resume` false: what is there is forgotten.
  /// What of it can be relied on.
  result<range_set> open(std::optional<std::uint64_t> size, std::uint64_t reserve, bool resume);
  outcome write(const block& what);
  outcome read(std::uint64_t offset, std::span<std::byte> bytes);
  /// The bytes the journal claims now.
  result<std::uint64_t> flush();
  /// Forgets everything written.
  outcome restart();
  /// The blob, and the states of its pieces beside it.
  outcome commit(const content_hash::digests& found, std::uint64_t size);
  /// Flushes, gives back room nothing was written to and closes (keep), or removes (purge). Without
  /// a partial it purges by name.
  void close(leftover what) noexcept;

 private:
  store::home where_;
  std::string key_;
  std::unique_ptr<store::partial> partial_;
  range_set unclaimed_;
};

} // namespace hive::transfer
