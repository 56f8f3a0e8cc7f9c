// A CAF program that is no node, with a certificate of the hive, and a real node.

#include "actors/client.hpp"
#include "actors/clients.hpp"
#include "core/link/client_call.hpp"
#include "tests/actors/hive_lab.hpp"

#include <caf/all.hpp>

namespace hive::actors {
namespace {

/// A program of its own: another actor system, another home.
class program {
 public:
  explicit program(const hive_machine* issuer = nullptr) {
    if (issuer != nullptr) id_ = enroll(home(), "desk", issuer->home(), issuer->address());
    prepare_client(config_);
    system_.emplace(config_);
  }

  store::home home() const { return store::home{root_.path}; }
  const node_id& id() const { return id_; }
  result<open_rooms> enter(const std::string& address) {
    return enter_node(*system_, home(), address);
  }

  template <class T, class Handle, class Message>
  result<T> ask(const Handle& whom, Message what) {
    const caf::scoped_actor self{*system_};
    result<T> out = fail(errc::no_answer, "nothing");
    self->request(whom, 20s, std::move(what))
        .receive([&](T& m) { out = std::move(m); },
                 [&](const caf::error& why) { out = as_failure(why); });
    return out;
  }
  /// Whether `whom` is gone within a while.
  bool misses(const queue_actor& whom) {
    const caf::scoped_actor self{*system_};
    self->monitor(whom);
    bool gone = false;
    self->receive([&](const caf::down_msg&) { gone = true; }, caf::after(20s) >> [] {});
    return gone;
  }

 private:
  scratch_home root_;
  node_id id_;
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;
};

job_request pull_of(const std::string& reference) {
  job_request out;
  out.what = parse_reference(reference).value();
  return out;
}

} // namespace

TEST_CASE("a program with a certificate gives a node a job and follows it, and is no member") {
  hive_lab one{1};
  one.hub.add("org/tiny", {{"model.bin", 1, 300'000}});
  program desk{&one.at(0)};
  const auto rooms = desk.enter(one.at(0).address());
  if (!rooms) FAIL(sentence(rooms.why()));
  const auto made = desk.ask<job_record>(rooms->queue, submit_job{pull_of("hf:org/tiny"), {}});
  if (!made) FAIL(sentence(made.why()));
  std::vector<event_ptr> told;
  const auto over = [&] { return !told.empty() && told.back()->kind == event_kind::end; };
  REQUIRE(settles(
      [&] {
        const auto after = told.empty() ? 0 : told.back()->seq;
        auto news = desk.ask<event_list>(rooms->narrator, replay_events{made->id, after});
        REQUIRE(news);
        told.insert(told.end(), news->events.begin(), news->events.end());
        return over();
      },
      20s));
  CHECK(told.back()->state == job_state::succeeded);
  CHECK(one.at(0).job(made->id)->state == job_state::succeeded);
  CHECK(one.at(0).members().members.size() == 1);

  SECTION("an answer that is an error keeps its number and its hint") {
    const auto none = desk.ask<job_record>(rooms->queue, query_job{job_id{"01J"}});
    REQUIRE_FALSE(none);
    CHECK(none.why().code == errc::not_found);
  }
  SECTION("it hears when the node stops, and gets in again when it is back") {
    one.at(0).stop();
    CHECK(desk.misses(rooms->queue));
    const auto nobody = desk.enter(one.at(0).address());
    REQUIRE_FALSE(nobody);
    CHECK(nobody.why().code == errc::unreachable);
    one.at(0).start();
    REQUIRE(settles([&] { return desk.enter(one.at(0).address()).has_value(); }, 20s));
  }
  SECTION("when its certificate is revoked its link is cut, and it is let in no more") {
    auto hive = trust::hive_folder::open(one.at(0).home());
    REQUIRE(hive->revoke(desk.id(), "lost", wall_now()));
    CHECK(desk.misses(rooms->queue));
    const auto barred = desk.enter(one.at(0).address());
    REQUIRE_FALSE(barred);
    CHECK(barred.why().code == errc::node_revoked);
  }
}

TEST_CASE("a program without a certificate of this hive is not let in, and is told why") {
  hive_lab one{1};
  program stranger;
  const auto none = stranger.enter(one.at(0).address());
  REQUIRE_FALSE(none);
  CHECK(none.why().code == errc::no_hive);

  hive_lab other{1};
  program foreign{&other.at(0)};
  const auto refused = foreign.enter(one.at(0).address());
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::foreign_hive);
}

TEST_CASE("programs beyond the bound are refused, and a place is free again") {
  clients book;
  std::vector<std::uint64_t> places;
  for (std::size_t i = 0; i < clients::most; ++i) {
    const auto place = book.admit({}, "127.0.0.1:1");
    REQUIRE(place);
    places.push_back(*place);
  }
  CHECK_FALSE(book.admit({}, "127.0.0.1:1"));
  book.left(places[7]);
  CHECK(book.admit({}, "127.0.0.1:1"));
  CHECK_FALSE(book.admit({}, "127.0.0.1:1"));
}

TEST_CASE("a program reads why the node refuses it") {
  hive_lab one{1};
  program desk{&one.at(0)};
  trust::peer_port_options door;
  door.listen = "127.0.0.1:0";
  door.home = one.at(0).home();
  door.takers.emplace(link::client_protocol, [](trust::established from) {
    link::refuse_client(std::move(from), {cluster::cause::overloaded, "it is full"});
  });
  const auto port = trust::peer_port::open(std::move(door));
  REQUIRE(port);
  const auto refused = desk.enter((*port)->address());
  REQUIRE_FALSE(refused);
  CHECK(refused.why().code == errc::overloaded);
  CHECK(refused.why().detail.find("it is full") != std::string::npos);
}

} // namespace hive::actors
