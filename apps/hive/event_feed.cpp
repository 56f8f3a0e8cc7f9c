#include "apps/hive/event_feed.hpp"

#include "core/base/redact.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <utility>

namespace hive::cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_waiting = 256;
constexpr std::size_t few_waiting = 64;
constexpr auto patience = 20s;

} // namespace

/// Two halves: what curl tells is heard on the loop thread, posted, and judged on the main thread.
class event_feed::stream final : public net::exchange_handler,
                                 public std::enable_shared_from_this<stream> {
 public:
  stream(client& node, std::string path, std::string last, feed_listener ears)
    : node_{node}, path_{std::move(path)}, last_{std::move(last)}, ears_{std::move(ears)} {}

  // Main thread.

  void open() {
    auto asked = node_.request_for("GET", path_);
    asked.headers.emplace_back("Accept", "text/event-stream");
    asked.idle_timeout = 60s; // the node sends a comment every 15 s
    if (!last_.empty()) asked.headers.emplace_back("Last-Event-ID", last_);
    node_.engine().post([me = shared_from_this(), asked = std::move(asked)] {
      me->reader_ = sse_reader{};
      me->refusal_.clear();
      me->running_ = me->node_.engine().begin(asked, *me);
    });
  }

  void close() {
    left_ = true;
    std::promise<void> closed;
    node_.engine().post([&] {
      again_ = {};
      running_ = {};
      closed.set_value();
    });
    closed.get_future().wait();
  }

 private:
  // Loop thread.

  outcome on_head(const net::reply_head& head) override {
    head_ = head;
    return {};
  }

  result<net::taken> on_body(std::span<const std::byte> bytes) override {
    if (waiting_ >= most_waiting) {
      // First the mark, then the count again: else the main thread could have emptied it in between
      // and nobody would let the network go on.
      paused_ = true;
      if (waiting_ >= most_waiting) return net::taken::pause;
      paused_ = false;
    }
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    if (head_.status != 200) {
      if (refusal_.size() < (64u << 10)) refusal_ += text;
      return net::taken::all;
    }
    HIVE_TRY(auto events, reader_.feed(text));
    for (auto& event : events) {
      ++waiting_;
      tell([me = shared_from_this(), event = std::move(event)] { me->hear(event); });
    }
    return net::taken::all;
  }

  void on_end(outcome how) override {
    running_ = {};
    tell([me = shared_from_this(), how = std::move(how), head = head_, refusal = refusal_] {
      me->judge(how, head, refusal);
    });
  }

  void tell(std::function<void()> call) { node_.loop().post(std::move(call)); }

  // Main thread.

  void hear(const sse_event& event) {
    if (left_) return;
    if (--waiting_ < few_waiting && paused_.exchange(false))
      node_.engine().post([me = shared_from_this()] { me->running_.resume(); });
    broken_since_ = {};
    wait_ = 100ms;
    if (!event.id.empty()) last_ = event.id;
    ended_ = ended_ || event.kind == "end";
    ears_.on_event(event);
  }

  void judge(const outcome& how, const net::reply_head& head, const std::string& refusal) {
    if (left_) return;
    if (ended_ || (how && head.status == 204)) return over({});
    if (how && head.status != 200) return over(refusal_of(net::reply{head, refusal, {}}));
    const auto now = std::chrono::steady_clock::now();
    if (broken_since_ == std::chrono::steady_clock::time_point{}) broken_since_ = now;
    if (now - broken_since_ > patience)
      return over(fail(errc::no_node, "the node at " + redact_url(node_.url()) + " went away",
                       "its jobs go on when it is started again: 'hive serve'"));
    node_.engine().post([me = shared_from_this(), wait = wait_] {
      me->again_ = me->node_.engine().after(wait, [me] {
        me->tell([me] {
          if (!me->left_) me->open();
        });
      });
    });
    wait_ = std::min<std::chrono::milliseconds>(wait_ * 2, 2s);
  }

  void over(outcome how) {
    left_ = true;
    ears_.on_over(std::move(how));
  }

  client& node_;
  const std::string path_;

  // Main thread.
  std::string last_;
  feed_listener ears_;
  bool ended_{false};
  bool left_{false};
  std::chrono::steady_clock::time_point broken_since_{};
  std::chrono::milliseconds wait_{100};

  // Loop thread.
  net::exchange running_;
  net::timer again_;
  net::reply_head head_;
  sse_reader reader_;
  std::string refusal_;

  std::atomic<std::size_t> waiting_{0};
  std::atomic<bool> paused_{false};
};

event_feed::event_feed(client& node, std::string path, std::string last, feed_listener ears)
  : stream_{std::make_shared<stream>(node, std::move(path), std::move(last), std::move(ears))} {
  stream_->open();
}

event_feed::~event_feed() {
  stream_->close();
}

} // namespace hive::cli
