// What it costs that every actor can be looked into: the same actors with and without the base that
// counts, in pairs, alternately. Prints nanoseconds a message and bytes an actor.
//
//   bench_inspector [ROUNDS]

#include "actors/actor_listing.hpp"
#include "actors/protocol.hpp"
#include "actors/spelling.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace hive::actors {
namespace {

constexpr std::uint64_t messages = 1'000'000;
constexpr std::size_t crowd_size = 100'000;

/// Two actors and the ball between them.
struct court {
  build_actor other;
  std::uint64_t hits{0};
  std::promise<void> over;
};

class player {
 public:
  using handle = build_actor;
  static constexpr const char* name = "player";
  player(build_actor::pointer self, std::shared_ptr<court> where)
    : self_(self), where_(std::move(where)) {}
  build_actor::behavior_type make_behavior() {
    return {[this](const build_step&) { hit(); }};
  }

 private:
  void hit() {
    if (++where_->hits == messages) return where_->over.set_value();
    const auto back = build_actor{self_};
    const auto to = std::exchange(where_->other, back);
    tell(self_, to, build_step{});
  }
  build_actor::pointer self_;
  std::shared_ptr<court> where_;
};

using plain_player = caf::stateful_actor<player, build_actor::impl>;
using known_player = actor_of<player>;

void make(system_config& config) {
  config.set("caf.scheduler.policy", "sharing");
  config.set("caf.scheduler.max-threads", 1);
}

/// Nanoseconds a message.
template <class Player>
double play(bool watched) {
  system_config config;
  make(config);
  caf::actor_system system{config};
  config.people->watch(watched);
  const auto where = std::make_shared<court>();
  const build_actor one = system.spawn<Player>(where);
  where->other = system.spawn<Player>(where);
  auto over = where->over.get_future();
  const auto began = std::chrono::steady_clock::now();
  post(one, build_step{});
  over.wait();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
  order_stop(one, stop_reason::finished);
  order_stop(where->other, stop_reason::finished);
  where->other = nullptr;
  return took.count() / messages;
}

double median(std::vector<double> all) {
  std::ranges::sort(all);
  return all[all.size() / 2];
}

void cost_of_messages(int rounds) {
  std::vector<double> plain;
  std::vector<double> known;
  std::vector<double> watched;
  std::vector<double> unwatched_extra;
  std::vector<double> watched_extra;
  for (int i = 0; i < rounds; ++i) {
    plain.push_back(play<plain_player>(false));
    known.push_back(play<known_player>(false));
    watched.push_back(play<known_player>(true));
    unwatched_extra.push_back(known.back() - plain.back());
    watched_extra.push_back(watched.back() - plain.back());
  }
  std::printf("ns a message: plain %.1f, counted %.1f, watched %.1f\n", median(plain),
              median(known), median(watched));
  std::printf("extra, median of pairs: counted %.1f ns (x%.3f), watched %.1f ns (x%.3f)\n",
              median(unwatched_extra), median(known) / median(plain), median(watched_extra),
              median(watched) / median(plain));
}

std::size_t resident_bytes() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t size = 0;
  std::size_t resident = 0;
  file >> size >> resident;
  return resident * 4096;
}

/// In a process of its own: what one crowd gives back, the next would get for nothing.
template <class Measure>
double apart(Measure measure) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  double got = 0;
  if (const auto child = ::fork(); child == 0) {
    got = measure();
    std::fflush(stdout);
    ::_exit(::write(ends[1], &got, sizeof got) == sizeof got ? 0 : 1);
  } else {
    int how = 0;
    ::waitpid(child, &how, 0);
    if (how != 0 || ::read(ends[0], &got, sizeof got) != sizeof got) std::abort();
  }
  ::close(ends[0]);
  ::close(ends[1]);
  return got;
}

template <class Player>
double crowd(bool list) {
  system_config config;
  make(config);
  caf::actor_system system{config};
  const auto where = std::make_shared<court>();
  std::vector<build_actor> all;
  all.reserve(crowd_size);
  const auto before = resident_bytes();
  for (std::size_t i = 0; i < crowd_size; ++i) all.push_back(system.spawn<Player>(where));
  const auto each = static_cast<double>(resident_bytes() - before) / crowd_size;
  if (list) {
    const samples none;
    actor_query asked;
    asked.limit = most_actors_listed;
    double longest = 0;
    double sum = 0;
    std::size_t seen = 0;
    do {
      const auto began = std::chrono::steady_clock::now();
      const auto page = list_actors(*config.people, none, asked, began);
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - began;
      longest = std::max(longest, took.count());
      sum += took.count();
      seen += page.actors.size();
      asked.after = page.next;
    } while (asked.after != 0);
    std::printf("%zu actors listed in pages of %zu: a page %.1f ms at most, all %.0f ms\n", seen,
                asked.limit, longest, sum);
    asked.by = actor_order::queue;
    asked.limit = 20;
    const auto began = std::chrono::steady_clock::now();
    list_actors(*config.people, none, asked, began);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    std::printf("the 20 longest queues of them: %.1f ms\n", took.count());
  }
  for (const auto& one : all) order_stop(one, stop_reason::finished);
  all.clear();
  system.await_all_actors_done();
  return each;
}

int run(int rounds) {
  know_types();
  const auto plain = apart([] { return crowd<plain_player>(false); });
  const auto known = apart([] { return crowd<known_player>(true); });
  std::printf("bytes an idle actor: plain %.0f, counted %.0f (+%.0f)\n", plain, known,
              known - plain);
  cost_of_messages(rounds);
  return 0;
}

} // namespace
} // namespace hive::actors

int main(int argc, char** argv) {
  return hive::actors::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 11);
}
