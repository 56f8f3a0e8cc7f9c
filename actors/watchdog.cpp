#include "actors/watchdog.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace hive::actors {
namespace {

constexpr int internal_error = 70;

} // namespace

watchdog::watchdog(std::chrono::milliseconds limit, std::function<std::string()> last_words)
  : thread_([this, limit, words = std::move(last_words)] {
      std::unique_lock hold{mutex_};
      if (called_off_.wait_for(hold, limit, [this] { return off_; })) return;
      std::fprintf(stderr, "hive: %s\n", words().c_str());
      std::_Exit(internal_error);
    }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard hold{mutex_};
    off_ = true;
  }
  called_off_.notify_one();
  thread_.join();
}

} // namespace hive::actors
