#pragma once
/// The memory all bodies go through: a bounded number of blocks, made when first needed and then
/// kept.

#include "core/store/partial.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace hive::transfer {

/// Content bytes [offset, offset + filled). `memory` is aligned for direct I/O.
struct block {
  static constexpr std::size_t capacity = 1u << 20;

  std::byte* memory{nullptr};
  std::uint64_t offset{0};
  std::size_t filled{0};

  std::span<const std::byte> bytes() const noexcept { return {memory, filled}; }
  std::uint64_t end() const noexcept { return offset + filled; }
};

/// Shared by the disk thread and the hash thread; the last one to let go returns it to the pool.
using block_ref = std::shared_ptr<block>;

/// Thread-safe. Lives as long as its last block.
class block_pool : public std::enable_shared_from_this<block_pool> {
 public:
  /// `on_return` is called on whatever thread gave a block back.
  block_pool(std::size_t blocks, std::function<void()> on_return);
  ~block_pool();
  block_pool(const block_pool&) = delete;
  block_pool& operator=(const block_pool&) = delete;

  /// Null when every block is out.
  block_ref take();
  std::size_t free() const;
  std::size_t size() const;
  /// How many there may be from now on; surplus ones go as they come back.
  void allow(std::size_t blocks);
  /// No call of `on_return` starts after this.
  void silence();

 private:
  void put_back(std::byte* memory);
  void trim();

  mutable std::mutex mutex_;
  std::size_t blocks_;
  std::function<void()> on_return_;
  std::vector<std::byte*> idle_;
  std::size_t out_{0};
};

} // namespace hive::transfer
