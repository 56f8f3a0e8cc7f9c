#include "core/upload/piece_server.hpp"

#include "core/limits/token_bucket.hpp"
#include "core/upload/piece_visit.hpp"

#include <algorithm>
#include <atomic>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace hive::upload {

namespace {

constexpr std::uint64_t told_every = 1ull << 20;
constexpr std::chrono::milliseconds longest_wait{1000};

struct served {
  std::uint64_t number;
  std::vector<std::filesystem::path> files;
  std::uint64_t offset;
  std::uint64_t length;
};
struct refused {
  std::uint64_t number;
  errc why;
};
using order = std::variant<trust::established, served, refused>;

} // namespace

/// All but `orders` and the counts belongs to the thread once it runs.
struct piece_server::parts {
  server_options options;
  server_ears ears;
  store::descriptor wake;
  std::mutex mutex;
  std::vector<order> orders;
  std::atomic<bool> closing{false};
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> turned_away{0};
  std::thread thread;

  std::list<piece_visit> visits;
  std::uint64_t last_number{0};
  std::optional<limits::token_bucket> bucket;

  void run();
  void give(order what);
  void follow_orders(clock::time_point now);
  void follow(trust::established who, clock::time_point now);
  void follow(served what, clock::time_point now);
  void follow(const refused& what, clock::time_point now);
  piece_visit* find(std::uint64_t number);
  std::uint64_t allowance(clock::time_point now);
  void wait(std::vector<pollfd>& waiting, bool budget, clock::time_point now);
  void act(const std::vector<pollfd>& heard, clock::time_point now);
  bool step(piece_visit& one, short heard, clock::time_point now);
  void tell_gone(piece_visit& one);
  bool send(piece_visit& one, clock::time_point now);
};

void piece_server::parts::give(order what) {
  {
    const std::lock_guard hold{mutex};
    orders.push_back(std::move(what));
  }
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake.get(), &one, sizeof one));
}

void piece_server::parts::follow_orders(clock::time_point now) {
  std::uint64_t count = 0;
  static_cast<void>(::read(wake.get(), &count, sizeof count));
  std::vector<order> now_due;
  {
    const std::lock_guard hold{mutex};
    now_due.swap(orders);
  }
  for (auto& one : now_due) std::visit([&](auto& what) { follow(std::move(what), now); }, one);
}

void piece_server::parts::follow(trust::established who, clock::time_point now) {
  const auto of_it = std::count_if(visits.begin(), visits.end(),
                                   [&](const piece_visit& v) { return v.peer() == who.peer.node; });
  if (visits.size() >= options.most_open ||
      static_cast<std::size_t>(of_it) >= options.most_of_one) {
    ++turned_away;
    return;
  }
  visits.emplace_back(std::move(who), now);
}

void piece_server::parts::follow(served what, clock::time_point now) {
  auto* const one = find(what.number);
  if (one == nullptr || !one->waits()) return;
  store::descriptor file;
  for (const auto& name : what.files)
    if (!file) file = store::descriptor{::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!file) {
    ears.on_over(what.number, false);
    return one->refuse(errc::not_found, now);
  }
  one->serve(std::move(file), what.offset, what.length, now);
}

void piece_server::parts::follow(const refused& what, clock::time_point now) {
  auto* const one = find(what.number);
  if (one == nullptr) return;
  one->refuse(what.why, now);
  one->number = 0; // its owner has ended it
}

piece_visit* piece_server::parts::find(std::uint64_t number) {
  const auto found = std::find_if(visits.begin(), visits.end(),
                                  [&](const piece_visit& v) { return v.number == number; });
  return found == visits.end() ? nullptr : &*found;
}

/// Bytes that may go now.
std::uint64_t piece_server::parts::allowance(clock::time_point now) {
  const auto rate = options.rate ? options.rate->part_of(limits::door::pieces, now) : 0;
  if (rate == 0) {
    bucket.reset();
    return UINT64_MAX;
  }
  if (!bucket)
    bucket.emplace(rate, now);
  else if (bucket->rate() != rate)
    bucket->set_rate(rate, now);
  const auto level = bucket->level(now);
  return level >= bucket->portion() ? level : 0;
}

