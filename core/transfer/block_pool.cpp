#include "core/transfer/block_pool.hpp"

#include <new>
#include <utility>

namespace hive::transfer {

namespace {

constexpr auto alignment = std::align_val_t{store::partial::block};

} // namespace

block_pool::block_pool(std::size_t blocks, std::function<void()> on_return)
  : blocks_(blocks), on_return_(std::move(on_return)) {
  idle_.reserve(blocks);
}

block_pool::~block_pool() {
  for (auto* memory : idle_) ::operator delete(memory, alignment);
}

block_ref block_pool::take() {
  std::byte* memory = nullptr;
  {
    const std::lock_guard lock{mutex_};
    if (out_ >= blocks_) return nullptr;
    if (idle_.empty()) {
      memory = static_cast<std::byte*>(::operator new(block::capacity, alignment));
    } else {
      memory = idle_.back();
      idle_.pop_back();
    }
    ++out_;
  }
  return {new block{memory, 0, 0}, [pool = shared_from_this()](block* b) {
            pool->put_back(b->memory);
            delete b;
          }};
}

std::size_t block_pool::free() const {
  const std::lock_guard lock{mutex_};
  return blocks_ > out_ ? blocks_ - out_ : 0;
}

std::size_t block_pool::size() const {
  const std::lock_guard lock{mutex_};
  return blocks_;
}

void block_pool::allow(std::size_t blocks) {
  const std::lock_guard lock{mutex_};
  blocks_ = blocks;
  idle_.reserve(blocks_);
  trim();
}

void block_pool::trim() {
  while (!idle_.empty() && idle_.size() + out_ > blocks_) {
    ::operator delete(idle_.back(), alignment);
    idle_.pop_back();
  }
}

void block_pool::silence() {
  const std::lock_guard lock{mutex_};
  on_return_ = nullptr;
}

void block_pool::put_back(std::byte* memory) {
  const std::lock_guard lock{mutex_};
  idle_.push_back(memory);
  --out_;
  trim();
  if (on_return_) on_return_();
}

} // namespace hive::transfer
