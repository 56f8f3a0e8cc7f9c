#pragma once
/// An unfinished file: sparse data beside a range journal that claims only what fdatasync has made
/// durable. The journal is bound to content (key, size), never to a URL.
///
/// The journal's text is in journal.hpp; it is replaced atomically (write, fdatasync, rename). A
/// torn, foreign or unreadable journal is as none: the data is fetched again, never trusted.

#include "core/base/range_set.hpp"
#include "core/base/result.hpp"
#include "core/store/home.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hive::store {

/// Thread use: writes, reads and flushes from the disk threads, one caller at a time per method
/// except `write` and `read`, which may run side by side. Nothing here is for an actor's thread.
class partial {
 public:
  /// Alignment of offsets, lengths and memory for direct I/O, and of every range a journal claims
  /// (but for the end of the file).
  static constexpr std::size_t block = 4096;

  /// Opens or creates partial/<name>.data. A recorded size other than `size` discards what is
  /// there; claims beyond the end of the data are dropped. With `size` known the room is allocated
  /// at once: errc::disk_full then says what is needed and what is free. Else disk_failed,
  /// home_unwritable.
  static result<std::unique_ptr<partial>> open(const home& where, const std::string& content_key,
                                               std::optional<std::uint64_t> size);
  /// One that begins with all bytes of a file of this machine at once, none of them claimed yet:
  /// the same blocks where the file system can share them (whatever is written to either file
  /// later, the other does not see it), or, with `move`, the file itself, which nobody else must
  /// have open or by another name. Takes no room. Null where that cannot be done; the file is as it
  /// was then.
  static std::unique_ptr<partial> of_file(const home& where, const std::string& content_key,
                                          const std::filesystem::path& from, std::uint64_t size,
                                          bool move);
  ~partial();
  partial(const partial&) = delete;
  partial& operator=(const partial&) = delete;

  /// What the journal on disk claims.
  const range_set& durable() const noexcept { return durable_; }
  /// Direct I/O (O_DIRECT) is in use; false on file systems that refuse it.
  bool direct() const noexcept { return direct_fd_ >= 0; }

  /// Writes all bytes at `offset`. Aligned memory, offset and length go direct; anything else is
  /// buffered. errc::disk_full or disk_failed.
  outcome write(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Reads exactly `bytes.size()`; short is errc::disk_failed.
  outcome read(std::uint64_t offset, std::span<std::byte> bytes);
  /// Makes the whole file share the blocks of `from` (a reflink): nothing is copied, and what
  /// either file is written later the other does not see. False where the file system has no such
  /// thing.
  bool share_blocks(const std::filesystem::path& from) noexcept;
  /// fdatasync, then a journal that claims durable() plus `written`: whole blocks, the file's end,
  /// and what earlier flushes completed to whole blocks. After a failed fdatasync nothing more can
  /// be claimed through this object (the kernel forgets what it could not write): open it anew.
  outcome flush(const range_set& written);
  /// Forgets a range (a restart, a bad piece), and what was flushed but is no whole block yet,
  /// durably before it returns: write there only then.
  outcome forget(byte_range r);

  /// Truncates to `size`, fdatasync, read-only, rename to the blob of `sha256`, fsync of both
  /// folders; the journal goes last. A blob of that size that is already there wins, the partial
  /// goes. Less data than `size` is errc::size_mismatch. The object is spent when it succeeds.
  outcome commit(const std::string& sha256, std::uint64_t size);
  /// Gives back the room that was allocated beyond the last byte written, so that others can have
  /// it while nobody goes on here. What fails changes nothing.
  void trim() noexcept;
  /// Removes both files. The object is spent.
  void discard() noexcept;

 private:
  partial(home where, std::string content_key, std::optional<std::uint64_t> size);
  outcome open_data();
  outcome resume();
  outcome allocate();
  bool move_here(const std::filesystem::path& from);
  void try_direct();
  int suited_fd(std::uint64_t offset, std::span<const std::byte> bytes) const noexcept;
  outcome write_journal(const range_set& claims);
  range_set claimable(const range_set& synced) const;
  outcome move_to_blob(const std::string& sha256);
  void close() noexcept;

  home home_;
  std::string key_;
  std::optional<std::uint64_t> size_;
  std::filesystem::path data_;
  std::filesystem::path journal_;
  int fd_{-1};
  int direct_fd_{-1};
  bool sync_failed_{false};
  range_set synced_;  ///< what fdatasync covered, to the byte
  range_set durable_; ///< the whole blocks of it: what the journal claims
};

/// Stem of the two files of a key: "<hex>" for "sha256:<hex>", "git-sha1-<hex>", "url-<hex>".
std::string partial_name(const std::string& content_key);

/// Whether `name` (without its extension) can have come from partial_name.
bool is_partial_name(std::string_view name) noexcept;

/// What a partial's journal claims; nothing when there is none.
range_set resumable_ranges(const home& where, const std::string& content_key);
/// The bytes of it.
std::uint64_t resumable_bytes(const home& where, const std::string& content_key);

/// Bytes of a content of `size` that its partial has no room for yet, claimed or allocated.
std::uint64_t missing_bytes(const home& where, const std::string& content_key, std::uint64_t size);

/// Removes a partial nobody has open (purge of a job that is not running). Idempotent.
void purge_partial(const home& where, const std::string& content_key) noexcept;

} // namespace hive::store