void piece_server::parts::wait(std::vector<pollfd>& waiting, bool budget, clock::time_point now) {
  auto until = now + longest_wait;
  waiting.assign(1, {wake.get(), POLLIN, 0});
  for (const auto& one : visits) {
    waiting.push_back({one.socket(), one.wants(budget), 0});
    until = std::min(until, one.due(options));
  }
  if (!budget && bucket) until = std::min(until, now + bucket->wait(now));
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now).count();
  ::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<std::int64_t>(0, left)));
}

void piece_server::parts::run() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  std::vector<pollfd> waiting;
  while (!closing) {
    auto now = clock::now();
    wait(waiting, allowance(now) > 0, now);
    now = clock::now();
    act(waiting, now);
    if ((waiting[0].revents & POLLIN) != 0) follow_orders(now);
    open = visits.size();
  }
  visits.clear();
}

void piece_server::parts::act(const std::vector<pollfd>& heard, clock::time_point now) {
  std::size_t place = 1;
  for (auto at = visits.begin(); at != visits.end() && place < heard.size(); ++place) {
    const auto one = at++;
    if (step(*one, heard[place].revents, now)) continue;
    tell_gone(*one);
    visits.erase(one);
  }
  // Whoever was served first goes last: nobody takes what the others wait for.
  if (visits.size() > 1) visits.splice(visits.end(), visits, visits.begin());
}

/// False when the connection is over.
bool piece_server::parts::step(piece_visit& one, short heard, clock::time_point now) {
  if ((heard & (POLLIN | POLLHUP | POLLERR)) != 0) {
    const auto news = one.read(now);
    if (news == visit_news::gone) return false;
    if (news == visit_news::asked) {
      one.number = ++last_number;
      ++requests;
      auto asked = one.request();
      asked.number = one.number;
      ears.on_asked(std::move(asked));
    }
  }
  if (one.sends() && !send(one, now)) return false;
  return !one.late(options, now);
}

bool piece_server::parts::send(piece_visit& one, clock::time_point now) {
  const auto allowed = allowance(now);
  if (allowed == 0 && !one.complete()) one.held(now);
  const auto went = one.write(allowed, now);
  if (bucket && went > 0) bucket->spend(std::min<std::uint64_t>(went, bucket->level(now)), now);
  if (options.rate && went > 0) options.rate->passed(limits::door::pieces, went, now);
  bytes += went;
  one.untold += went;
  const bool over = !one.sends();
  if (one.number != 0 && one.untold > 0 && (over || one.untold >= told_every))
    ears.on_went(one.number, std::exchange(one.untold, 0));
  if (over && !one.broken()) {
    one.untold = 0;
    if (const auto number = std::exchange(one.number, 0); number != 0) ears.on_over(number, true);
  }
  return !one.broken();
}

void piece_server::parts::tell_gone(piece_visit& one) {
  if (const auto number = std::exchange(one.number, 0); number != 0) ears.on_over(number, false);
}

piece_server::piece_server(server_options options, server_ears ears)
  : parts_(std::make_unique<parts>()) {
  auto& own = *parts_;
  own.options = std::move(options);
  own.ears = std::move(ears);
  own.wake = store::descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  own.thread = std::thread{[&own] { own.run(); }};
}

piece_server::~piece_server() {
  parts_->closing = true;
  const std::uint64_t one = 1;
  static_cast<void>(::write(parts_->wake.get(), &one, sizeof one));
  parts_->thread.join();
}

void piece_server::take(trust::established who) {
  parts_->give(std::move(who));
}

void piece_server::serve(std::uint64_t number, std::vector<std::filesystem::path> files,
                         std::uint64_t offset, std::uint64_t length) {
  parts_->give(served{number, std::move(files), offset, length});
}

void piece_server::refuse(std::uint64_t number, errc why) {
  parts_->give(refused{number, why});
}

server_counts piece_server::counts() const noexcept {
  return {parts_->open, parts_->requests, parts_->bytes, parts_->turned_away};
}

} // namespace hive::upload
