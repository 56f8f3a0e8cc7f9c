#include "actors/build_facts.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <deque>
#include <string>

using namespace hive;
using namespace hive::actors;
using kind = build::run_end::kind;

namespace {

recipe two_steps() {
  recipe how;
  how.name = "tiny";
  how.steps = {{{"/usr/bin/make", "model"}}, {{"quantize", "model", "Q4_K_M"}}};
  how.limits.disk = 20'000'000;
  how.limits.time = std::chrono::minutes{2};
  return how;
}

} // namespace

TEST_CASE("a step of a build is called by its number and program") {
  CHECK(step_words(two_steps(), 0) == "step 1 of 2 (make)");
  CHECK(step_fact(two_steps(), 1).human == "step 2 of 2: quantize model Q4_K_M");
}

TEST_CASE("how a step ended is a sentence, and nothing when it ended well") {
  struct row {
    build::run_end end;
    std::deque<std::string> last;
    std::string said;
  };
  const auto [end, last, said] = GENERATE(values<row>({
      {{kind::exited, 2}, {}, "step 1 of 2 (make) ended with exit code 2; it said nothing"},
      {{kind::exited, 2},
       {"a", "b", "c", "d"},
       "step 1 of 2 (make) ended with exit code 2; it said last: b | c | d"},
      {{kind::signalled, SIGKILL},
       {"a"},
       "step 1 of 2 (make) was ended by signal 9 (Killed); it "
       "said last: a"},
      {{kind::signalled, SIGXFSZ},
       {},
       "step 1 of 2 (make) was ended: it wrote a file of more than 20.0 MB"},
      {{kind::not_started, ENOENT},
       {},
       "/usr/bin/make cannot be started: No such file or directory"},
      {{kind::lost, 0}, {}, "the process that watches step 1 of 2 (make) was killed"},
  }));
  const auto why = step_failure(two_steps(), 0, end, last);
  REQUIRE(why);
  CHECK(why->code == errc::build_failed);
  CHECK(why->detail == said);
  CHECK_FALSE(step_failure(two_steps(), 0, {kind::exited, 0}, last));
}

TEST_CASE("an overstepped limit is told with its value and how to raise it") {
  CHECK(too_long(two_steps(), 1).detail ==
        "step 2 of 2 (quantize) was ended: the build has taken its 120 s");
  CHECK(too_much(two_steps(), 1, 21'000'000).detail ==
        "step 2 of 2 (quantize) was ended: the build has written 21.0 MB of 20.0 MB");
  CHECK(no_room(two_steps(), 1'000'000, 5'000'000).code == errc::disk_full);
}

TEST_CASE("programs that cannot be contained are a warning that says what that means") {
  auto how = two_steps();
  const auto closed = open_fact(how, fail(errc::unsupported, "Operation not permitted"));
  CHECK(closed.weight == level::warning);
  CHECK(closed.human.ends_with("although the recipe asks for none"));
  how.limits.network = true;
  CHECK(open_fact(how, fail(errc::unsupported, "x")).human.ends_with("as hive does"));
}
