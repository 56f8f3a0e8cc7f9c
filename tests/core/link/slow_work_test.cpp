#include "core/link/slow_work.hpp"

#include "tests/support/catch.hpp"

#include <future>
#include <memory>
#include <vector>

namespace hive::link {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

/// Keeps the thread from when it is made until it is opened.
class gate {
 public:
  explicit gate(slow_work& what) {
    what.put([reached = reached_, opened = opened_.get_future().share()] {
      reached->set_value();
      opened.wait();
    });
    reached_->get_future().wait();
  }
  void open() { opened_.set_value(); }

 private:
  /// Shared: the thread may still be setting it when the wait for it is over.
  std::shared_ptr<std::promise<void>> reached_{std::make_shared<std::promise<void>>()};
  std::promise<void> opened_;
};

/// Until everything put before is done.
void wait_for_line(slow_work& what) {
  gate{what}.open();
}

TEST_CASE("of a state that many tell only the newest is kept", "[link][slow_work]") {
  std::vector<int> members;
  std::vector<int> wishes;
  {
    slow_work work;
    gate held{work};
    for (int i = 1; i <= 1000; ++i) {
      work.put_newest(
          kept_state::members, [&members, i] { members.push_back(i); }, milliseconds{0});
      work.put_newest(
          kept_state::wishes, [&wishes, i] { wishes.push_back(-i); }, milliseconds{0});
    }
    held.open();
  }
  CHECK(members == std::vector{1000});
  CHECK(wishes == std::vector{-1000});
}

TEST_CASE("a state that was just kept waits its pause, and at the end no longer",
          "[link][slow_work]") {
  std::vector<int> kept;
  {
    slow_work work;
    auto first = std::make_shared<std::promise<void>>();
    work.put_newest(
        kept_state::members,
        [&kept, first] {
          kept.push_back(1);
          first->set_value();
        },
        hours{1});
    first->get_future().wait();
    work.put_newest(
        kept_state::members, [&] { kept.push_back(2); }, hours{1});
    work.put_newest(
        kept_state::members, [&] { kept.push_back(3); }, hours{1});
    // What is not a state does not wait for it.
    wait_for_line(work);
    CHECK(kept == std::vector{1});
  }
  CHECK(kept == std::vector{1, 3});
}

TEST_CASE("more than 64 do not wait", "[link][slow_work]") {
  int done = 0;
  {
    slow_work work;
    gate held{work};
    for (int i = 0; i < 64; ++i) CHECK(work.put([&done] { ++done; }));
    CHECK_FALSE(work.put([&done] { ++done; }));
    held.open();
  }
  CHECK(done == 64);
}

} // namespace
} // namespace hive::link
