#include "actors/narrator.hpp"

#include "actors/inspect.hpp"
#include "actors/ledger.hpp"
#include "actors/spelling.hpp"
#include "core/base/redact.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace hive::actors {
namespace {

struct history {
  std::deque<event_ptr> told;
  event_ptr progress;      ///< the last one only
  std::string correlation; ///< of the request that made the job
  /// Of runs before this one (a retried job); empty until somebody asks.
  std::optional<std::vector<event_ptr>> earlier;
};

void redact_all(fact& f) {
  f.human = redact(f.human);
  f.correlation = redact(f.correlation);
  for (auto& [key, value] : f.fields) value = redact_value(key, value);
}

/// Makes room by giving up narration before changes of state.
void bound(std::deque<event_ptr>& told, std::size_t most) {
  while (told.size() > most) {
    const auto idle = std::ranges::find_if(
        told, [](const event_ptr& e) { return e->kind == event_kind::narration; });
    told.erase(idle == told.end() ? told.begin() : idle);
  }
}

template <class Events>
std::vector<event_ptr> later_than(std::uint64_t after, const Events& told) {
  std::vector<event_ptr> found;
  std::ranges::copy_if(told, std::back_inserter(found),
                       [after](const event_ptr& e) { return e->seq > after; });
  return found;
}

class narrator_state {
 public:
  using handle = narrator_actor;
  static constexpr const char* name = "narrator";

