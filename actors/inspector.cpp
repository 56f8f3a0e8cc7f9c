#include "actors/inspector.hpp"

#include "actors/actor_listing.hpp"
#include "actors/inspect.hpp"
#include "actors/queue_ages.hpp"
#include "actors/spelling.hpp"
#include "core/base/redact.hpp"

#include <algorithm>
#include <map>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::seconds watch_after_last{60};
constexpr std::chrono::seconds trace_after_last{3};
constexpr std::chrono::seconds queue_age_limit{5};
constexpr std::chrono::milliseconds describe_limit{250};
constexpr std::chrono::seconds order_limit{10};
constexpr std::chrono::seconds slow_told_every{10}; ///< of one class
constexpr const char* too_late = "it did not answer within 250 ms";
constexpr std::size_t most_waiting = 256; ///< questions for a window

class inspector_state {
 public:
  using handle = inspector_actor;
  static constexpr const char* name = "inspector";

  inspector_state(inspector_actor::pointer self, inspector_deps deps)
    : self_(self), deps_(std::move(deps)) {}
  ~inspector_state() {
    people().watch(false);
    people().end_trace();
  }
  inspector_state(const inspector_state&) = delete;
  inspector_state& operator=(const inspector_state&) = delete;

  inspector_actor::behavior_type make_behavior() {
    tell_later(self_, self_, look_every, tick{});
    return {
        [this](actor_query& m) { return list(std::move(m)); },
        [this](const show_actor& m) { return show(m.id); },
        [this](const act_on_actor& m) { return act(m); },
        [this](const take_trace& m) { return trace(m.under); },
        [this](const window_over& m) { answer(m.turn); },
        [this](const tick&) { look(); },
    };
  }

  description describe() const {
    description d;
    d.add("watched", people().watched());
    d.add("tracing", people().tracing());
    d.add("questions_waiting", waiting_.size());
    return d;
  }

 private:
  struct question_for_window {
    actor_query asked;
    caf::typed_response_promise<actor_page> reply;
  };

  population& people() const { return people_of(self_->system()); }
  instant now() const { return self_->clock().now(); }

  void watch() {
    last_viewer_ = now();
    if (people().watched()) return;
    people().watch(true);
    sample();
  }

  void sample() { samples_.take(counters_of(people(), now()), now()); }

  // Questions.

  caf::result<actor_page> list(actor_query m) {
    watch();
    m.limit = std::clamp<std::size_t>(m.limit, 1, most_actors_listed);
    m.window = std::clamp<std::chrono::milliseconds>(m.window, {}, longest_window);
    if (m.window.count() == 0 || samples_.reach(m.window, now()).count() > 0)
      return list_actors(people(), samples_, m, now());
    if (waiting_.size() >= most_waiting)
      return as_error(fail(errc::overloaded, "too many questions wait for their window to pass",
                           "ask again in a second"));
    if (samples_.age_of_last(now()) > look_every / 2) sample();
    const auto rest = m.window - samples_.age_of_last(now());
    auto reply = self_->make_response_promise<actor_page>();
    waiting_.emplace(++turn_, question_for_window{std::move(m), reply});
    tell_later(self_, self_, std::max(rest, std::chrono::milliseconds{1}), window_over{turn_});
    return reply;
  }

  void answer(std::uint64_t turn) {
    auto found = waiting_.extract(turn);
    if (!found) return;
    auto& [asked, reply] = found.mapped();
    reply.deliver(list_actors(people(), samples_, asked, now()));
  }

  caf::result<actor_detail> show(std::uint64_t id) {
    watch();
    auto seen = look_at(people(), samples_, id, now());
    if (!seen) return as_error(std::move(seen).why());
    auto reply = self_->make_response_promise<actor_detail>();
    auto whole = std::make_shared<actor_detail>(std::move(*seen));
    const auto at = people().find(id);
    if (id == self_->id()) whole->self = describe();
    if (!at) whole->unsaid = "it has ended";
    if (still_silent(id)) whole->unsaid = too_late;
    if (whole->self || !whole->unsaid.empty()) {
      reply.deliver(std::move(*whole));
      return reply;
    }
    ask(self_, at, describe_limit, describe_self{})
        .then(
            [whole, reply](self_described& m) mutable {
              whole->self = redacted(std::move(m.what));
              if (!whole->self) whole->unsaid = "it says nothing of itself";
              reply.deliver(std::move(*whole));
            },
            [this, id, whole, reply](const caf::error& why) mutable {
              const bool late = why == caf::sec::request_timeout;
              whole->unsaid = late ? too_late : "it has ended";
              if (late) people().visit(id, [&](const vitals& one) { silent_[id] = one.taken(); });
              reply.deliver(std::move(*whole));
            });
    return reply;
  }

