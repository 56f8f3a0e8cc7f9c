// What a link between two nodes carries: two actor systems, TLS over loopback as the peer port
// makes it. Prints round trips one after the other, and messages of several sizes with at most 256
// under way, as peers have them.
//
//   bench_cluster [SECONDS]

#include "actors/client.hpp"
#include "actors/wire.hpp"
#include "core/link/client_call.hpp"
#include "core/trust/hive_folder.hpp"
#include "core/trust/peer_port.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace hive::actors {
namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint64_t under_way = 256;
constexpr std::uint64_t taken_every = 16;
constexpr std::uint16_t asks = 1; ///< kind of words: send them back

[[noreturn]] void give_up(const failure& why) {
  std::fprintf(stderr, "bench_cluster: %s\n", sentence(why).c_str());
  std::exit(1);
}
template <class T>
T got(result<T> what) {
  if (!what) give_up(what.why());
  return std::move(*what);
}

/// The other end: answers what asks, and says of the rest how much it has taken.
caf::behavior listener(caf::event_based_actor*) {
  return {[taken = std::uint64_t{0}](swarm_words& m) mutable -> caf::result<caf::message> {
    if (m.kind == asks) return caf::make_message(std::move(m));
    if (++taken % taken_every != 0) return caf::message{};
    return caf::make_message(words_taken{taken});
  }};
}

struct end_of_link {
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  std::optional<wire_port> wires;

  end_of_link() {
    prepare_client(config);
    config.set("caf.scheduler.policy", "sharing");
    config.set("caf.scheduler.max-threads", 2);
    system.emplace(config);
    wires.emplace(*system);
  }
};

struct two_ends {
  store::home home;
  end_of_link here;
  end_of_link there;
  caf::actor whom;
  std::unique_ptr<trust::peer_port> port;
  caf::actor remote;

  explicit two_ends(std::filesystem::path where) : home{std::move(where)} {
    if (const auto made = store::prepare(home); !made) give_up(made.why());
    got(trust::hive_folder::found(home, "bench", {got(store::identity(home)), "one"}, wall_now()));
    whom = there.system->spawn(listener);
    there.wires->publish(whom);
    trust::peer_port_options door;
    door.listen = "127.0.0.1:0";
    door.home = home;
    door.takers.emplace(link::client_protocol, [this](trust::established from) {
      static_cast<void>(there.wires->accept(got(link::welcome_client(std::move(from))), {}));
    });
    port = got(trust::peer_port::open(std::move(door)));
    remote = got(
        here.wires->dial_and_wait(got(link::call_node(home, port->address(), clock::now() + 10s))));
  }
  ~two_ends() {
    caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
    whom = remote = nullptr;
    port.reset();
  }
};

void round_trips(two_ends& ends, std::chrono::seconds time) {
  const caf::scoped_actor self{*ends.here.system};
  std::vector<double> took;
  for (const auto until = clock::now() + time; clock::now() < until;) {
    const auto began = clock::now();
    self->request(ends.remote, 10s, swarm_words{asks, std::string(64, 'x')})
        .receive([](const swarm_words&) {},
                 [](const caf::error& why) { give_up(as_failure(why)); });
    took.push_back(std::chrono::duration<double, std::micro>(clock::now() - began).count());
  }
  std::sort(took.begin(), took.end());
  const auto at = [&](double share) {
    return took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))];
  };
  std::printf("round trip, 64 bytes: p50 %.0f us, p99 %.0f us, most %.0f us (%zu)\n", at(0.5),
              at(0.99), took.back(), took.size());
}

/// `size`: bytes of one.
void stream(two_ends& ends, std::size_t size, std::chrono::seconds time) {
  const caf::scoped_actor self{*ends.here.system};
  const std::string words(size, 'x');
  std::uint64_t sent = 0;
  std::uint64_t taken = 0;
  std::optional<std::uint64_t> before; // the listener counts from its start
  const auto hear = [&] {
    self->receive([&](const words_taken& m) {
      if (!before) before = m.count - taken_every;
      taken = m.count - *before;
    });
  };
  const auto began = clock::now();
  while (clock::now() < began + time) {
    self->send(ends.remote, swarm_words{0, words});
    ++sent;
    while (sent - taken >= under_way) hear();
  }
  // To a round number, so that the last ones are told of as well.
  for (; sent % taken_every != 0; ++sent) self->send(ends.remote, swarm_words{0, words});
  while (taken < sent) hear();
  const auto seconds = std::chrono::duration<double>(clock::now() - began).count();
  std::printf("%6zu bytes: %8.0f messages/s, %7.1f MB/s\n", size,
              static_cast<double>(sent) / seconds,
              static_cast<double>(sent * size) / seconds / 1e6);
}

} // namespace
} // namespace hive::actors

int main(int argc, char** argv) {
  using namespace hive::actors;
  const std::chrono::seconds time{argc > 1 ? std::atoi(argv[1]) : 5};
  std::string where = (std::filesystem::temp_directory_path() / "hive-bench-XXXXXX").string();
  if (::mkdtemp(where.data()) == nullptr) return 1;
  {
    two_ends ends{where};
    round_trips(ends, time);
    for (const std::size_t size : {64u, 1024u, 16u << 10u, 64u << 10u}) stream(ends, size, time);
  }
  std::filesystem::remove_all(where);
  return 0;
}
