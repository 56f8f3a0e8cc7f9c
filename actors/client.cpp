#include "actors/client.hpp"

#include "actors/wire.hpp"
#include "core/job/log.hpp"
#include "core/link/client_call.hpp"
#include "core/trust/renewal.hpp"

#include <caf/all.hpp>

namespace hive::actors {
namespace {

constexpr std::chrono::seconds entry_limit{10};
constexpr std::chrono::seconds rooms_limit{5};

} // namespace

void prepare_client(caf::actor_system_config& config) {
  know_types();
  prepare_wires(config);
}

result<open_rooms> enter_node(caf::actor_system& system, const store::home& home,
                              const std::string& address) {
  if (const auto renewed = trust::renew_if_due(home, {}, wall_now()); !renewed) {
    if (renewed.why().code == errc::no_hive) return renewed.why();
    log(level::warning, "link", "not-renewed", sentence(renewed.why()));
  }
  HIVE_TRY(auto link,
           link::call_node(home, address, std::chrono::steady_clock::now() + entry_limit));
  wire_port wires{system};
  HIVE_TRY(const auto met, wires.dial_and_wait(std::move(link)));
  const caf::scoped_actor self{system};
  result<open_rooms> rooms = fail(errc::no_answer, "the node said nothing");
  self->request(caf::actor_cast<cluster_actor>(met), rooms_limit, query_rooms{})
      .receive([&](open_rooms& m) { rooms = std::move(m); },
               [&](const caf::error& why) {
                 rooms = unanswered<query_rooms>(why, "the node at " + address, rooms_limit);
               });
  return rooms;
}

} // namespace hive::actors
