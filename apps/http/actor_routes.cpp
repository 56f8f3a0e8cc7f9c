#include "apps/http/actor_routes.hpp"

#include "actors/actor_words.hpp"
#include "apps/http/actor_sources.hpp"
#include "apps/http/actor_view.hpp"
#include "apps/http/parameters.hpp"
#include "apps/http/problem.hpp"
#include "core/base/ascii.hpp"

#include <utility>

namespace hive::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::uint64_t most_messages = 200'000; ///< of one trace: some 40 MB of JSON
constexpr span_bounds interval_bounds{250ms, 60s};
constexpr std::uint64_t longest_freeze_ms = 600'000;

reply refuse(const body_fault& fault) {
  return problem(fault.why, 400, fault.field);
}

/// An id of another form cannot exist.
std::optional<std::uint64_t> read_actor_id(const request& asked) {
  return ascii::number(asked.part("id"));
}

reply no_such_actor(const request& asked) {
  return problem(
      fail(errc::not_found, "no actor " + asked.part("id") + " lives here", "ids are numbers"),
      404);
}

checked read_filters(const request& asked, actor_query& into) {
  HIVE_EXPECT(take_text(asked, "name", 256, into.name));
  HIVE_EXPECT(take_text(asked, "job", 26, into.job));
  HIVE_EXPECT(take_text(asked, "state", 64, into.state));
  into.job = ascii::uppered(into.job);
  return take_number(asked, "under", {1, UINT64_MAX}, into.under);
}

checked read_order(const request& asked, actor_query& into) {
  if (const auto by = asked.param("by")) {
    const auto known = actors::actor_order_from(*by);
    if (!known) return wrong_member("by", "must be one of id, queue, age, rate, time, growth");
    into.by = *known;
  }
  std::uint64_t limit = into.limit;
  HIVE_EXPECT(take_number(asked, "limit", {1, actors::most_actors_listed}, limit));
  into.limit = limit;
  if (const auto cursor = asked.param("cursor").value_or(""); !cursor.empty()) {
    const auto after = ascii::number(cursor);
    if (!after || into.by != actors::actor_order::id)
      return wrong_member("cursor",
                          after ? "only a list by id has pages" : "not one of this list's");
    into.after = *after;
  }
  return take_span(asked, "window", {0ms, actors::longest_window}, into.window);
}

/// The body of an action that has one.
checked read_lasting(const request& asked, actor_action what, milliseconds& into) {
  if (asked.body.empty()) return {};
  return read_members(asked.body, [&](std::string_view name, json::node value) -> checked {
    if (what != actor_action::freeze || name != "lasting_ms")
      return wrong_member(name, "no such field");
    const auto lasting = value.natural();
    if (!lasting || *lasting < 1 || *lasting > longest_freeze_ms)
      return wrong_member(name, "must be milliseconds, a number from 1 to 600000");
    into = milliseconds{*lasting};
    return {};
  });
}

/// Of another member, by name or id; empty: this node.
std::string node_of(const request& asked) {
  return std::string{asked.param("node").value_or("")};
}

reply actor_reply(const result<actor_detail>& found) {
  return found ? json_reply(200, actor_detail_view(*found)) : problem(found.why());
}

struct trace_wish {
  std::uint64_t under{0};
  trace_bounds bounds;
};

checked read_trace_wish(const request& asked, trace_wish& into) {
  HIVE_EXPECT(take_number(asked, "under", {1, UINT64_MAX}, into.under));
  std::uint64_t seconds = 5;
  HIVE_EXPECT(take_number(asked, "seconds",
                          {1, static_cast<std::uint64_t>(actors::longest_trace.count())}, seconds));
  into.bounds.time = std::chrono::seconds{seconds};
  return take_number(asked, "messages", {1, most_messages}, into.bounds.messages);
}

} // namespace

tl::expected<actor_query, body_fault> read_actor_query(const request& asked) {
  actor_query out;
  if (auto ok = read_filters(asked, out); !ok) return tl::unexpected<body_fault>{ok.error()};
  if (auto ok = read_order(asked, out); !ok) return tl::unexpected<body_fault>{ok.error()};
  return out;
}

void list_actors(desk& at, request asked, responder answer) {
  auto query = read_actor_query(asked);
  if (!query) return answer(refuse(query.error()));
  milliseconds interval = 1s;
  if (const auto ok = take_span(asked, "interval", interval_bounds, interval); !ok)
    return answer(refuse(ok.error()));
  const auto accept = asked.header("accept").value_or("");
  if (accept.find("text/event-stream") != accept.npos)
    return answer({200,
                   {{"Content-Type", "text/event-stream"}},
                   repeated_listing(at.node, std::move(*query), node_of(asked), interval)});
  at.node.actors(std::move(*query), node_of(asked),
                 [answer = std::move(answer)](result<actor_page> page) {
                   answer(page ? json_reply(200, actor_page_view(*page)) : problem(page.why()));
                 });
}

void show_actor(desk& at, request asked, responder answer) {
  const auto id = read_actor_id(asked);
  if (!id) return answer(no_such_actor(asked));
  at.node.actor(*id, node_of(asked),
                [answer = std::move(answer)](const result<actor_detail>& found) {
                  answer(actor_reply(found));
                });
}

void act_on_actor(desk& at, request asked, responder answer) {
  const auto id = read_actor_id(asked);
  if (!id) return answer(no_such_actor(asked));
  const auto what = actors::actor_action_from(asked.part("action"));
  if (!what) return answer(no_such_route(asked));
  if (!asked.body.empty() && !says_json(asked)) return answer(wants_json());
  milliseconds lasting = 5s;
  if (const auto ok = read_lasting(asked, *what, lasting); !ok) return answer(refuse(ok.error()));
  at.node.act(
      *id, *what, asked.peer, lasting,
      [answer = std::move(answer), id = *id, what = *what](const result<std::string>& done) {
        if (!done) return answer(problem(done.why()));
        json::object out;
        out["id"] = id;
        out["action"] = to_string(what);
        out["human"] = *done;
        answer(json_reply(200, out));
      });
}

void trace_actors(desk& at, request asked, responder answer) {
  trace_wish wish;
  if (const auto ok = read_trace_wish(asked, wish); !ok) return answer(refuse(ok.error()));
  auto turn = trace_turn::take(at.tracing);
  if (!turn)
    return answer(problem(fail(errc::conflict, "another trace is under way",
                               "there is one at a time; ask again when it has ended")));
  at.node.status([answer = std::move(answer), wish, turn = std::move(turn),
                  &node = at.node](result<node_status> status) mutable {
    const auto refuse_with = [answer, turn](const failure& why) {
      turn->end();
      answer(problem(why));
    };
    if (!status) return refuse_with(status.why());
    // What this first part holds came before the trace's document begins.
    auto begun = [answer, refuse_with, wish, turn, &node,
                  name = status->name](result<trace_part> part) {
      if (!part) return refuse_with(part.why());
      answer({200,
              {{"Content-Type", "application/json"}},
              trace_document(node, wish.under, wish.bounds, "hive " + name, turn)});
    };
    node.trace(wish.under, std::move(begun));
  });
}

} // namespace hive::http
