#pragma once
/// Following jobs to their ends, and showing it.

#include "apps/hive/event_feed.hpp"
#include "apps/hive/lodging.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/terminal.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hive::cli {

enum class show_as : std::uint8_t {
  bars,  ///< drawn in place
  lines, ///< one line per event; of progress one a second
  json,  ///< each event's data object, one per line
  nothing,
};

class watch {
 public:
  watch(client& node, show_as how) : node_{node}, how_{how} {}

  /// Follows a job from its beginning. `job`: a job object of the API.
  void add(json::node job);
  /// Shows until `enough()` or the deadline. Jobs whose node went away have ended, with an error.
  woken run(const std::function<bool()>& enough,
            std::optional<main_loop::time_point> deadline = std::nullopt);
  bool all_ended() const noexcept;
  /// Asks the node to cancel every job that has not ended.
  outcome cancel_all(bool purge);

  const std::vector<job_sight>& jobs() const noexcept { return jobs_; }
  /// How long the job took, from `add` to its end.
  std::chrono::seconds duration(std::size_t which) const;
  /// Takes what is drawn off the screen.
  void clear() { live_.clear(); }

 private:
  struct followed {
    std::unique_ptr<event_feed> feed;
    std::chrono::steady_clock::time_point since;
    std::optional<std::chrono::steady_clock::time_point> until; ///< its end
    std::chrono::steady_clock::time_point told{};               ///< progress, in lines
    bool over{false};
    std::optional<failure> lost;
  };

  void hear(std::size_t which, const sse_event& event);
  void tell(std::size_t which, const sse_event& event, json::node data);
  void look_again(std::size_t which);
  void draw();

  client& node_;
  show_as how_;
  std::vector<job_sight> jobs_;
  std::vector<followed> followed_;
  live_lines live_;
};

/// One line about an event: its sentence, or of progress the figures.
std::string event_line(std::string_view kind, json::node data, const job_sight& job);

} // namespace hive::cli
