#include "core/link/exchange.hpp"

#include "core/job/log.hpp"
#include "core/link/member_file.hpp"
#include "core/link/slow_work.hpp"
#include "core/link/wish_file.hpp"
#include "core/trust/made_of_folder.hpp"
#include "core/trust/peer_tls.hpp"
#include "core/trust/sockets.hpp"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace hive::link {

namespace {

using clock = std::chrono::steady_clock;
using cluster::cause;

/// A line of the log for refusals at most this often.
constexpr std::chrono::seconds log_pause{1};
/// While many nodes come and go, all that are known are written so often at most.
constexpr std::chrono::seconds members_pause{1};

struct resolved {
  dial_order order;
  result<std::vector<std::string>> where;
};

result<std::shared_ptr<SSL_CTX>> own_context(const trust::hive_folder& hive) {
  HIVE_TRY(auto trust, hive.trust());
  return trust::client_context(hive.tls(), std::move(trust), trust::peer_protocol);
}

} // namespace

/// All but the inbox belongs to the thread once it runs.
struct exchange::parts {
  explicit parts(exchange_options with)
    : options(std::move(with)), book(options.self), context(options.home, &own_context) {}

  exchange_options options;
  store::descriptor wake;
  std::thread thread;
  std::optional<slow_work> slow;

  std::mutex mutex;
  std::vector<std::function<void()>> inbox;
  bool closing{false};

  std::optional<greeting> self;
  std::vector<cluster::row_ptr> known;
  link_book book;
  link_book::number last{0};
  std::list<talk> talks;
  talk_host host;
  trust::made_of_folder<std::shared_ptr<SSL_CTX>> context;
  clock::time_point quiet_until{};

  void post(std::function<void()> what);
  void run();
  bool take_inbox();
  void wait(std::vector<pollfd>& waiting) const;
  void serve(const std::vector<pollfd>& heard);
  void begin(talk fresh_one);
  void finish(talk& one);
  void dial(const dial_order& order);
  void connect(resolved what);
  void answer(const dial_order& order, const node_id& who, cause why, std::string sentence,
              wall_time expires = {}) const;
  std::shared_ptr<SSL_CTX> dialling_context();
  void set_host();
};

void exchange::parts::set_host() {
  host.book = &book;
  host.mine = [this] {
    auto out = *self;
    out.said.clock = wall_now();
    return out;
  };
  host.known = [this](const node_id& who) {
    const auto at = std::ranges::find(known, who, [](const auto& row) { return row->id(); });
    return at == known.end() ? nullptr : *at;
  };
  host.context = [this] { return dialling_context(); };
  host.stale = [this](const node_id& who, link_book::number id) { options.on_stale(who, id); };
}

void exchange::parts::post(std::function<void()> what) {
  {
    const std::lock_guard hold{mutex};
    inbox.push_back(std::move(what));
  }
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake.get(), &one, sizeof one));
}

std::shared_ptr<SSL_CTX> exchange::parts::dialling_context() {
  const auto made = context.get();
  if (made) return *made;
  log(level::error, "link", "not-ready", hive::sentence(made.why()));
  return nullptr;
}

/// False when it is time to end.
bool exchange::parts::take_inbox() {
  std::vector<std::function<void()>> now;
  {
    const std::lock_guard hold{mutex};
    if (closing) return false;
    now.swap(inbox);
  }
  for (auto& one : now) one();
  return true;
}

void exchange::parts::wait(std::vector<pollfd>& waiting) const {
  const auto now = clock::now();
  auto until = now + std::chrono::hours{1};
  waiting.assign(1, {wake.get(), POLLIN, 0});
  for (const auto& one : talks) {
    waiting.push_back({one.socket(), one.wants(), 0});
    until = std::min(until, one.until());
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(0, left)));
  std::uint64_t drop = 0;
  if (waiting[0].revents != 0) static_cast<void>(::read(wake.get(), &drop, sizeof drop));
}

void exchange::parts::run() {
  std::vector<pollfd> waiting;
  do {
    wait(waiting);
    serve(waiting);
  } while (take_inbox());
  talks.clear();
}

void exchange::parts::serve(const std::vector<pollfd>& heard) {
  const auto now = clock::now();
  auto at = talks.begin();
  for (std::size_t i = 1; i < heard.size(); ++i) {
    const auto one = at++;
    bool over = heard[i].revents != 0 && one->step(host);
    if (!over && now >= one->until()) {
      one->time_out();
      over = true;
    }
    if (!over) continue;
    finish(*one);
    talks.erase(one);
  }
}

void exchange::parts::begin(talk fresh_one) {
  talks.push_back(std::move(fresh_one));
  auto& one = talks.back();
  if (!one.step(host)) return;
  finish(one);
  talks.pop_back();
}

