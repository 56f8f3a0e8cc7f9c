#include "apps/http/outflow.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace hive::http {
namespace {

constexpr std::chrono::milliseconds longest_look{250};

limits::time_point now() {
  return std::chrono::steady_clock::now();
}

} // namespace

std::uint64_t outflow::take(limits::spender who, std::uint64_t most, std::function<void()> go_on) {
  const auto at = now();
  follow_rate(at);
  const auto bytes = std::min(shares_.ask(who, {}, at), most);
  if (bytes > 0) {
    shares_.spend(who, {}, bytes, at);
    node_.uploads().passed(limits::door::replies, bytes, at);
    return bytes;
  }
  waiting_.insert_or_assign(who, std::move(go_on));
  look_soon();
  return 0;
}

void outflow::forget(limits::spender who) {
  shares_.forget(who);
  waiting_.erase(who);
}

void outflow::follow_rate(limits::time_point at) {
  wake(shares_.limit({}, node_.uploads().part_of(limits::door::replies, at), at));
}

void outflow::wake(const std::vector<limits::spender>& whom) {
  for (auto* const who : whom)
    if (auto found = waiting_.extract(who)) boost::asio::post(io_, std::move(found.mapped()));
}

void outflow::look_soon() {
  if (looking_) return;
  const auto wait = shares_.wait(now());
  if (!wait) return;
  looking_ = true;
  timer_.expires_after(std::min(*wait, longest_look));
  timer_.async_wait([this](boost::system::error_code why) {
    looking_ = false;
    if (why) return;
    const auto at = now();
    follow_rate(at);
    wake(shares_.due(at));
    look_soon();
  });
}

} // namespace hive::http
