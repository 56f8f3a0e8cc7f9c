#include "core/store/partial.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;

namespace {

const std::string killed_key = "sha256:" + std::string(64, 'd');
constexpr std::uint64_t size = 8u << 20;
constexpr std::uint64_t piece = 64u << 10;

/// Fetches what is missing in a scattered order, flushing every few pieces, and tells the pipe each
/// step.
[[noreturn]] void download(const home& where, int tell, unsigned seed) {
  auto p = partial::open(where, killed_key, size);
  if (!p) std::_Exit(3);
  auto missing = plan_pieces((*p)->durable(), size, piece);
  std::ranges::shuffle(missing, std::mt19937{seed});
  range_set written;
  std::size_t since = 0;
  for (const auto& r : missing) {
    if (!(*p)->write(r.begin, pattern{r.begin, r.size()}.bytes())) std::_Exit(4);
    written.add(r);
    if (::write(tell, "w", 1) != 1) std::_Exit(5);
    if (++since % 3 == 0 && !(*p)->flush(written)) std::_Exit(6);
    if (since % 17 == 0 && !(*p)->forget({r.begin, r.begin + 1})) std::_Exit(7);
  }
  if (!(*p)->flush(written)) std::_Exit(8);
  std::_Exit(0);
}

/// Kills `child` after it told `steps` steps and `more` microseconds; true when it died by that.
bool kill_after(pid_t child, int listen, unsigned steps, unsigned more) {
  char step = 0;
  while (steps-- > 0 && ::read(listen, &step, 1) == 1) {
  }
  // An instant inside whatever comes next; nothing is waited for.
  const timespec moment{0, static_cast<long>(more) * 1000};
  ::ppoll(nullptr, 0, &moment, nullptr);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) || WEXITSTATUS(status) == 0;
}

} // namespace

TEST_CASE("killed at any instant, a partial claims only what it holds and loses no claim") {
  scratch_home home;
  std::mt19937 random{20251121};
  range_set before;
  std::uint64_t claimed = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto seed = static_cast<unsigned>(random());
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      download(home.where, ends[1], seed);
    }
    ::close(ends[1]);
    const auto steps = static_cast<unsigned>(random() % 12);
    const bool as_meant =
        kill_after(child, ends[0], steps, static_cast<unsigned>(random() % 20'000));
    ::close(ends[0]);
    REQUIRE(as_meant);
    auto p = partial::open(home.where, killed_key, size);
    REQUIRE(p);
    for (const auto& r : (*p)->durable().ranges()) {
      std::vector<std::byte> seen(r.size());
      const pattern expected{r.begin, r.size()};
      REQUIRE((*p)->read(r.begin, seen));
      REQUIRE(std::memcmp(seen.data(), expected.bytes().data(), seen.size()) == 0);
    }
    CAPTURE(round, (*p)->durable().size());
    // Only forget() takes a claim back, one piece at most per 17.
    CHECK((*p)->durable().size() + piece >= before.size());
    before = (*p)->durable();
    claimed += before.size();
    if (before.size() < size) continue;
    REQUIRE((*p)->forget({0, size}));
    before = {};
  }
  CHECK(claimed > 0);
}
