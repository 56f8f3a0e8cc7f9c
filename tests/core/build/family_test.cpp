#include "core/build/family.hpp"
#include "tests/core/build/scene.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace hive;
using namespace hive::build;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// Where shell scripts run.
struct shell : scene {
  run_order order(const std::string& script) const {
    run_order what;
    what.words = {"/bin/sh", "-c", script};
    what.environment = {"PATH=/usr/local/bin:/usr/bin:/bin",
                        std::string{build_mark} + "=" + place->folder().string() + "/"};
    what.folder = place->folder();
    what.largest_file = 1u << 20;
    what.grace = 200ms;
    return what;
  }
};

/// Polls without a busy wait; the family's own bounds end it.
run_end wait_for(family& running, std::string& said) {
  for (;;) {
    running.read(said, 1u << 20);
    if (const auto end = running.look()) {
      running.read(said, 1u << 20);
      return *end;
    }
    ::poll(nullptr, 0, 2);
  }
}

run_end run(const run_order& what, std::string& said) {
  auto running = family::start(what).value();
  return wait_for(running, said);
}
run_end run(const run_order& what) {
  std::string said;
  return run(what, said);
}

bool until(const std::function<bool()>& so) {
  for (int i = 0; i < 2000 && !so(); ++i) ::poll(nullptr, 0, 5);
  return so();
}

bool lives(pid_t process) {
  return ::kill(process, 0) == 0;
}

std::string text_of(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_CASE_METHOD(shell, "a program runs in its folder, with its words and nothing of ours") {
  ::setenv("HIVE_TEST_SECRET", "x", 1);
  std::string said;
  const auto end = run(order("pwd; env | grep -c SECRET; echo err >&2; exit 3"), said);
  CHECK(end.how == run_end::kind::exited);
  CHECK(end.value == 3);
  CHECK(said == place->folder().string() + "\n0\nerr\n");
}

TEST_CASE_METHOD(shell, "how a program ends is told") {
  const auto killed = run(order("kill -9 $$"));
  CHECK(killed.how == run_end::kind::signalled);
  CHECK(killed.value == SIGKILL);
  const auto large = run(order("exec head -c 2000000 /dev/zero > big"));
  CHECK(large.how == run_end::kind::signalled);
  CHECK(large.value == SIGXFSZ);
  auto none = order("");
  none.words = {"/no/such/program"};
  const auto missing = run(none);
  CHECK(missing.how == run_end::kind::not_started);
  CHECK(missing.value == ENOENT);
}

TEST_CASE_METHOD(shell, "who outlives the program is killed with it") {
  REQUIRE(run(order("setsid sh -c 'echo $$ > left; sleep 1000' & "
                    "while [ ! -s left ]; do sleep 0.01; done"))
              .how == run_end::kind::exited);
  const auto process = static_cast<pid_t>(std::stol(text_of(place->folder() / "left")));
  CHECK_FALSE(lives(process));
}

TEST_CASE_METHOD(shell, "a program that is told to stop may tidy up, one that does not is killed") {
  SECTION("it stops") {
    auto running =
        family::start(
            order("trap 'echo bye > last; exit 5' TERM; echo on; while :; do sleep 0.01; done"))
            .value();
    std::string said;
    REQUIRE(until([&] {
      running.read(said, 100);
      return said == "on\n";
    }));
    running.stop();
    const auto end = wait_for(running, said);
    CHECK(end.how == run_end::kind::exited);
    CHECK(end.value == 5);
    CHECK(text_of(place->folder() / "last") == "bye\n");
  }
  SECTION("it does not") {
    auto running =
        family::start(order("trap '' TERM; echo on; while :; do sleep 0.01; done")).value();
    std::string said;
    REQUIRE(until([&] {
      running.read(said, 100);
      return said == "on\n";
    }));
    running.stop();
    const auto end = wait_for(running, said);
    CHECK(end.how == run_end::kind::signalled);
    CHECK(end.value == SIGKILL);
  }
}

TEST_CASE_METHOD(shell, "leaving a family kills it") {
  {
    auto running = family::start(order("echo $$ > pid; sleep 1000")).value();
    REQUIRE(until([&] { return !text_of(place->folder() / "pid").empty(); }));
  }
  CHECK_FALSE(lives(static_cast<pid_t>(std::stol(text_of(place->folder() / "pid")))));
}

TEST_CASE_METHOD(shell, "the death of who started a family kills it") {
  const auto what = order("setsid sh -c 'echo $$ > pid; sleep 1000' & sleep 1000");
  const pid_t other = ::fork();
  if (other == 0) {
    auto running = family::start(what);
    for (;;) ::pause();
  }
  REQUIRE(other > 0);
  REQUIRE(until([&] { return text_of(place->folder() / "pid").ends_with("\n"); }));
  const auto process = static_cast<pid_t>(std::stol(text_of(place->folder() / "pid")));
  CHECK(lives(process));
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  CHECK(until([&] { return !lives(process); }));
}

TEST_CASE_METHOD(shell, "contained programs have no network, and write into their folder only") {
  std::ofstream{home.blobs() / "blob"} << "blob";
  std::ofstream{place->inputs() / "input"} << "input";
  const containment within{place->folder(), place->inputs(), home.root, false};
  if (const auto possible = within.try_out(); !possible) {
    WARN("this kernel contains nobody: " << possible.why().detail);
    return;
  }
  auto what = order(
      "echo mine > own; cat in/input; cat ../../blobs/sha256/blob;"
      "echo x > in/input; echo x > ../../blobs/sha256/blob; rm ../../blobs/sha256/blob;"
      "rm -f in/input; mount -o remount,rw " +
      place->inputs().string() + "; ls /sys/class/net > /dev/null; cat /proc/net/dev | grep -c :");
  what.within = &within;
  std::string said;
  CHECK(run(what, said).how == run_end::kind::exited);
  INFO(said);
  CHECK(text_of(place->folder() / "own") == "mine\n");
  CHECK(text_of(place->inputs() / "input") == "input");
  CHECK(text_of(home.blobs() / "blob") == "blob");
  CHECK(said.starts_with("inputblob"));
  CHECK(said.ends_with("\n1\n")); // the loopback
}

TEST_CASE_METHOD(shell, "a start kills what is left of builds and removes their folders") {
  const pid_t other = ::fork();
  if (other == 0) {
    const auto mark = std::string{build_mark} + "=" + place->folder().string() + "/";
    const char* const words[] = {"sleep", "1000", nullptr};
    const char* const environment[] = {mark.c_str(), nullptr};
    ::execve("/bin/sleep", const_cast<char* const*>(words), const_cast<char* const*>(environment));
    ::_exit(1);
  }
  REQUIRE(other > 0);
  REQUIRE(until([&] {
    return text_of("/proc/" + std::to_string(other) + "/environ").starts_with(build_mark);
  }));
  const auto done = sweep(home);
  CHECK(done.programs == 1);
  CHECK(done.folders == 1);
  int how = 0;
  CHECK(::waitpid(other, &how, 0) == other);
  CHECK(WIFSIGNALED(how));
  CHECK_FALSE(fs::exists(place->folder()));
  CHECK(sweep(home).folders == 0);
}
