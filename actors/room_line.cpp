#include "actors/room_line.hpp"

#include "actors/catalog.hpp"
#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

/// Those who were given room and have not taken it yet come first: it is theirs.
bool goes_before(const live_job* a, const live_job* b) {
  const bool given = a->waits == waits_for::turn;
  if (given != (b->waits == waits_for::turn)) return given;
  return a->record.asked.priority > b->record.asked.priority;
}

} // namespace

void room_line::join(live_job& job, std::chrono::milliseconds wait) {
  job.waits = waits_for::room;
  job.not_before = deps_.self->clock().now() + wait;
  deps_.jobs->refresh(job);
  schedule();
}

void room_line::beat() {
  scheduled_ = false;
  schedule();
  look();
}

void room_line::look() {
  if (looking_ || !anybody()) return;
  const auto asked = next();
  measure_room m;
  for (const auto& id : asked) m.line.push_back(deps_.jobs->find(id)->record.contents);
  looking_ = true;
  ask(deps_.self, deps_.catalog, look_limit, std::move(m))
      .then(
          [this, asked](const room_measured& found) {
            looking_ = false;
            judge(asked, found);
          },
          [this](const caf::error&) { looking_ = false; });
}

bool room_line::anybody() const {
  return std::ranges::any_of(deps_.jobs->for_room(), [this](const job_id& id) {
    return deps_.jobs->find(id)->waits == waits_for::room;
  });
}

void room_line::schedule() {
  if (scheduled_ || !anybody()) return;
  scheduled_ = true;
  tell_later(deps_.self, deps_.self, deps_.every, look_for_room{});
}

std::vector<job_id> room_line::next() const {
  std::vector<const live_job*> line;
  for (const auto& id : deps_.jobs->for_room()) line.push_back(deps_.jobs->find(id));
  std::ranges::stable_sort(line, goes_before);
  std::vector<job_id> ids;
  std::size_t contents = 0;
  for (const auto* job : line) {
    contents += job->record.contents.size();
    if (!ids.empty() && contents > deps_.most_contents) break;
    ids.push_back(job->record.id);
  }
  return ids;
}

void room_line::judge(const std::vector<job_id>& asked, const room_measured& found) {
  const auto now = deps_.self->clock().now();
  for (std::size_t i = 0; i < std::min(asked.size(), found.lacks.size()); ++i) {
    auto* job = deps_.jobs->find(asked[i]);
    if (!job || job->waits != waits_for::room) continue;
    const auto& lack = found.lacks[i];
    if (lack.bytes > 0)
      job->record.cause = lack.human;
    else if (now >= job->not_before)
      deps_.go(*job);
  }
}

} // namespace hive::actors