  /// It was asked before and has taken no message since: another question would only wait behind.
  bool still_silent(std::uint64_t id) {
    const auto known = silent_.find(id);
    if (known == silent_.end()) return false;
    bool still = false;
    people().visit(id, [&](const vitals& one) { still = one.taken() == known->second; });
    if (!still) silent_.erase(known);
    return still;
  }

  static std::optional<description> redacted(std::optional<description> what) {
    if (!what) return what;
    for (auto& row : what->rows())
      if (row.what == description::kind::text) row.text = redact_value(row.name, row.text);
    return what;
  }

  caf::result<trace_part> trace(std::uint64_t under) {
    if (trace_lapsed_ && *trace_lapsed_ == under) {
      trace_lapsed_.reset();
      return trace_part{{}, 0, true};
    }
    const bool alive = under == 0 || people().find(under);
    // Of somebody else: whoever took that one has gone, and it has not been noticed yet.
    if (!people().tracing() || traced_ != under) {
      if (!alive) return as_error(no_such_actor(under));
      people().start_trace(under, now());
      traced_ = under;
      trace_began_ = now();
      trace_root_ = under;
      trace_lapsed_.reset();
    }
    if (trace_root_ != under)
      return as_error(fail(errc::conflict, "another trace is under way",
                           "ask again when it is over, in a minute at most"));
    trace_taken_ = now();
    auto part = people().take_trace();
    part.over = part.over || !alive || now() - trace_began_ >= longest_trace;
    if (part.over) people().end_trace();
    return part;
  }

  // Orders.

  caf::result<actor_acted> act(const act_on_actor& m) {
    const auto whom = people().find(m.id);
    if (!whom) return as_error(no_such_actor(m.id));
    actor_facts seen;
    if (!people().visit(m.id, [&](const vitals& one) { seen = one.facts(now()); }))
      return as_error(no_such_actor(m.id));
    switch (m.what) {
    case actor_action::cancel:
      return seen.job.empty() ? stop(m, whom, seen) : order(m, seen, cancel_job{seen.job, false});
    case actor_action::pause: return steer(m, seen, job_order::pause);
    case actor_action::resume: return steer(m, seen, job_order::resume);
    case actor_action::restart:
      if (seen.parent == 0) return as_error(nobody_above(seen));
      audit(m, seen);
      post(whom, put_down{fail(errc::actor_failed, "restarted by " + m.who)});
      return actor_acted{"the " + seen.name + " ends; whoever owns it goes on as after a crash"};
    case actor_action::crash: return hurt(m, whom, seen, fault::crash);
    case actor_action::freeze: return hurt(m, whom, seen, fault::freeze);
    case actor_action::flood: return hurt(m, whom, seen, fault::flood);
    }
    return as_error(fail(errc::bad_request, "an unknown action"));
  }

  static failure nobody_above(const actor_facts& seen) {
    return fail(errc::conflict,
                "nobody would start the " + seen.name + " again: the node would end",
                "stop the node and start it again");
  }

  /// Of an actor that works for no job alone.
  caf::result<actor_acted> stop(const act_on_actor& m, const caf::actor& whom,
                                const actor_facts& seen) {
    if (seen.name != "transfer")
      return as_error(fail(errc::conflict,
                           "the " + seen.name + " works for the whole node and cannot be cancelled",
                           "restart it, or cancel a job or a transfer"));
    audit(m, seen);
    order_stop(whom, stop_reason::cancel_keep);
    return actor_acted{
        "the transfer ends; its bytes stay, and jobs that wait for it fail or retry"};
  }

  caf::result<actor_acted> steer(const act_on_actor& m, const actor_facts& seen, job_order what) {
    if (!seen.job.empty()) return order(m, seen, steer_job{seen.job, what});
    return as_error(fail(errc::conflict, "the " + seen.name + " works for no job",
                         "pause and resume are for jobs and what works for them"));
  }

