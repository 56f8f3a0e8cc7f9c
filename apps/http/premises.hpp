#pragma once
/// What the parts of an open door share. Everything but `io`, `disk` and the counters belongs to
/// the door's thread. Parts hold references; whoever may come later (a node's reply) holds a
/// weak_ptr.

#include "apps/http/body_stream.hpp"
#include "apps/http/desk.hpp"
#include "apps/http/door.hpp"
#include "apps/http/event_fan.hpp"
#include "apps/http/guard.hpp"
#include "apps/http/outflow.hpp"
#include "apps/http/session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <unordered_set>

namespace hive::http {

struct premises : std::enable_shared_from_this<premises> {
  premises(door_options given, backend& node, guard rules)
    : options{std::move(given)}, keeper{std::move(rules)}, fan{*this}, uploads{io, node},
      routes{node, options.version, counts, options.page} {}

  /// An ended session's last call.
  void forget(const std::shared_ptr<session>& one) {
    sessions.erase(one);
    counts->connections = sessions.size();
    if (closing && sessions.empty()) io.stop();
  }

  void forget(const std::shared_ptr<body_stream>& one) {
    bodies.erase(one);
    counts->growing_bodies = bodies.size();
  }

  boost::asio::io_context io{1};
  boost::asio::thread_pool disk{2};
  const door_options options;
  const guard keeper;
  std::shared_ptr<counters> counts{std::make_shared<counters>()};
  event_fan fan;
  outflow uploads;
  desk routes;
  std::unordered_set<std::shared_ptr<session>> sessions;
  std::unordered_set<std::shared_ptr<body_stream>> bodies;
  bool closing{false};
};

} // namespace hive::http
