#include "actors/sentry.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/job/log.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

std::string silence_of(const finding& f) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(f.silence).count();
  return "the " + f.who.name + " has not answered for " + std::to_string(seconds) + " s";
}

fact about(const char* action, level weight, std::string human, const std::string& name,
           std::uint64_t id) {
  return {{},     "sentry",         action,
          weight, std::move(human), {{"type", name}, {"id", std::to_string(id)}}};
}

class sentry_state {
 public:
  using handle = sentry_actor;
  static constexpr const char* name = "sentry";

  sentry_state(sentry_actor::pointer self, sentry_deps deps)
    : self_(self), deps_(std::move(deps)), roll_(deps_.how) {}

  sentry_actor::behavior_type make_behavior() {
    tell_later(self_, self_, deps_.how.every, tick{});
    return {
        [this](const life_shown& m) { hear(m.id); },
        [this](const tick&) { look(); },
    };
  }

 private:
  population& people() { return people_of(self_->system()); }

  void look() {
    tell_later(self_, self_, deps_.how.every, tick{});
    for (const auto& one : people().take_crashes()) tell_crash(one);
    if (const auto news = std::exchange(deps_.news, std::nullopt)) say(*news);
    const auto now = self_->clock().now();
    // Health first: whoever hears of a silence finds it there.
    const auto found = roll_.judge(now);
    show(now);
    for (const auto& f : found) act(f);
    const auto me = caf::actor_cast<caf::actor>(self_);
    auto alive = people().list();
    std::erase_if(alive, [this](const resident& who) { return who.id == self_->id(); });
    for (const auto& who : roll_.call(now, alive))
      if (const auto at = people().find(who.id)) post(at, show_life{me});
    show(now); // without those who are gone
  }

  void hear(std::uint64_t id) {
    const auto now = self_->clock().now();
    const auto back = roll_.hear(id, now);
    if (!back) return;
    show(now);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(back->silence).count();
    say(about("actor-back", level::info,
              "the " + back->who.name + " answers again after " + std::to_string(seconds) + " s",
              back->who.name, id));
  }

  void act(const finding& f) {
    if (f.what == sign::silent)
      say(about("actor-silent", level::warning, silence_of(f), f.who.name, f.who.id));
    if (f.what == sign::lost) put_down_now(f.who.id, fail(errc::actor_failed, silence_of(f)));
    if (f.what == sign::stuck) give_up(f);
  }

  void give_up(const finding& f) {
    const auto why = silence_of(f) + " and cannot be ended";
    say(about("actor-stuck", level::error, why, f.who.name, f.who.id));
    const auto house = supervisor();
    if (f.who.parent == house || f.who.parent == 0)
      put_down_now(house, fail(errc::actor_failed, why,
                               "start the node again; jobs go on where "
                               "they were"));
  }

  std::uint64_t supervisor() {
    const auto all = people().list();
    const auto me = std::ranges::find(all, self_->id(), &resident::id);
    return me == all.end() ? 0 : me->parent;
  }

  void put_down_now(std::uint64_t id, failure why) {
    if (const auto at = people().find(id)) post(at, put_down{std::move(why)});
  }

  void tell_crash(const crash& one) {
    say(about("actor-crashed", level::error, "the " + one.name + " ended: " + sentence(one.why),
              one.name, one.id));
  }

  /// What health is judged by.
  void show(roll_call::time_point now) {
    std::vector<std::string> sentences;
    for (const auto& f : roll_.silent(now)) sentences.push_back(silence_of(f));
    people().set_silent(std::move(sentences), now);
  }

  void say(fact told) {
    const bool to_itself = !told.fields.empty() && told.fields.front().second == "narrator";
    if (to_itself && told.action != "actor-crashed") return log(told);
    tell(self_, deps_.narrator, narrate{std::move(told), event_kind::narration, {}, {}});
  }

  sentry_actor::pointer self_;
  sentry_deps deps_;
  roll_call roll_;
};

} // namespace

sentry_actor spawn_sentry(caf::local_actor* parent, sentry_deps deps) {
  return spawn_child<sentry_state>(parent, std::move(deps));
}

} // namespace hive::actors
