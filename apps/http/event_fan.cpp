#include "apps/http/event_fan.hpp"

#include "apps/http/premises.hpp"
#include "apps/http/views.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace hive::http {
namespace {

constexpr std::size_t max_waiting = 8192;
/// From one round of sending to the next, per stream: some more than sending to one takes (8 µs
/// measured), so that 10,000 streams cannot take the door's whole thread, and hear within 0.2 s.
/// With a hundred streams nobody waits for long enough to notice.
constexpr std::chrono::microseconds round_share{12};

bool may_skip(const event& what) noexcept {
  return what.kind == event_kind::progress;
}

} // namespace

event_fan::event_fan(premises& at) : at_{at}, timer_{at.io}, round_{at.io} {
  tick();
}

void event_fan::post(event_ptr what, bool afar) {
  if (underway_ >= max_waiting && may_skip(*what)) {
    ++at_.counts->events_skipped;
    return;
  }
  ++underway_;
  boost::asio::post(at_.io, [this, what = std::move(what), afar]() mutable {
    --underway_;
    hear(std::move(what), afar);
  });
}

void event_fan::hear(event_ptr what, bool afar) {
  if (!afar) newest_ = std::max(newest_, what->seq);
  if (size_ == 0) {
    pending_.clear();
    ready_.clear();
    return;
  }
  if (!clients_.contains(job_id{}) && !clients_.contains(what->what.job)) return;
  if (pending_.size() >= max_waiting && may_skip(*what)) {
    ++at_.counts->events_skipped;
    return;
  }
  auto next = std::make_shared<pending>(pending{std::move(what), nullptr, afar});
  pending_.push_back(next);
  if (next->what->kind == event_kind::end) {
    look_up(next->what->what.job, [this, next](const job_record* job) {
      next->text = std::make_shared<const std::string>(event_text(*next->what, job));
      flush();
    });
    return;
  }
  next->text = std::make_shared<const std::string>(event_text(*next->what));
  flush();
}

void event_fan::flush() {
  while (!pending_.empty() && pending_.front()->text) {
    ready_.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  if (ready_.empty() || gathering_) return;
  if (std::chrono::steady_clock::now() >= next_round_) return deliver();
  gathering_ = true;
  round_.expires_at(next_round_);
  round_.async_wait([this](boost::system::error_code why) {
    gathering_ = false;
    if (!why && !closed_) deliver();
  });
}

void event_fan::deliver() {
  next_round_ = std::chrono::steady_clock::now() + size_ * round_share;
  std::set<job_id> whose{job_id{}};
  walking_ = true;
  for (const auto& one : std::exchange(ready_, {})) {
    const auto& job = one->what->what.job;
    const spoken_event spoken{one->what->seq, one->what->kind, one->text};
    // Another node's job is for those who asked for it.
    if (!one->afar) hand_out(job_id{}, spoken);
    if (job.empty()) continue;
    whose.insert(job);
    hand_out(job, spoken);
  }
  for (const auto& id : whose) send(id);
  walking_ = false;
  for (const auto& one : std::exchange(leaving_, {})) forget(one);
}

void event_fan::hand_out(const job_id& whose, const spoken_event& what) {
  const auto group = clients_.find(whose);
  if (group == clients_.end()) return;
  for (const auto& one : group->second) one->hear(what);
}

void event_fan::send(const job_id& whose) {
  const auto group = clients_.find(whose);
  if (group == clients_.end()) return;
  for (const auto& one : group->second) one->send();
}

void event_fan::tick() {
  const auto& options = at_.options;
  timer_.expires_after(
      std::min<std::chrono::milliseconds>(std::chrono::seconds{1}, options.keep_alive / 4));
  timer_.async_wait([this](boost::system::error_code why) {
    if (why || closed_) return;
    const auto now = std::chrono::steady_clock::now();
    walking_ = true;
    for (const auto& [job, group] : clients_)
      for (const auto& one : group) one->keep_alive(now, at_.options.keep_alive);
    walking_ = false;
    for (const auto& one : std::exchange(leaving_, {})) forget(one);
    tick();
  });
}

bool event_fan::is_full() const noexcept {
  return size_ >= at_.options.max_event_streams;
}

void event_fan::adopt(boost::asio::ip::tcp::socket socket, event_stream what, std::string head) {
  // An id this node has not reached yet is from another home's history.
  if (what.job.empty() && newest_ > 0 && what.after > newest_) what.after = 0;
  const auto one = std::make_shared<event_client>(*this, std::move(socket), std::move(what),
                                                  at_.options.event_queue_bytes, at_.counts);
  const auto& wanted = one->wanted();
  clients_[wanted.job].insert(one);
  at_.counts->event_streams = ++size_;
  if (wanted.replay && !wanted.ended) {
    at_.routes.node.replay(wanted.job, wanted.after,
                           [at = at_.weak_from_this(),
                            weak = std::weak_ptr{one}](result<std::vector<event_ptr>> known) {
                             const auto here = at.lock();
                             if (!here) return;
                             boost::asio::dispatch(here->io,
                                                   [weak, known = std::move(known)]() mutable {
                                                     const auto client = weak.lock();
                                                     if (!client) return;
                                                     if (!known) return client->close();
                                                     client->take_history(std::move(*known));
                                                   });
                           });
  }
  one->start(std::move(head));
}

void event_fan::forget(const std::shared_ptr<event_client>& one) {
  if (walking_) {
    leaving_.push_back(one);
    return;
  }
  const auto group = clients_.find(one->wanted().job);
  if (group == clients_.end()) return;
  size_ -= group->second.erase(one);
  if (group->second.empty()) clients_.erase(group);
  at_.counts->event_streams = size_;
}

void event_fan::look_up(const job_id& id, std::function<void(const job_record*)> hear) {
  at_.routes.node.job(
      id, [at = at_.weak_from_this(), hear = std::move(hear)](result<job_record> found) mutable {
        const auto here = at.lock();
        if (!here) return;
        boost::asio::dispatch(here->io, [hear = std::move(hear), found = std::move(found)] {
          hear(found ? &*found : nullptr);
        });
      });
}

void event_fan::close() {
  closed_ = true;
  timer_.cancel();
  round_.cancel();
  walking_ = true;
  for (const auto& [job, group] : clients_)
    for (const auto& one : group) one->close();
  walking_ = false;
  leaving_.clear();
  clients_.clear();
  pending_.clear();
  ready_.clear();
  at_.counts->event_streams = size_ = 0;
}

} // namespace hive::http
