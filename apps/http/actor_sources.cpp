#include "apps/http/actor_sources.hpp"

#include "apps/http/actor_view.hpp"
#include "apps/http/problem.hpp"

#include <algorithm>
#include <utility>

namespace hive::http {
namespace {

using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

/// Well below the time after which a node ends a trace nobody takes from.
constexpr milliseconds trace_round{200};

std::string event_text(std::string_view kind, const json::value& data) {
  return "event: " + std::string{kind} + "\ndata: " + json::text(data) + "\n\n";
}

class listing final : public body_source {
 public:
  listing(backend& node, actor_query query, std::string at, milliseconds interval)
    : node_{node}, query_{std::move(query)}, at_{std::move(at)}, interval_{interval} {}

  void next(std::function<void(piece)> take) override {
    node_.actors(query_, at_, [take = std::move(take), wait = interval_](result<actor_page> page) {
      if (!page) return take({event_text("problem", failure_view(page.why())), {}, true});
      take({event_text("actors", actor_page_view(*page)), wait, false});
    });
  }

 private:
  backend& node_;
  const actor_query query_;
  const std::string at_;
  const milliseconds interval_;
};

/// What a trace has written so far; shared with the node's answers, which may come after its end.
struct trace_state {
  trace_writer writer;
  trace_bounds left;
  clock::time_point until;
  std::uint64_t lost{0};
};

class trace final : public body_source {
 public:
  trace(backend& node, std::uint64_t under, trace_bounds bounds, std::string process,
        std::shared_ptr<trace_turn> turn)
    : node_{node}, under_{under}, process_{std::move(process)}, turn_{std::move(turn)} {
    state_->left = bounds;
    state_->until = clock::now() + bounds.time;
  }

  void next(std::function<void(piece)> take) override {
    if (!std::exchange(opened_, true))
      return take({state_->writer.opening(process_), trace_round, false});
    node_.trace(under_, [take = std::move(take), state = state_](result<trace_part> part) {
      take(piece_of(*state, part));
    });
  }

 private:
  static piece piece_of(trace_state& now, const result<trace_part>& part) {
    if (!part) return {now.writer.closing(now.lost, to_string(part.why().code)), {}, true};
    auto text = now.writer.events(part->messages, now.left.messages);
    now.lost += part->lost;
    now.left.messages -= std::min<std::uint64_t>(now.left.messages, part->messages.size());
    const char* ended = now.left.messages == 0      ? "messages"
                        : part->over                ? "over"
                        : clock::now() >= now.until ? "time"
                                                    : nullptr;
    if (ended == nullptr) return {std::move(text), trace_round, false};
    return {text + now.writer.closing(now.lost, ended), {}, true};
  }

  backend& node_;
  const std::uint64_t under_;
  const std::string process_;
  const std::shared_ptr<trace_turn> turn_;
  bool opened_{false};
  std::shared_ptr<trace_state> state_{std::make_shared<trace_state>()};
};

} // namespace

std::shared_ptr<trace_turn> trace_turn::take(std::shared_ptr<std::atomic<bool>> taken) {
  if (taken->exchange(true)) return {};
  return std::shared_ptr<trace_turn>{new trace_turn{std::move(taken)}};
}

growing_body repeated_listing(backend& node, actor_query query, std::string at,
                              milliseconds interval) {
  return std::make_shared<listing>(node, std::move(query), std::move(at), interval);
}

growing_body trace_document(backend& node, std::uint64_t under, trace_bounds bounds,
                            std::string process, std::shared_ptr<trace_turn> turn) {
  return std::make_shared<trace>(node, under, bounds, std::move(process), std::move(turn));
}

} // namespace hive::http
