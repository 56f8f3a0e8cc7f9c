#pragma once
/// POSIX files for this room: descriptors that close themselves, whole writes, durable replacement,
/// errno as failures. Interrupted calls (EINTR) are repeated everywhere. Any thread.

#include "core/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace hive::store {

/// "cannot <verb> <path>: <reason>" as errc::disk_full (ENOSPC, EDQUOT), errc::home_unwritable
/// (EROFS, EACCES, EPERM) or errc::disk_failed (all others).
failure disk_failure(int error, std::string_view verb, const std::filesystem::path& what);

/// Owns one file descriptor.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int fd) noexcept : fd_(fd) {}
  ~descriptor() { close(); }
  descriptor(descriptor&& other) noexcept : fd_(other.release()) {}
  descriptor& operator=(descriptor&& other) noexcept;

  int get() const noexcept { return fd_; }
  int release() noexcept;
  void close() noexcept;
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_{-1};
};

/// open(2) with O_CLOEXEC added.
result<descriptor> open_file(const std::filesystem::path& what, int flags, mode_t mode = 0);

/// The exclusive flock of a file that is made (0600) when it is not there; held until the
/// descriptor is closed, also by the process's death. errc::home_locked when another has it for
/// longer than `patience`.
result<descriptor> lock_file(const std::filesystem::path& what, std::chrono::milliseconds patience);

/// Writes all of `bytes` at `offset`.
outcome write_all(int fd, std::uint64_t offset, std::span<const std::byte> bytes,
                  const std::filesystem::path& what);

/// fdatasync and fsync.
outcome sync_data(int fd, const std::filesystem::path& what);
outcome sync_all(int fd, const std::filesystem::path& what);
/// Makes names in a folder (created, renamed, removed) survive a power cut.
outcome sync_folder(const std::filesystem::path& folder);

/// Yields whether it is new.
result<bool> make_folder(const std::filesystem::path& folder, mode_t mode = 0755);
/// Makes a folder and its parents; existing ones keep their mode.
outcome make_folders(const std::filesystem::path& folder, mode_t mode = 0755);
outcome rename_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// Yields whether it was there.
result<bool> remove_file(const std::filesystem::path& what);

/// The entries of a folder, by name; a folder that is not there has none.
result<std::vector<std::filesystem::directory_entry>>
list_folder(const std::filesystem::path& folder);

/// The whole file; more than `limit` bytes is errc::too_large, no such file errc::not_found.
result<std::string> read_text(const std::filesystem::path& what, std::size_t limit);
/// Replaces `to` so that readers and crashes see the old or the new text, never a mixture:
/// temporary beside it, fdatasync, rename. Whether the new name survives a power cut is up to
/// sync_folder.
outcome replace_file(const std::filesystem::path& to, std::string_view text, mode_t mode = 0644);

/// A fresh name in the folder of `to`. Its length does not depend on `to`, so that a name of the
/// longest length the file system takes can be replaced too.
std::filesystem::path temporary_beside(const std::filesystem::path& to);
/// Whether a file name is one of temporary_beside's: ours, unfinished, safe to remove at start.
bool is_temporary(std::string_view name) noexcept;

} // namespace hive::store
