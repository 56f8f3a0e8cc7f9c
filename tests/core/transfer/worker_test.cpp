#include "core/transfer/worker.hpp"

#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <future>

namespace hive::transfer {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a thread at work says at what, and for how long") {
  std::promise<void> begun;
  std::promise<void> go_on;
  {
    worker thread{"hive-test"};
    CHECK_FALSE(thread.at_work());
    thread.post("a write", [&] {
      begun.set_value();
      go_on.get_future().wait();
    });
    begun.get_future().wait();
    const auto task = thread.at_work();
    REQUIRE(task);
    CHECK(std::string{task->what} == "a write");
    CHECK(task->time >= 0ms);
    go_on.set_value();
    std::promise<void> after;
    thread.post("nothing", [&] { after.set_value(); });
    after.get_future().wait();
  }
}

TEST_CASE("a thread that every transfer needs is named while it is at one thing for too long") {
  std::promise<void> begun; // these two outlive the threads that use them
  std::promise<void> go_on;
  testing::rig here;
  auto& service = *here.service;
  service.on_disk_thread("a write", [&] {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  CHECK(service.held_up(0ms) == "the disk has not finished a write for 0 s");
  CHECK(service.held_up(1h).empty());
  go_on.set_value();
}

TEST_CASE("a network thread that does not come round is named") {
  std::promise<void> begun;
  std::promise<void> go_on;
  testing::rig here;
  here.engine->post([&] {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  CHECK(here.engine->turn());
  CHECK(here.service->held_up(0ms) == "the network thread has not finished a turn for 0 s");
  go_on.set_value();
}

} // namespace
} // namespace hive::transfer
