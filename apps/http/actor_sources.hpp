#pragma once
/// Bodies about actors that grow while they are sent.

#include "apps/http/backend.hpp"
#include "apps/http/message.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace hive::http {

/// The node has one trace at a time; whoever holds this has it.
class trace_turn {
 public:
  /// Empty when somebody else has it. `taken`: shared by all who ask.
  static std::shared_ptr<trace_turn> take(std::shared_ptr<std::atomic<bool>> taken);
  ~trace_turn() { end(); }
  trace_turn(const trace_turn&) = delete;
  trace_turn& operator=(const trace_turn&) = delete;

  /// Whatever else still holds it: whoever is answered after this may have the next one.
  void end() noexcept {
    if (const auto taken = std::exchange(taken_, nullptr)) *taken = false;
  }

 private:
  explicit trace_turn(std::shared_ptr<std::atomic<bool>> taken) : taken_{std::move(taken)} {}
  std::shared_ptr<std::atomic<bool>> taken_;
};

/// Server-sent events `actors`: the answer to `query`, again `interval` after the last one was
/// sent. An event `problem` is the last. `at`: name or id of another member; empty: this node.
growing_body repeated_listing(backend& node, actor_query query, std::string at,
                              std::chrono::milliseconds interval);

/// Whichever comes first is the end.
struct trace_bounds {
  std::chrono::milliseconds time{std::chrono::seconds{5}};
  std::uint64_t messages{20'000};
};

/// One JSON document of a trace that has begun at the node.
growing_body trace_document(backend& node, std::uint64_t under, trace_bounds bounds,
                            std::string process, std::shared_ptr<trace_turn> turn);

} // namespace hive::http
