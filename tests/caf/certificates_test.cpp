// CAF's own TLS with a hive's certificates: nodes of one hive reach each other, others do not.

#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/openssl/all.hpp>

namespace {

using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

struct settings : caf::actor_system_config {
  explicit settings(const peer_tls& files) {
    load<caf::io::middleman>();
    load<caf::openssl::manager>();
    openssl_certificate = files.certificate;
    openssl_key = files.key;
    openssl_cafile = files.authority;
    set("caf.scheduler.max-threads", 1);
  }
};

struct node {
  explicit node(const peer_tls& files) : options(files), system(options) {}
  settings options;
  caf::actor_system system;
};

caf::behavior echo(caf::event_based_actor*) {
  return {[](int number) { return number + 1; }};
}

} // namespace

TEST_CASE("CAF lets a node of the same hive in, and none of another") {
  caf::io::middleman::init_global_meta_objects();
  caf::core::init_global_meta_objects();
  founder hive, stranger;
  hive::store::test::scratch_home home;
  const auto token = hive.hive.create_token({1h, 1}, now);
  const auto key = hive_folder::joining_key(home.where);
  const auto grant =
      hive.hive.admit(with_token(request_of(*key, fresh_node()), *token), std::nullopt, now);
  const auto second = hive_folder::settle(home.where, *grant, now);
  REQUIRE(second);

  node server{hive.hive.tls()}, member{second->tls()}, foreign{stranger.hive.tls()};
  const auto actor = server.system.spawn(echo);
  const auto port = caf::openssl::publish(actor, 0, "127.0.0.1");
  REQUIRE(port);
  const auto reached = caf::openssl::remote_actor(member.system, "127.0.0.1", *port);
  REQUIRE(reached);
  int answer = 0;
  {
    caf::scoped_actor self{member.system};
    self->request(*reached, 10s, 41)
        .receive([&](int got) { answer = got; }, [](const caf::error&) {});
  }
  CHECK(answer == 42);
  CHECK_FALSE(caf::openssl::remote_actor(foreign.system, "127.0.0.1", *port));
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}
