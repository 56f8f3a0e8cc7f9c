#include "actors/limits.hpp"

#include "actors/inspect.hpp"
#include "actors/ledger.hpp"
#include "actors/spelling.hpp"
#include "core/base/ascii.hpp"

namespace hive::actors {
namespace {

using limits::limit;

constexpr std::chrono::milliseconds minute{60'000};

/// A stored text as a value that still is within the limit's bounds.
std::optional<std::uint64_t> read_value(const limits::limit_row& row, const std::string& text) {
  const auto value = ascii::number(text);
  if (!value || *value < row.least || *value > row.most) return std::nullopt;
  return value;
}

fact change_fact(const limits::limit_row& row, std::uint64_t before,
                 const limits::limit_in_force& now) {
  const bool hours = now.from == "schedule";
  std::string name{row.name};
  std::ranges::replace(name, '_', ' ');
  return {{},
          "limits",
          "limit-changed",
          level::info,
          name + " is now " + limits::shown(row, now.value) + " instead of " +
              limits::shown(row, before) + (hours ? ", as the schedule says" : ""),
          {{"limit", std::string{row.name}},
           {"old", std::to_string(before)},
           {"new", std::to_string(now.value)},
           {"by", now.from}}};
}

class limits_state {
 public:
  using handle = limits_actor;
  static constexpr const char* name = "limits";

  limits_state(limits_actor::pointer self, limits_deps deps)
    : self_(self), deps_(std::move(deps)) {}

  limits_actor::behavior_type make_behavior() {
    ask(self_, deps_.ledger, ledger_limit, recall_settings{})
        .await([this](const setting_list& known) { begin(known); },
               [this](const caf::error& why) { break_down(self_, why); });
    return {
        [this](const query_limits&) { return now_; },
        [this](const change_limits& m) { return change(m); },
        [this](const limit_job& m) { deps_.hold_download(m.id.value, m.rate); },
        [this](const watch_slots& m) { watch(m.queue); },
        [this](const tick&) { beat(); },
    };
  }

 private:
  void begin(const setting_list& known) {
    for (const auto& row : limits::limit_table())
      if (const auto at = known.settings.find(std::string{row.name}); at != known.settings.end())
        set_[index(row.what)] = read_value(row, at->second);
    now_ = weigh();
    for (const auto& row : limits::limit_table()) put_in_force(row.what);
    if (!deps_.settings.hours.empty()) wait_for_minute();
  }

  caf::result<limits::in_force> change(const change_limits& m) {
    keep_settings kept;
    for (const auto& [what, value] : m.changes) {
      auto& text = kept.changes[std::string{limits::row_of(what).name}];
      text = value ? std::optional{std::to_string(*value)} : std::nullopt;
    }
    auto promise = self_->make_response_promise<limits::in_force>();
    ask(self_, deps_.ledger, ledger_limit, std::move(kept))
        .then(
            [this, m, promise]() mutable {
              for (const auto& [what, value] : m.changes) set_[index(what)] = value;
              look();
              promise.deliver(now_);
            },
            [promise](const caf::error& why) mutable {
              promise.deliver(as_error(as_failure(why, "the ledger")));
            });
    return promise;
  }

  void watch(queue_actor queue) {
    queue_ = std::move(queue);
    put_in_force(limit::max_jobs);
  }

  void beat() {
    wait_for_minute();
    look();
  }

  /// Local time is looked at anew every minute: clocks are put forward, back and right.
  void wait_for_minute() {
    const auto past = deps_.wall().time_since_epoch() % minute;
    tell_later(self_, self_, minute - past, tick{});
  }

  limits::in_force weigh() const {
    return limits::decide(deps_.settings, set_, limits::local_at(deps_.wall()));
  }

  void look() {
    const auto before = std::exchange(now_, weigh());
    for (const auto& row : limits::limit_table()) {
      if (before[row.what] == now_[row.what]) continue;
      put_in_force(row.what);
      tell(self_, deps_.narrator,
           narrate{change_fact(row, before[row.what], now_.values[index(row.what)]),
                   event_kind::narration,
                   {},
                   {}});
    }
  }

  void put_in_force(limit what) {
    const auto value = now_[what];
    (*deps_.board)[index(what)] = value; // uploads read it there
    if (what == limit::download_rate) deps_.hold_download({}, value);
    if (what == limit::max_lanes) deps_.hold_lanes(value);
    if (what == limit::max_jobs && queue_) tell(self_, queue_, slots_changed{value});
  }

  static std::size_t index(limit what) { return static_cast<std::size_t>(what); }

  limits_actor::pointer self_;
  limits_deps deps_;
  limits::wishes set_;
  limits::in_force now_;
  queue_actor queue_;
};

} // namespace

limits_actor spawn_limits(caf::local_actor* parent, limits_deps deps) {
  return spawn_child<limits_state>(parent, std::move(deps));
}

} // namespace hive::actors
