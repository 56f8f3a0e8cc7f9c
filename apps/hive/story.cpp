#include "apps/hive/story.hpp"

#include "apps/hive/event_feed.hpp"
#include "apps/hive/sight.hpp"
#include "apps/hive/terminal.hpp"
#include "apps/hive/text.hpp"
#include "apps/hive/watch.hpp"
#include "core/base/ascii.hpp"

#include <optional>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;

std::string line_of(const sse_event& event, json::node data, bool with_job) {
  job_sight job;
  take_event(job, event.kind, data);
  std::string out = data["time"].text() + "  " + pad_right(data["level"].text(), 7) + "  ";
  if (with_job) out += pad_right(data["job"].text(), 26) + "  ";
  out += pad_right(data["actor"].text(), 9) + "  ";
  return printable(out) + event_line(event.kind, data, job);
}

bool is_of(const std::string& actor, json::node data) {
  if (actor.empty() || data["actor"].text() == actor) return true;
  const auto id = ascii::number(actor);
  return id && *id > 0 && data["actor_id"].natural() == id;
}

} // namespace

int read_aloud(client& node, const story& what) {
  std::optional<outcome> over;
  bool enough = false;
  auto last_heard = std::chrono::steady_clock::now();
  feed_listener ears;
  ears.on_event = [&](const sse_event& event) {
    last_heard = std::chrono::steady_clock::now();
    const auto data = json::parse(event.data);
    if (!data || enough) return;
    const auto seq = data->root()["seq"].natural().value_or(0);
    if (what.until > 0 && seq > what.until) {
      enough = true;
      return;
    }
    if (event.kind == "progress" && !what.progress && !what.json) return;
    if (!is_of(what.actor, data->root())) return;
    const auto text = what.json ? event.data : line_of(event, data->root(), what.with_job);
    enough = !say(text) || (what.until > 0 && seq == what.until);
  };
  ears.on_over = [&](outcome how) { over = std::move(how); };
  event_feed feed{node, what.path, what.since, std::move(ears)};
  for (;;) {
    std::optional<main_loop::time_point> deadline;
    if (what.until > 0) deadline = last_heard + 500ms;
    const auto how = node.loop().wait([&] { return over || enough; }, deadline);
    if (how == woken::interrupted) return info(errc::cancelled).exit_code;
    if (over && !*over) return complain(over->why());
    if (how == woken::done) return 0;
    if (std::chrono::steady_clock::now() >= last_heard + 500ms) return 0;
  }
}

} // namespace hive::cli
