#include "core/discovery/lan.hpp"

#include "core/discovery/allowance.hpp"
#include "core/discovery/heard_nodes.hpp"
#include "core/discovery/networks.hpp"
#include "core/discovery/responder.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace hive::discovery {

namespace {

constexpr std::chrono::seconds look_at_networks_every{2};
constexpr int most_datagrams = 16; ///< of one network, before others have their turn
/// In a second, of all networks. It leaves each one its turn in every second; what is beyond waits
/// in the sockets, and is lost when they are full.
constexpr std::size_t most_read = 512;
static_assert(most_read >= most_datagrams * most_networks);

responder::time steady_now() {
  return std::chrono::duration_cast<responder::time>(
      std::chrono::steady_clock::now().time_since_epoch());
}

struct place {
  network where;
  store::descriptor socket;
  responder talk;
};

} // namespace

/// All but `wake`, `closing` and what `access` guards belongs to the thread.
struct lan::parts {
  explicit parts(lan_options from) : options(std::move(from)), heard(options.hive, options.self) {}

  lan_options options;
  store::descriptor wake;
  std::atomic<bool> closing{false};
  std::list<place> places;
  heard_nodes heard;
  allowance reading{most_read};
  std::map<std::string, failure> left_out; ///< networks that are there, by name
  responder::time look_at{0};
  std::string buffer = std::string(dns::longest_message, '\0');
  std::random_device chance;
  std::mutex access;
  std::condition_variable looked;
  std::optional<ears> networks; ///< guarded; as of the last look
  std::thread thread;

  void run();
  void look_at_networks(responder::time now);
  void enter(const network& where, responder::time now);
  void tell_networks();
  void wait();
  void listen(place& at);
};

void lan::parts::enter(const network& where, responder::time now) {
  auto socket = multicast_socket(where);
  if (!socket) {
    if (left_out.insert_or_assign(where.name, socket.why()).second)
      log(level::warning, "discovery", "network-left-out", sentence(socket.why()));
    return;
  }
  left_out.erase(where.name);
  const auto seed = std::uint64_t{chance()} << 32 | chance();
  places.push_back({where, std::move(*socket), responder{options.own, seed, now}});
  places.back().talk.reach_at(addresses_on(where, options.listen), now);
}

void lan::parts::tell_networks() {
  ears now;
  for (const auto& one : places) now.open.push_back(one.where.name);
  for (const auto& [name, why] : left_out) now.failed.push_back(why.detail);
  const std::lock_guard hold{access};
  networks = std::move(now);
  looked.notify_all();
}

void lan::parts::look_at_networks(responder::time now) {
  look_at = now + look_at_networks_every;
  const auto there = local_networks();
  const auto known = [&](const auto& one) {
    return std::ranges::find_if(there, [&](const network& is) {
      return is.index == one.where.index && is.name == one.where.name;
    });
  };
  std::erase_if(places, [&](const place& one) { return known(one) == there.end(); });
  for (auto& one : places) {
    const auto& is = *known(one);
    if (is == one.where) continue;
    one.where = is;
    one.talk.reach_at(addresses_on(is, options.listen), now);
  }
  for (const auto& one : there) {
    const bool here =
        std::ranges::any_of(places, [&](const place& at) { return at.where.index == one.index; });
    if (!here) enter(one, now);
  }
  std::erase_if(left_out, [&](const auto& one) {
    return std::ranges::find(there, one.first, &network::name) == there.end();
  });
  tell_networks();
}

void lan::parts::listen(place& at) {
  const auto now = steady_now();
  for (int i = 0; i < most_datagrams && !closing && reading.left(now); ++i) {
    const auto datagram = receive(at.socket.get(), at.where, buffer);
    if (!datagram) return;
    reading.take(now);
    for (auto& one : at.talk.hear(*datagram, now)) {
      const auto seen = heard_on(at.where, std::move(one));
      if (!seen) continue;
      if (const auto news = heard.note(at.where.index, *seen, now)) options.on_heard(*news);
    }
  }
}

void lan::parts::wait() {
  const auto now = steady_now();
  auto until = look_at;
  // A socket that may not be read is not waited for: it would wake the thread again and again.
  const bool reads = reading.left(now);
  if (!reads) until = std::min(until, reading.renewed_at());
  std::vector<pollfd> waiting{{wake.get(), POLLIN, 0}};
  for (const auto& one : places) {
    waiting.push_back({reads ? one.socket.get() : -1, POLLIN, 0});
    until = std::min(until, one.talk.next());
  }
  const auto left = std::max<responder::time::rep>(0, (until - now).count());
  ::poll(waiting.data(), waiting.size(), static_cast<int>(left));
  auto at = waiting.begin();
  for (auto& one : places)
    if ((++at)->revents != 0) listen(one);
}

void lan::parts::run() {
  while (!closing) {
    if (const auto now = steady_now(); now >= look_at) look_at_networks(now);
    for (auto& one : places)
      for (const auto& datagram : one.talk.due(steady_now())) send(one.socket.get(), datagram);
    wait();
  }
  for (const auto& one : places)
    if (const auto last = one.talk.farewell()) send(one.socket.get(), *last);
  places.clear();
}

lan::lan() = default;

result<std::unique_ptr<lan>> lan::open(lan_options options) {
  std::unique_ptr<lan> out{new lan};
  out->parts_ = std::make_unique<parts>(std::move(options));
  auto& own = *out->parts_;
  own.wake = store::descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!own.wake) return fail(errc::overloaded, "no descriptor is left for multicast DNS");
  own.thread = std::thread{[&own] { own.run(); }};
  return out;
}

ears lan::networks() const {
  std::unique_lock hold{parts_->access};
  parts_->looked.wait(hold, [&] { return parts_->networks.has_value(); });
  return *parts_->networks;
}

lan::~lan() {
  if (!parts_ || !parts_->thread.joinable()) return;
  parts_->closing = true;
  const std::uint64_t one = 1;
  static_cast<void>(::write(parts_->wake.get(), &one, sizeof one));
  parts_->thread.join();
}

} // namespace hive::discovery
