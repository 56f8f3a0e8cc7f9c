#include "core/discovery/search.hpp"

#include "core/discovery/heard_nodes.hpp"

#include <condition_variable>

namespace hive::discovery {

struct search::inbox {
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<sighting> line;
};

result<std::unique_ptr<search>> search::begin(std::string hive) {
  std::unique_ptr<search> out{new search};
  out->heard_ = std::make_shared<inbox>();
  lan_options options;
  options.hive = std::move(hive);
  options.on_heard = [to = out->heard_](const sighting& what) {
    const std::lock_guard hold{to->mutex};
    if (what.lasts.count() == 0 || to->line.size() >= heard_nodes::most) return;
    to->line.push_back(what);
    to->filled.notify_one();
  };
  HIVE_TRY(out->around_, lan::open(std::move(options)));
  return out;
}

ears search::networks() const {
  return around_->networks();
}

std::optional<sighting> search::next(std::chrono::steady_clock::time_point until) {
  std::unique_lock hold{heard_->mutex};
  if (!heard_->filled.wait_until(hold, until, [&] { return !heard_->line.empty(); }))
    return std::nullopt;
  auto out = std::move(heard_->line.front());
  heard_->line.pop_front();
  return out;
}

} // namespace hive::discovery
