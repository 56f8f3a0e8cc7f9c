#include "actors/pulse.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"

#include <algorithm>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds every{5};
constexpr std::chrono::seconds survey_every{30};
constexpr std::chrono::milliseconds survey_step{200};
constexpr std::chrono::minutes lately{10};

fact health_fact(const std::vector<machine::reason>& ailments) {
  const bool well = ailments.empty();
  fact f{{},
         "pulse",
         "health-changed",
         well ? level::info : level::warning,
         well ? "the node is healthy again" : "the node is degraded: " + sentence(ailments),
         {{"health", well ? "ok" : "degraded"}}};
  std::string codes;
  for (const auto& one : ailments)
    codes.append(codes.empty() ? "" : ",").append(to_string(one.what));
  if (!well) f.fields.emplace_back("reasons", codes);
  return f;
}

class pulse_state {
 public:
  using handle = pulse_actor;
  static constexpr const char* name = "pulse";

  pulse_state(pulse_actor::pointer self, pulse_deps deps)
    : self_(self), deps_(std::move(deps)), began_(deps_.read()), last_(began_) {}

  pulse_actor::behavior_type make_behavior() {
    tell(self_, self_, tick{});
    tell(self_, self_, look_for_devices{});
    return {
        [this](const take_pulse&) { return take(); },
        [this](const tick&) { beat(); },
        [this](const look_for_devices&) { look(); },
    };
  }

 private:
  pulse_taken take() {
    read();
    return {last_, devices_, ailments_};
  }

  void beat() {
    read();
    tell_later(self_, self_, every, tick{});
  }

  void read() {
    const auto now = deps_.read();
    if (const auto by = machine::clock_jump(last_, now)) {
      jump_ = by;
      jumped_ = now.since_boot;
    }
    if (now.since_boot - jumped_ > lately) jump_.reset();
    last_ = now;
    // This actor begins whenever the group does: a crash is as long ago.
    const bool crashed = now.since_boot - began_.since_boot <= lately;
    auto found =
        machine::assess({now, deps_.disk_reserve, jump_, crashed ? deps_.restarts->load() : 0,
                         people_of(self_->system()).silent(self_->clock().now()),
                         deps_.held_up ? deps_.held_up() : std::string{}},
                        ailments_);
    const bool same =
        std::ranges::equal(found, ailments_, {}, &machine::reason::what, &machine::reason::what);
    ailments_ = std::move(found);
    if (!same)
      tell(self_, deps_.narrator, narrate{health_fact(ailments_), event_kind::narration, {}, {}});
    look_at_disk(now.disk);
  }

  /// Below a tenth: long before plans stop fitting. Over again a little above, against flicker.
  void look_at_disk(const std::optional<machine::extent>& disk) {
    if (!disk || disk->total == 0) return;
    const auto percent =
        100.0 * static_cast<double>(disk->available) / static_cast<double>(disk->total);
    const bool low = percent < (disk_alert_ ? 11.0 : 10.0);
    if (low == disk_alert_) return;
    disk_alert_ = low;
    fact f{{},
           "pulse",
           low ? "alert-on" : "alert-off",
           low ? level::warning : level::info,
           format_bytes(disk->available) + " of " + format_bytes(disk->total) + " of disk are free",
           {{"alert", "disk-space"}}};
    tell(self_, deps_.narrator, narrate{std::move(f), event_kind::narration, {}, {}});
  }

  void look() {
    auto found = deps_.survey();
    tell_later(self_, self_, found ? std::chrono::milliseconds{survey_every} : survey_step,
               look_for_devices{});
    if (found) devices_ = std::move(found);
  }

  pulse_actor::pointer self_;
  pulse_deps deps_;
  const machine::reading began_;
  machine::reading last_;
  std::optional<std::chrono::milliseconds> jump_; ///< of the clock, lately
  std::chrono::milliseconds jumped_{0};           ///< when, since the machine's boot
  std::optional<std::vector<machine::device>> devices_;
  std::vector<machine::reason> ailments_;
  bool disk_alert_{false};
};

} // namespace

pulse_actor spawn_pulse(caf::local_actor* parent, pulse_deps deps) {
  return spawn_blocking_child<pulse_state>(parent, std::move(deps));
}

} // namespace hive::actors
