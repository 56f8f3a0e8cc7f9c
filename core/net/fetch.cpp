#include "core/base/redact.hpp"
#include "core/net/curl_loop.hpp"
#include "core/net/engine.hpp"

#include <atomic>
#include <utility>

namespace hive::net {

/// Shared by the owner of a fetch and the loop. Who decides first has it: the callback by `told`,
/// the owner by `taken_back`; so destroying a fetch never waits, not even inside its own callback.
struct fetch::state {
  enum class phase { waiting, told, taken_back };

  explicit state(curl_loop& l) : box(l.box()), loop(&l) {}
  bool decide(phase p) noexcept {
    auto expected = phase::waiting;
    return now.compare_exchange_strong(expected, p);
  }

  std::atomic<phase> now{phase::waiting};
  std::shared_ptr<mailbox> box;
  curl_loop* loop;           ///< only from what `box` delivers
  const void* work{nullptr}; ///< what the loop keeps for it; loop thread
};

namespace {

/// Gathers one whole reply; `tell` is called with it when it is over.
class gathering final : public exchange_handler {
 public:
  gathering(std::size_t max_body, bool head_only, std::function<void(result<reply>)> tell)
    : max_body_(max_body), head_only_(head_only), tell_(std::move(tell)) {}

  outcome on_hop(const reply_head& head) override {
    reply_.hops.push_back(head);
    return {};
  }
  outcome on_head(const reply_head& head) override {
    reply_.head = head;
    enough_ = head_only_ && head.status != 206;
    if (enough_) return fail(errc::cancelled, "the headers were all that was wanted");
    return {};
  }
  result<taken> on_body(std::span<const std::byte> bytes) override {
    if (bytes.size() > max_body_ - reply_.body.size())
      return fail(errc::unreadable_reply, redact_url(reply_.head.url) + " sent more than " +
                                              std::to_string(max_body_) + " bytes");
    reply_.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return taken::all;
  }
  void on_end(outcome how) override {
    if (how || enough_)
      tell_(std::move(reply_));
    else
      tell_(std::move(how).why());
  }

  exchange running;

 private:
  std::size_t max_body_;
  bool head_only_;
  bool enough_{false}; ///< the exchange ends because no more is wanted
  std::function<void(result<reply>)> tell_;
  reply reply_;
};

} // namespace

fetch::~fetch() {
  if (!state_ || !state_->decide(state::phase::taken_back)) return;
  const auto box = state_->box;
  box->post([s = std::move(state_)] {
    if (s->work != nullptr) s->loop->release(std::exchange(s->work, nullptr));
  });
}
fetch::fetch(fetch&&) noexcept = default;
fetch& fetch::operator=(fetch&& other) noexcept {
  std::swap(state_, other.state_);
  fetch{std::move(other)}; // takes back the one that stood here
  return *this;
}

fetch engine::get(request what, std::size_t max_body, std::function<void(result<reply>)> on_reply) {
  using phase = fetch::state::phase;
  fetch out;
  out.state_ = std::make_shared<fetch::state>(*loop_);
  auto launch = [this, s = out.state_, what = std::move(what), max_body,
                 on_reply = std::move(on_reply)]() mutable {
    if (s->now != phase::waiting) return;
    auto tell = [s, on_reply = std::move(on_reply)](result<reply> got) {
      const auto alive = s->loop->release(std::exchange(s->work, nullptr));
      if (s->decide(phase::told)) on_reply(std::move(got));
    };
    const auto work = std::make_shared<gathering>(max_body, what.head_only, std::move(tell));
    s->work = work.get();
    s->loop->keep(work);
    work->running = begin(std::move(what), *work);
  };
  loop_->box()->post(std::move(launch));
  return out;
}

} // namespace hive::net
