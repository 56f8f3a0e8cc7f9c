#pragma once
/// A file on the disk as bytes a reader of model files takes. Not for an actor that must not block.

#include "core/model/byte_source.hpp"
#include "core/store/disk_file.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace hive::store {

class file_bytes final : public model::byte_source {
 public:
  static result<file_bytes> open(std::filesystem::path path);

  std::uint64_t size() const noexcept override { return size_; }
  /// errc::size_mismatch when the file has become shorter.
  outcome read(std::uint64_t offset, std::span<char> into) override;

 private:
  file_bytes(std::filesystem::path path, descriptor fd, std::uint64_t size)
    : path_(std::move(path)), fd_(std::move(fd)), size_(size) {}

  std::filesystem::path path_;
  descriptor fd_;
  std::uint64_t size_;
};

} // namespace hive::store
