#pragma once
/// Blobs: immutable content named by SHA-256. Present means verified and durable.

#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/home.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace hive::store {

/// Size of a blob; empty when it is not here. Any thread.
std::optional<std::uint64_t> blob_size(const home& where, const std::string& sha256);
/// Removes one blob, what is known of its pieces and what was set aside of it; true when it was
/// there.
result<bool> remove_blob(const home& where, const std::string& sha256);

/// Free bytes for this user on the file system of `where`.
result<std::uint64_t> free_bytes(const home& where);
/// errc::disk_full with both numbers when `needed` plus `reserve` does not fit; nothing always
/// fits.
outcome check_room(const home& where, std::uint64_t needed, std::uint64_t reserve);

/// How a second name of a content was made.
enum class link_kind : std::uint8_t { hard_link = 0, reflink = 1, copy = 2 };
std::string_view to_string(link_kind k) noexcept;
/// Makes `fresh`, which is not there yet, a read-only file of its own with the content of `from`: a
/// reflink where that goes, else a copy, a piece at a time. Given up in the middle, it leaves the
/// file.
class duplication {
 public:
  static result<duplication> begin(std::filesystem::path from, std::filesystem::path fresh);
  /// 64 MiB at most, which are on the disk when it returns; false when all is done.
  result<bool> step();
  link_kind how() const noexcept { return how_; }

 private:
  duplication(std::filesystem::path from, std::filesystem::path fresh)
    : from_(std::move(from)), fresh_(std::move(fresh)) {}

  std::filesystem::path from_;
  std::filesystem::path fresh_;
  descriptor source_;
  descriptor target_;
  link_kind how_{link_kind::copy};
  std::uint64_t copied_{0};
};
/// All of it at once.
result<link_kind> duplicate(const std::filesystem::path& from, const std::filesystem::path& fresh);
/// Hard link, else reflink, else copy (across file systems): replaces `to` atomically.
result<link_kind> place(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace hive::store
