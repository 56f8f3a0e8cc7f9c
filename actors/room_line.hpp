#pragma once
/// The line of jobs that wait for room on the disk. Whoever has the most priority, then age, is
/// looked at first; one that fits passes those that do not, and only as many go as fit together.
/// Nobody in the line holds a promise of room, so that no two can wait for each other. Part of the
/// queue actor, on its thread.

#include "actors/job_table.hpp"

#include <chrono>
#include <functional>
#include <vector>

namespace hive::actors {

struct room_line_deps {
  queue_actor::pointer self{nullptr};
  catalog_actor catalog;
  job_table* jobs{nullptr};
  /// There is room for this job: it may take a slot again.
  std::function<void(live_job&)> go;
  /// Room also comes from other programs and from removals nobody tells the queue of.
  std::chrono::milliseconds every{std::chrono::seconds{2}};
  std::size_t most_contents{20'000}; ///< of all jobs one look asks about
};

class room_line {
 public:
  explicit room_line(room_line_deps deps) : deps_(std::move(deps)) {}

  /// This job waits for room from now on, `wait` at least.
  void join(live_job& job, std::chrono::milliseconds wait);
  /// Something may have given room: looks now, unless nobody waits or a look is under way.
  void look();
  /// The line's own look_for_room.
  void beat();

 private:
  bool anybody() const;
  void schedule();
  std::vector<job_id> next() const;
  void judge(const std::vector<job_id>& asked, const room_measured& found);

  room_line_deps deps_;
  bool looking_{false};
  bool scheduled_{false};
};

} // namespace hive::actors
