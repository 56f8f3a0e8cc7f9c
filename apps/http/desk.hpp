#pragma once
/// What every route has at hand.

#include "apps/http/backend.hpp"
#include "apps/web/page.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace hive::http {

/// The door's own figures for /metrics. Any thread.
struct counters {
  std::array<std::atomic<std::uint64_t>, 5> requests_by_class{}; ///< 1xx … 5xx
  std::atomic<std::uint64_t> connections{0};    ///< open, event streams not counted
  std::atomic<std::uint64_t> event_streams{0};  ///< open
  std::atomic<std::uint64_t> events_skipped{0}; ///< progress not sent to a slow client
  std::atomic<std::uint64_t> streams_cut{0};    ///< event streams closed because too slow
  std::atomic<std::uint64_t> growing_bodies{0}; ///< being sent: views of actors, traces
  std::atomic<std::uint64_t> plans{0};          ///< being made for whoever asked for one
};

/// Lives as long as the door. Replies of the backend come on other threads and may come after it: a
/// handler's callback keeps the responder, the counters and values, never the desk.
struct desk {
  backend& node;
  std::string version;
  std::shared_ptr<counters> counts;
  std::span<const web::asset> page; ///< empty: there is none
  std::shared_ptr<std::atomic<bool>> tracing{std::make_shared<std::atomic<bool>>(false)};
};

} // namespace hive::http
