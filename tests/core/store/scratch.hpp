#pragma once
/// What the store's tests stand on: folders that vanish, small file systems, and samples.

#include "core/artifact/reference.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/database.hpp"
#include "core/store/home.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hive::store::test {

/// A folder of its own, removed with all it holds.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// A prepared home in a scratch folder.
struct scratch_home {
  scratch_home();
  scratch_folder folder;
  home where;
};

/// A tmpfs of `bytes` on an existing folder; unmounted by the destructor. Not mounted without root.
class small_disk {
 public:
  small_disk(std::filesystem::path folder, std::size_t bytes);
  ~small_disk();
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;
  bool mounted() const noexcept { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_;
};

std::string read_file(const std::filesystem::path& what);
void write_file(const std::filesystem::path& what, std::string_view text);
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// Puts `text` in place as a verified blob; yields its SHA-256.
std::string put_blob(const home& where, const std::string& text);

reference parsed(std::string_view text);

/// The bytes a test file has at `offset`, aligned for direct I/O; offset and length in multiples
/// of 8.
class pattern {
 public:
  pattern(std::uint64_t offset, std::size_t length);
  std::span<const std::byte> bytes() const noexcept { return {data_, length_}; }

 private:
  std::vector<std::byte> memory_;
  std::byte* data_;
  std::size_t length_;
};

} // namespace hive::store::test
