#pragma once
/// A catalog on a real store, in virtual time, and its customers.

#include "actors/catalog.hpp"
#include "tests/actors/living_node.hpp"
#include "tests/actors/neighbours.hpp"

#include <fstream>

namespace hive::actors {

struct shop {
  scratch_home scratch;
  store::home home{scratch.path};
  std::shared_ptr<store::use_board> uses{std::make_shared<store::use_board>()};
  actor_world world;
  catalog_actor catalog;

  explicit shop(std::uint64_t reserve = 0, std::uint64_t budget = 0) {
    REQUIRE(store::prepare(home));
    open(reserve, budget);
  }
  ~shop() { close(); }
  /// At the start, and again after `close`.
  void open(std::uint64_t reserve = 0, std::uint64_t budget = 0) {
    catalog = world.spawn([&](caf::local_actor* parent) {
      return spawn_catalog(parent, {home, reserve, budget, uses});
    });
  }
  void close() {
    order_stop(catalog, stop_reason::node_stopping);
    world.settle();
  }
  /// hive.db as another process would read it.
  std::unique_ptr<store::database> database() const {
    return std::move(store::database::open(home.database()).value());
  }

  /// A job's place: asks in its own name and can be ended.
  caf::actor customer() {
    auto made = world.system().spawn([](caf::event_based_actor* self) -> caf::behavior {
      return {[self](const perform& m) { m.act(self); }};
    });
    world.keep(made);
    return made;
  }
  template <class T, class Message>
  answer<T> ask_as(const caf::actor& who, Message m) {
    answer<T> got;
    world.perform_as(who, [&](caf::event_based_actor* self) {
      self->request(catalog, 1h, std::move(m))
          .then([slot = got.slot()](T& v) { slot->emplace(std::move(v)); },
                [slot = got.slot()](caf::error& why) { slot->emplace(as_failure(why)); });
    });
    return got;
  }
  void leave(const caf::actor& who) {
    caf::anon_send_exit(who, caf::exit_reason::user_shutdown);
    world.settle();
  }

  /// A blob of these bytes.
  std::string put(const std::string& bytes) {
    const auto sha256 = sha256_hex(bytes);
    std::filesystem::create_directories(home.blob(sha256).parent_path());
    std::ofstream{home.blob(sha256)} << bytes;
    return sha256;
  }
  download_plan plan(const std::string& repo, const std::vector<std::string>& contents) {
    download_plan made;
    made.what = named("hf:org/" + repo);
    made.revision = std::string(40, 'b');
    made.requested = "main";
    for (std::size_t i = 0; i < contents.size(); ++i)
      made.files.push_back({"file-" + std::to_string(i) + ".bin",
                            contents[i].size(),
                            digest{digest_kind::sha256, sha256_hex(contents[i])},
                            {}});
    return made;
  }
  /// One artifact of these contents, which no job counts on any more.
  store::artifact stock(const std::string& repo, const std::vector<std::string>& contents) {
    for (const auto& bytes : contents) put(bytes);
    return take_in(plan(repo, contents));
  }
  store::artifact take_in(const download_plan& what) {
    const auto job = customer();
    ask_as<plan_checked>(job, check_plan{what});
    const auto made = admit(job, what);
    leave(job);
    return made.value();
  }
  result<store::artifact> admit(const caf::actor& job, const download_plan& what) {
    admit_artifact m{what, {}, wish_key(what.what, {})};
    for (const auto& file : what.files)
      m.files.push_back({file.path, file.expected->hex, *file.size, {}});
    return ask_as<store::artifact>(job, std::move(m)).get();
  }
};

} // namespace hive::actors
