#pragma once
/// Where a header's bytes come from. Readers ask for small stretches, mostly forwards.

#include "core/base/result.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hive::model {

/// One thread at a time.
class byte_source {
 public:
  virtual ~byte_source() = default;
  /// Of the whole file, bytes.
  virtual std::uint64_t size() const noexcept = 0;
  /// Fills `into` from `offset` on; the caller stays within `size`.
  virtual outcome read(std::uint64_t offset, std::span<char> into) = 0;
};

/// Bytes in memory, which must outlive it.
class memory_source final : public byte_source {
 public:
  explicit memory_source(std::string_view bytes) noexcept : bytes_(bytes) {}
  std::uint64_t size() const noexcept override { return bytes_.size(); }
  outcome read(std::uint64_t offset, std::span<char> into) override {
    const auto part = bytes_.substr(static_cast<std::size_t>(offset), into.size());
    std::ranges::copy(part, into.begin());
    return {};
  }

 private:
  std::string_view bytes_;
};

} // namespace hive::model
