#include "actors/ticker.hpp"

#include <utility>

namespace hive::actors {

ticker::ticker(std::chrono::milliseconds every, std::function<void()> tick)
  : thread_([this, every, tick = std::move(tick)] {
      std::unique_lock hold{mutex_};
      while (!called_off_.wait_for(hold, every, [this] { return off_; })) tick();
    }) {}

ticker::~ticker() {
  {
    const std::lock_guard hold{mutex_};
    off_ = true;
  }
  called_off_.notify_one();
  thread_.join();
}

} // namespace hive::actors
