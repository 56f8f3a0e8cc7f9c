#include "core/discovery/responder.hpp"

#include <algorithm>
#include <array>

namespace hive::discovery {

namespace {

using namespace std::chrono_literals;
using span = responder::time;

constexpr std::array<span, 2> early_pauses{1000ms, 2000ms}; ///< then seldom
constexpr span seldom{60s};
constexpr span seldom_spread{30s};
constexpr span politeness{20ms}; ///< so that not all answer at once
constexpr span politeness_spread{100ms};
constexpr span breath{1s}; ///< between two announcements
constexpr span echo_lasts{1s};
constexpr std::size_t announced_at_first = 2;

} // namespace

responder::responder(std::optional<announcement> own, std::uint64_t seed, time now)
  : own_(std::move(own)), random_(seed), ask_at_(jitter(now + politeness, politeness_spread)) {}

responder::time responder::jitter(time from, time spread) {
  return from + time{static_cast<time::rep>(
                    random_.below(static_cast<std::uint64_t>(spread.count()) + 1))};
}

void responder::reach_at(std::vector<std::string> addresses, time now) {
  if (!own_ || addresses == addresses_) return;
  addresses_ = std::move(addresses);
  announcements_ = addresses_.empty() ? 0 : announced_at_first;
  say_at_.reset();
  if (announcements_ > 0)
    say_at_ = jitter(now, politeness_spread);
  else if (!said_.empty())
    say_at_ = now;
}

bool responder::is_echo(std::string_view datagram, time now) {
  std::erase_if(echoes_, [&](const echo& one) { return one.until < now; });
  const auto at = std::ranges::find(echoes_, datagram, &echo::datagram);
  if (at == echoes_.end()) return false;
  echoes_.erase(at);
  return true;
}

std::vector<sighting> responder::hear(std::string_view datagram, time now) {
  if (is_echo(datagram, now)) return {};
  const auto what = dns::read(datagram);
  if (!what) return {};
  if (what->response) return sightings_in(*what);
  // The answers to somebody else's question reach this node as well, but for those already known
  // to who asks.
  const auto general = inquiry().questions.front();
  if (asked_ > early_pauses.size() && what->records.empty() &&
      std::ranges::find(what->questions, general) != what->questions.end())
    ask_at_ = jitter(now + seldom, seldom_spread);
  answer(*what, now);
  return {};
}

void responder::answer(const dns::message& query, time now) {
  if (!own_ || addresses_.empty() || say_at_ || !wants_to_know(query, *own_)) return;
  say_at_ = jitter(now + politeness, politeness_spread);
  if (said_at_) say_at_ = std::max(*say_at_, *said_at_ + breath);
}

void responder::say(std::vector<std::string>& to, time now) {
  say_at_.reset();
  if (announcements_ > 0 && --announcements_ > 0) say_at_ = now + breath;
  if (addresses_.empty()) {
    if (auto last = farewell()) to.push_back(std::move(*last));
    said_.clear();
    return;
  }
  const auto what = message_of(*own_, addresses_, usual_life);
  if (!what) return;
  said_ = addresses_;
  said_at_ = now;
  to.push_back(dns::written(*what));
}

std::vector<std::string> responder::due(time now) {
  std::vector<std::string> out;
  if (say_at_ && *say_at_ <= now) say(out, now);
  if (ask_at_ <= now) {
    out.push_back(dns::written(inquiry()));
    ask_at_ = asked_ < early_pauses.size() ? now + early_pauses[asked_]
                                           : jitter(now + seldom, seldom_spread);
    ++asked_;
  }
  std::erase_if(echoes_, [&](const echo& one) { return one.until < now; });
  for (const auto& one : out) echoes_.push_back({one, now + echo_lasts});
  return out;
}

responder::time responder::next() const noexcept {
  return say_at_ ? std::min(*say_at_, ask_at_) : ask_at_;
}

std::optional<std::string> responder::farewell() const {
  if (!own_) return std::nullopt;
  const auto what = message_of(*own_, said_, std::chrono::seconds{0});
  if (!what) return std::nullopt;
  return dns::written(*what);
}

} // namespace hive::discovery
