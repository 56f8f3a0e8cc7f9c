#pragma once
/// An event stream of a node, followed across breaks.

#include "apps/hive/client.hpp"
#include "apps/hive/sse.hpp"

#include <functional>
#include <memory>
#include <string>

namespace hive::cli {

/// Calls come on the main thread, while it waits in its loop.
struct feed_listener {
  std::function<void(const sse_event&)> on_event;
  /// The stream is over for good: empty when the node closed it after `end` (or had nothing more to
  /// tell), else why. Once, last.
  std::function<void(outcome)> on_over;
};

/// Main thread only. At most 256 events wait between the network and the main thread; then the
/// network waits. A broken stream is opened again with Last-Event-ID, for up to 20 s without
/// success.
class event_feed {
 public:
  /// `path` as in "/v1/jobs/ID/events". `last`: the id of the last event already known, or empty.
  event_feed(client& node, std::string path, std::string last, feed_listener ears);
  ~event_feed();
  event_feed(const event_feed&) = delete;
  event_feed& operator=(const event_feed&) = delete;

 private:
  class stream;
  std::shared_ptr<stream> stream_;
};

} // namespace hive::cli
