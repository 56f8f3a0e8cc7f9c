#pragma once
/// Reads a file from the disk itself: past the page cache where the file system allows it, so that
/// what is checked is what is stored, and nobody's cached pages are pushed out. Elsewhere the pages
/// it read are dropped again. Any thread, one at a time.

#include "core/base/result.hpp"
#include "core/store/disk_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace hive::store {

class direct_reader {
 public:
  /// The most one `read` yields.
  static constexpr std::size_t most = 4u << 20;

  /// errc::not_found when there is no such regular file.
  static result<direct_reader> open(const std::filesystem::path& what);

  std::uint64_t size() const noexcept { return size_; }
  /// From `offset` (a multiple of 4096) on: at most `most` bytes, less only at the end of the file.
  /// The bytes stand until the next call.
  result<std::span<const std::byte>> read(std::uint64_t offset);

 private:
  struct freeing {
    void operator()(std::byte* memory) const noexcept;
  };

  direct_reader(std::filesystem::path what, descriptor file, bool direct, std::uint64_t size);

  std::filesystem::path what_;
  descriptor file_;
  bool direct_;
  std::uint64_t size_;
  std::unique_ptr<std::byte, freeing> memory_;
};

} // namespace hive::store
