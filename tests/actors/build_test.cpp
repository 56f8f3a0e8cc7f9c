/// The build in virtual time; its programs are real ones, and waited for.
#include "actors/build.hpp"
#include "tests/actors/living_node.hpp"
#include "tests/actors/neighbours.hpp"

#include <fstream>
#include <thread>

namespace hive::actors {
namespace {

namespace fs = std::filesystem;

recipe made_by(const std::vector<std::string>& scripts) {
  recipe how;
  how.name = "tiny";
  how.version = "1";
  for (const auto& text : scripts) how.steps.push_back({{"/bin/sh", "-ec", text}});
  how.outputs = {"*.bin"};
  return how;
}

/// A build and those it speaks to.
struct site {
  scratch_home scratch;
  store::home home{scratch.path};
  actor_world world;
  fake_narrator heard;
  narrator_actor narrator{heard.in(world)};
  std::vector<std::string> steps; ///< told to the heartbeat
  std::optional<std::vector<plan_file>> made;
  std::optional<failure> failed;
  const job_id id{"01J"};
  job_actor job;
  heartbeat_actor heartbeat;
  build_actor build;

  explicit site(const recipe& how, std::vector<store::artifact_file> inputs = {}) {
    REQUIRE(store::prepare(home));
    job = world.mock<job_actor>([](const download_finished&) {}, [](const download_failed&) {},
                                [](const audit_finished&) {}, [](const host_asked&) {},
                                [this](const build_finished& m) { made = m.files; },
                                [this](const build_failed& m) { failed = m.why; },
                                [](const claim_ended&) {});
    heartbeat = world.mock<heartbeat_actor>(
        [](const files_planned&) {}, [](const bytes_moved&) {}, [](const state_entered&) {},
        [](const waiting_for&) {}, [this](const step_begun& m) { steps.push_back(m.step); },
        [](const tick&) {});
    build = world.spawn([&](caf::local_actor* parent) {
      return spawn_build(parent, {job, heartbeat, narrator, home, 0}, {id, how, std::move(inputs)});
    });
  }
  ~site() {
    stop();
    until([this] { return gone(); });
  }

  void stop() {
    order_stop(build, stop_reason::cancel_keep);
    world.settle();
  }
  bool gone() { return world.people().count("build") == 0; }
  fs::path folder() const { return home.root / "build" / id.value; }
  /// A program takes real time, and virtual time goes no faster meanwhile: a limit of an hour is
  /// not over before a program has begun.
  bool until(const std::function<bool()>& so) {
    using clock = std::chrono::steady_clock;
    const auto began = clock::now();
    auto shown = began;
    while (!so() && shown - began < 20s) {
      std::this_thread::yield();
      const auto passed =
          std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - shown);
      shown += passed;
      world.pass(passed);
    }
    return so();
  }
  bool over() { return made || failed; }
};

TEST_CASE("steps run one after the other, and what they make is handed over in their folder") {
  site s{made_by({"echo first; echo a > one.bin", "cat one.bin > two.bin; echo b > other.txt"})};
  REQUIRE(s.until([&] { return s.over(); }));
  if (s.failed) FAIL(sentence(*s.failed));
  REQUIRE(s.made->size() == 2);
  CHECK(s.made->at(0).path == "one.bin");
  CHECK(s.made->at(1).path == "two.bin");
  CHECK(s.made->at(0).sources.at(0).given);
  CHECK(s.steps == std::vector<std::string>{"step 1 of 2 (sh)", "step 2 of 2 (sh)"});
  CHECK(s.heard.said(s.id, "build-said"));
  CHECK(fs::exists(s.folder() / "two.bin"));
  CHECK_FALSE(s.gone());
  s.stop();
  CHECK(s.until([&] { return s.gone(); }));
  CHECK_FALSE(fs::exists(s.folder()));
}

TEST_CASE("a step that fails ends the build with what it said, and the next does not run") {
  site s{made_by({"echo no such model; exit 3", "echo a > one.bin"})};
  REQUIRE(s.until([&] { return s.over(); }));
  REQUIRE(s.failed);
  CHECK(s.failed->code == errc::build_failed);
  CHECK(s.failed->detail.find("exit code 3") != std::string::npos);
  CHECK(s.failed->detail.find("no such model") != std::string::npos);
  CHECK(s.steps.size() == 1);
}

TEST_CASE("a build whose time is over is stopped, and says so") {
  auto how = made_by({"echo > begun.bin; exec sleep 1000"});
  how.limits.time = std::chrono::hours{1};
  site s{how};
  REQUIRE(s.until([&] { return fs::exists(s.folder() / "begun.bin"); }));
  s.world.pass(30min);
  CHECK_FALSE(s.over());
  s.world.pass(31min);
  REQUIRE(s.until([&] { return s.over(); }));
  REQUIRE(s.failed);
  CHECK(s.failed->code == errc::build_failed);
}

TEST_CASE("an order to stop ends the programs and takes the folder away before the build is gone") {
  site s{made_by({"echo > begun.bin; exec sleep 1000"})};
  REQUIRE(s.until([&] { return fs::exists(s.folder() / "begun.bin"); }));
  s.stop();
  CHECK(s.until([&] { return s.gone(); }));
  CHECK_FALSE(fs::exists(s.folder()));
  CHECK_FALSE(s.over());
}

TEST_CASE("an input whose blob is gone fails the build before its first step") {
  site s{made_by({"echo a > one.bin"}), {{"in/model", sha256_hex("model"), 5, {}}}};
  REQUIRE(s.until([&] { return s.over(); }));
  CHECK(s.failed);
  CHECK(s.steps.empty());
}

} // namespace
} // namespace hive::actors
