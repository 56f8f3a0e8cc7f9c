#pragma once
/// The way from other threads to the loop, for things that may outlive the service: after `close`
/// nothing passes, so that nobody touches an engine that may be gone.

#include "core/net/engine.hpp"

#include <functional>
#include <mutex>

namespace hive::transfer {

class gate {
 public:
  explicit gate(net::engine& engine) : engine_(&engine) {}

  /// Any thread. The call runs on the loop thread, or is dropped when the gate is closed.
  void post(std::function<void()> call) {
    const std::lock_guard lock{mutex_};
    if (engine_ != nullptr) engine_->post(std::move(call));
  }

  void close() {
    const std::lock_guard lock{mutex_};
    engine_ = nullptr;
  }

 private:
  std::mutex mutex_;
  net::engine* engine_;
};

} // namespace hive::transfer