void exchange::parts::finish(talk& one) {
  if (one.is_link()) return options.on_link(one.take_link());
  if (!one.who().empty()) book.over(one.who(), one.id());
  if (one.order()) return answer(*one.order(), one.who(), one.why(), one.sentence(), one.expires());
  const auto now = clock::now();
  if (now < quiet_until || one.why() == cause::closed) return;
  quiet_until = now + log_pause;
  log(level::warning, "link", "peer-refused", "node " + one.who().value + ": " + one.sentence());
}

void exchange::parts::answer(const dial_order& order, const node_id& who, cause why,
                             std::string sentence, wall_time expires) const {
  options.on_dial_ended({order, who, why, std::move(sentence), expires});
}

void exchange::parts::dial(const dial_order& order) {
  if (!self) return;
  if (!order.only_looks && !order.who.empty() && book.is_trying(order.who))
    return answer(order, order.who, cause::none, "it has a link with this node");
  if (talks.size() >= options.most_talks)
    return answer(order, order.who, cause::timeout, "too many dials are under way");
  auto where = trust::resolve(order.address, true);
  if (where && where->empty()) {
    const auto ask = [this, order] {
      auto found = trust::resolve(order.address, false);
      post([this, what = resolved{order, std::move(found)}] { connect(what); });
    };
    if (!slow->put(ask))
      answer(order, order.who, cause::timeout, "too many names wait for the resolver");
    return;
  }
  connect({order, std::move(where)});
}

void exchange::parts::connect(resolved what) {
  if (!what.where)
    return answer(what.order, what.order.who, cause::timeout, hive::sentence(what.where.why()));
  if (!self) return;
  begin(
      talk{++last, std::move(what.order), std::move(*what.where), clock::now() + options.deadline});
}

exchange::exchange() = default;

result<std::unique_ptr<exchange>> exchange::open(exchange_options options) {
  std::unique_ptr<exchange> out{new exchange};
  out->parts_ = std::make_unique<parts>(std::move(options));
  auto& own = *out->parts_;
  own.set_host();
  own.wake = store::descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!own.wake) return fail(errc::overloaded, "no descriptor is left for links");
  own.slow.emplace();
  own.thread = std::thread{[&own] { own.run(); }};
  return out;
}

exchange::~exchange() {
  if (!parts_) return;
  if (parts_->thread.joinable()) {
    {
      const std::lock_guard hold{parts_->mutex};
      parts_->closing = true;
    }
    parts_->post([] {});
    parts_->thread.join();
  }
  parts_->slow.reset();
}

void exchange::introduce(greeting self, std::vector<cluster::row_ptr> known) {
  auto& own = *parts_;
  own.post([&own, self = std::move(self), known = std::move(known)]() mutable {
    own.self = std::move(self);
    own.known = std::move(known);
  });
}

void exchange::fall_silent() {
  auto& own = *parts_;
  own.post([&own] {
    own.self.reset();
    for (auto& one : own.talks)
      if (!one.who().empty()) own.book.over(one.who(), one.id());
    own.talks.clear();
  });
}

void exchange::remember(std::vector<cluster::row_ptr> known) {
  auto& own = *parts_;
  auto write = [&own, known = std::move(known)] {
    if (const auto kept = keep_members(own.options.home, known); !kept)
      log(level::warning, "link", "members-not-kept", hive::sentence(kept.why()));
  };
  own.slow->put_newest(kept_state::members, std::move(write), members_pause);
}

void exchange::remember(std::vector<cluster::desired_record> wishes) {
  auto& own = *parts_;
  auto write = [&own, wishes = std::move(wishes)] {
    if (const auto kept = keep_wishes(own.options.home, wishes); !kept)
      log(level::warning, "link", "wishes-not-kept", hive::sentence(kept.why()));
  };
  own.slow->put_newest(kept_state::wishes, std::move(write), {});
}

void exchange::aside(std::function<void()> what) {
  if (!parts_->slow->put(std::move(what)))
    log(level::error, "link", "dropped",
        "too much waits for the disk: what another node told of revocations is not kept");
}

void exchange::dial(dial_order order) {
  auto& own = *parts_;
  own.post([&own, order = std::move(order)] { own.dial(order); });
}

void exchange::take(trust::established from) {
  auto& own = *parts_;
  const auto held = std::make_shared<trust::established>(std::move(from));
  own.post([&own, held] {
    if (!own.self || own.talks.size() >= own.options.most_talks) return;
    own.begin(talk{++own.last, std::move(*held), clock::now() + own.options.deadline});
  });
}

void exchange::over(node_id peer, link_book::number id) {
  auto& own = *parts_;
  own.post([&own, peer = std::move(peer), id] { own.book.over(peer, id); });
}

} // namespace hive::link