  narrator_state(narrator_actor::pointer self, narrator_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  narrator_actor::behavior_type make_behavior() {
    return {
        [this](narrate& m) { hear(std::move(m)); },
        [this](const hear_events& m) {
          subscriber_ = m.hear;
          far_subscriber_ = m.hear_afar;
        },
        [this](const replay_events& m) { return replay(m); },
        [this](const relay_events& m) {
          if (far_subscriber_)
            for (const auto& one : m.events) (*far_subscriber_)(one);
        },
    };
  }

  description describe() const {
    description d;
    d.add("last_seq", deps_.last_seq->load());
    d.add("ring", ring_.size());
    d.add("histories", jobs_.size());
    d.add("subscribed", bool{subscriber_});
    return d;
  }

 private:
  void hear(narrate m) {
    sign(m.what);
    if (const auto at = jobs_.find(m.what.job); at != jobs_.end() && m.what.correlation.empty())
      m.what.correlation = at->second.correlation;
    redact_all(m.what);
    note_trouble(m.what);
    if (m.kind != event_kind::progress) log(m.what);
    auto told = std::make_shared<event>();
    told->seq = deps_.last_seq->fetch_add(1) + 1;
    told->time = wall_now();
    told->kind = m.kind;
    told->what = std::move(m.what);
    told->state = m.state;
    told->progress = std::move(m.progress);
    remember(told);
    if (subscriber_) (*subscriber_)(told);
  }

  /// Who told it is who sent it, unless that one passed it on.
  void sign(fact& what) {
    if (const auto teller = asker(self_); teller && what.actor_id == 0)
      what.actor_id = teller->id();
  }

  /// A trouble it told is shown of an actor from then on.
  void note_trouble(const fact& what) {
    if (what.weight < level::warning) return;
    auto text = std::make_unique<std::string>(what.human);
    people_of(self_->system()).visit(what.actor_id, [&text](vitals& one) {
      one.set_error(std::move(text));
    });
  }

  void remember(const event_ptr& e) {
    if (e->kind != event_kind::progress) {
      ring_.push_back(e);
      if (ring_.size() > deps_.node_events) ring_.pop_front();
    }
    if (e->what.job.empty()) return;
    auto at = jobs_.find(e->what.job);
    // A state opens a history and the end closes it: a late word about a finished job opens none.
    if (at == jobs_.end() && e->kind == event_kind::state) {
      at = jobs_.try_emplace(e->what.job).first;
      at->second.correlation = e->what.correlation;
    }
    if (at == jobs_.end()) return;
    if (e->kind == event_kind::progress) {
      at->second.progress = e;
      return;
    }
    at->second.told.push_back(e);
    bound(at->second.told, deps_.job_events);
    if (e->kind == event_kind::end) close(at->first, at->second);
  }

  void close(const job_id& id, const history& all) {
    const auto forget = [this, id] { this->forget(id); };
    ask(self_, deps_.ledger, ledger_limit,
        keep_history{id, std::vector<event_ptr>{all.told.begin(), all.told.end()}})
        .then(forget, [forget](const caf::error& why) {
          forget();
          log(level::warning, "narrator", "history-lost", sentence(as_failure(why, "the ledger")));
        });
  }

  /// Its history is kept; but it may have been retried meanwhile, and live.
  void forget(const job_id& id) {
    const auto at = jobs_.find(id);
    if (at == jobs_.end()) return;
    auto& told = at->second.told;
    while (!told.empty() && told.front()->kind != event_kind::end) told.pop_front();
    if (!told.empty()) told.pop_front();
    at->second.earlier.reset();
    if (told.empty()) jobs_.erase(at);
  }

  caf::result<event_list> replay(const replay_events& m) {
    if (m.job.empty()) return of_node(m.after);
    const auto at = jobs_.find(m.job);
    if (at != jobs_.end() && at->second.earlier)
      return of_job(at->second, *at->second.earlier, m.after);
    if (at != jobs_.end()) return with_earlier(m);
    auto promise = self_->make_response_promise<event_list>();
    ask(self_, deps_.ledger, ledger_limit, recall_history{m.job})
        .then(
            [promise, after = m.after](event_list& all) mutable {
              std::erase_if(all.events, [after](const event_ptr& e) { return e->seq <= after; });
              promise.deliver(std::move(all));
            },
            [promise](const caf::error& why) mutable {
              promise.deliver(as_error(as_failure(why, "the ledger")));
            });
    return promise;
  }

  /// The ledger may know of earlier runs of a living job, and (it has just ended) of this one.
  caf::result<event_list> with_earlier(const replay_events& m) {
    auto promise = self_->make_response_promise<event_list>();
    auto answer = [this, promise, m](std::vector<event_ptr> earlier, bool answered) mutable {
      const auto at = jobs_.find(m.job);
      if (at == jobs_.end()) return promise.deliver(event_list{later_than(m.after, earlier)});
      auto& known = at->second;
      std::erase_if(earlier, [&](const event_ptr& e) { return e->seq >= known.told.front()->seq; });
      if (!earlier.empty()) earlier.back() = as_passed(earlier.back());
      promise.deliver(of_job(known, earlier, m.after));
      if (answered) known.earlier = std::move(earlier);
    };
    ask(self_, deps_.ledger, ledger_limit, recall_history{m.job})
        .then([answer](event_list& all) mutable { answer(std::move(all.events), true); },
              [answer](const caf::error&) mutable { answer({}, false); });
    return promise;
  }

  static event_list of_job(const history& known, const std::vector<event_ptr>& earlier,
                           std::uint64_t after) {
    auto found = later_than(after, earlier);
    std::ranges::move(later_than(after, known.told), std::back_inserter(found));
    if (known.progress && known.progress->seq > after) insert(found, known.progress);
    return {std::move(found)};
  }

  event_list of_node(std::uint64_t after) const {
    auto found = later_than(after, ring_);
    for (const auto& [id, known] : jobs_)
      if (known.progress && known.progress->seq > after) insert(found, known.progress);
    return {std::move(found)};
  }

  static void insert(std::vector<event_ptr>& sorted, const event_ptr& e) {
    const auto at =
        std::ranges::lower_bound(sorted, e->seq, {}, [](const event_ptr& x) { return x->seq; });
    sorted.insert(at, e);
  }

  narrator_actor::pointer self_;
  narrator_deps deps_;
  std::deque<event_ptr> ring_;
  std::unordered_map<job_id, history> jobs_;
  std::shared_ptr<const std::function<void(event_ptr)>> subscriber_;
  std::shared_ptr<const std::function<void(event_ptr)>> far_subscriber_;
};

} // namespace

narrator_actor spawn_narrator(caf::local_actor* parent, narrator_deps deps) {
  return spawn_child<narrator_state>(parent, std::move(deps));
}

} // namespace hive::actors