  template <class Order>
  caf::result<actor_acted> order(const act_on_actor& m, const actor_facts& seen, Order what) {
    audit(m, seen);
    auto reply = self_->make_response_promise<actor_acted>();
    ask(self_, deps_.queue, order_limit, std::move(what))
        .then(
            [reply](const job_record& r) mutable {
              reply.deliver(
                  actor_acted{"job " + r.id.value + " is " + std::string{to_string(r.state)}});
            },
            [reply](const caf::error& why) mutable {
              reply.deliver(as_error(unanswered<Order>(why, "the queue", order_limit)));
            });
    return reply;
  }

  caf::result<actor_acted> hurt(const act_on_actor& m, const caf::actor& whom,
                                const actor_facts& seen, fault what) {
    if (!config_of(self_->system()).faults)
      return as_error(fail(errc::unsupported, "this node takes no injected faults"));
    audit(m, seen);
    inject(whom, what, m.lasting);
    return actor_acted{"the fault is under way"};
  }

  void audit(const act_on_actor& m, const actor_facts& seen) {
    fact f{seen.job,
           name,
           "actor-action",
           level::warning,
           m.who + " ordered " + std::string{to_string(m.what)} + " of the " + seen.name + " " +
               std::to_string(seen.id),
           {{"order", std::string{to_string(m.what)}},
            {"type", seen.name},
            {"id", std::to_string(seen.id)},
            {"who", m.who}}};
    say(std::move(f));
  }

  // Looking by itself.

  void look() {
    tell_later(self_, self_, look_every, tick{});
    if (people().tracing() && now() - trace_taken_ > trace_after_last) {
      people().end_trace();
      trace_lapsed_ = trace_root_;
    }
    std::erase_if(silent_, [this](const auto& one) { return !people().find(one.first); });
    if (people().watched()) {
      if (now() - last_viewer_ > watch_after_last) {
        people().watch(false);
        samples_.forget();
      } else {
        sample();
      }
    }
    look_at_queues();
    look_at_handlers();
  }

  void look_at_queues() {
    std::vector<backlog> all;
    people().visit([&all](const vitals& one) {
      if (const auto depth = one.depth(); depth > 0)
        all.push_back({one.id, one.name, one.taken(), depth});
    });
    for (const auto& found : ages_.look(all, now())) {
      const auto id = std::to_string(found.id);
      const auto human = found.over
                             ? "the " + found.name + " " + id + " handles its messages again"
                             : "messages of the " + found.name + " " + id + " have waited for " +
                                   std::to_string(found.age.count()) + " s";
      auto told = about(found.over ? "alert-off" : "alert-on",
                        found.over ? level::info : level::warning, human, found.name, found.id);
      told.fields.emplace_back("alert", "queue-age");
      say(std::move(told));
    }
  }

  void look_at_handlers() {
    for (const auto& one : people().take_slow()) {
      auto& told = slow_told_[one.name];
      if (told != instant{} && now() - told < slow_told_every) continue;
      told = now();
      const auto type = one.type == 0 ? std::string{"a message"} : type_name(one.type);
      say(about("slow-handler", level::warning,
                "the " + one.name + " " + std::to_string(one.id) + " took at least " +
                    std::to_string(one.at_least.count()) + " ms for " + type,
                one.name, one.id));
    }
  }

  static fact about(const char* action, level weight, std::string human, const std::string& who,
                    std::uint64_t id) {
    return {
        {}, name, action, weight, std::move(human), {{"type", who}, {"id", std::to_string(id)}}};
  }

  void say(fact told) {
    tell(self_, deps_.narrator, narrate{std::move(told), event_kind::narration, {}, {}});
  }

  inspector_actor::pointer self_;
  inspector_deps deps_;
  samples samples_;
  std::map<std::uint64_t, question_for_window> waiting_;
  std::uint64_t turn_{0};
  instant last_viewer_;
  std::uint64_t traced_{0}; ///< root of the trace under way
  instant trace_began_;
  instant trace_taken_;
  std::uint64_t trace_root_{0};
  std::optional<std::uint64_t> trace_lapsed_;     ///< nobody took it in time, and has not been told
  std::map<std::uint64_t, std::uint64_t> silent_; ///< who did not answer, after how many messages
  queue_ages ages_{queue_age_limit};
  std::map<std::string, instant> slow_told_; ///< by class: bounded by their number
};

} // namespace

inspector_actor spawn_inspector(caf::local_actor* parent, inspector_deps deps) {
  return spawn_child<inspector_state>(parent, std::move(deps));
}

} // namespace hive::actors
