#pragma once
/// The disk side of one transfer: its partial, and what was written since the journal last spoke.
/// Made on the loop thread; used on the disk thread only, `read` on the hash thread only. `close`
/// must come after the last read.

#include "core/store/partial.hpp"
#include "core/transfer/block_pool.hpp"
#include "core/transfer/content_hash.hpp"
#include "core/transfer/doubt.hpp"
#include "core/transfer/transfer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hive::transfer {

/// A file of another program that may have the content.
struct adoptable {
  local_copy copy;
  bool shared{false};                ///< all of it is here already
  std::optional<std::uint64_t> size; ///< it has another one, so it is not what its name says
};

/// How a transfer begins.
struct opening {
  std::optional<std::uint64_t> size;
  std::uint64_t reserve{0};
  bool resume{true};               ///< false: what is there is forgotten
  std::optional<file_source> near; ///< a file of this machine that is the source
};
struct opened {
  range_set durable; ///< what can be relied on
  bool whole{false}; ///< all bytes of the near file are here, at once and without a copy
  std::vector<std::byte> head{}; ///< the first of them
};

class landing {
 public:
  landing(store::home where, std::string content_key)
    : where_(std::move(where)), key_(std::move(content_key)) {}

  /// Opens the partial: with the bytes of the near file where they can be had without copying, else
  /// after a look at the free room.
  result<opened> open(const opening& how);
  /// The first of these that is a readable file of this size; its blocks are shared at once where
  /// that can be done and nothing is here yet.
  std::optional<adoptable> find_copy(const std::vector<local_copy>& copies, std::uint64_t size);
  outcome write(const block& what);
  /// Bytes that must not be claimed before `claim` says so.
  outcome write_unclaimed(const block& what) { return partial_->write(what.offset, what.bytes()); }
  void claim(byte_range written) { unclaimed_.add(written); }
  outcome read(std::uint64_t offset, std::span<std::byte> bytes);
  /// The bytes the journal claims now.
  result<std::uint64_t> flush();
  /// Forgets everything written; `compare`: what is written from now on is compared with it.
  outcome restart(bool compare);
  /// Where what was written since differs.
  range_set differing() const;
  /// The wrong pieces of what was written, where the states of the right ones are known; empty
  /// where they are not. On the hash thread, as `read`.
  result<range_set> wrong_pieces(const std::string& sha256, std::uint64_t size);
  /// Forgets these ranges only.
  outcome forget(const range_set& wrong);
  /// The blob, and the states of its pieces beside it.
  outcome commit(const content_hash::digests& found, std::uint64_t size);
  /// Flushes, gives back room nothing was written to and closes (keep), or removes (purge). Without
  /// a partial it purges by name.
  void close(leftover what) noexcept;

 private:
  bool bring(const file_source& near, std::uint64_t size);

  store::home where_;
  std::string key_;
  std::unique_ptr<store::partial> partial_;
  range_set unclaimed_;
  std::optional<comparison> comparison_;
};

} // namespace hive::transfer
