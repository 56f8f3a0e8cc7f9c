// Whatever a server does: the right blob, or a clear failure, and counters that keep their word.
#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <random>

using namespace hive;
using namespace hive::testing;

namespace {

class dice {
 public:
  explicit dice(unsigned seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

manners random_manners(dice& d, std::uint64_t size) {
  manners how;
  switch (d.below(14)) {
  case 0: how.cut_after = d.below(size + 1); break;
  case 1: how.reset_after = d.below(size + 1); break;
  case 2: how.stall_after = d.below(size + 1); break;
  case 3: how.ignore_range = true; break;
  case 4: how.content_range = "bytes 7-9/" + std::to_string(size); break;
  case 5: how.flip_at = d.below(size); break;
  case 6: how.html = true; break;
  case 7:
    how.fail_first = static_cast<int>(d.below(5)), how.fail_status = d.one_in(2) ? 503 : 500;
    break;
  case 8: how.expire_after = static_cast<int>(d.below(6)); break;
  case 9: how.max_parallel = 1, how.crowded_status = d.one_in(2) ? 403 : 429; break;
  case 10: how.chunked = true; break;
  case 11: how.gzip_lie = true; break;
  case 12: how.ignore_range = true, how.cut_after = d.below(size + 1); break;
  default: break;
  }
  return how;
}

transfer::service_options random_options(dice& d) {
  auto options = quick();
  options.pool_blocks = 1 + d.below(6);
  options.lanes_per_file = 1 + d.below(8);
  options.lanes_total = 1 + d.below(8);
  options.flush_bytes = (1 + d.below(8)) * mib;
  options.stall = 100ms;
  return options;
}

bool acceptable(errc code) {
  switch (code) {
  case errc::connection_cut:
  case errc::timed_out:
  case errc::range_refused:
  case errc::unreadable_reply:
  case errc::digest_mismatch:
  case errc::size_mismatch:
  case errc::not_the_artifact:
  case errc::vendor_unavailable:
  case errc::link_expired:
  case errc::credentials_rejected:
  case errc::rate_limited: return true;
  default: return false;
  }
}

std::string story(const ears& who) {
  std::string out;
  for (const auto& next : who.notes()) out += next.human + "\n";
  const auto last = who.last();
  return out + last.phase + ", " + std::to_string(last.lanes) + " lanes, received " +
         std::to_string(last.counts.received) + ", verified " +
         std::to_string(last.counts.verified);
}

} // namespace

TEST_CASE("a server of any manners yields the right blob or a clear failure") {
  const auto seed = GENERATE(range(1u, 41u));
  CAPTURE(seed);
  dice d{seed};
  const auto size = d.one_in(3) ? 1 + d.below(3 * mib) : 26 * mib + d.below(6 * mib);
  origin hub;
  origin cdn;
  cdn.serve("/blob", generated(seed, size), random_manners(d, size));
  hub.serve("/direct", generated(seed, size), random_manners(d, size));
  hub.serve("/m", text(""), {.redirect = cdn.url("/blob?Signature=x")});
  auto what = rig::file(seed, size, {d.one_in(2) ? hub.url("/m") : hub.url("/direct")});
  if (d.one_in(3)) what.sources.push_back({hub.url("/m"), {}, {}});
  if (d.one_in(5)) what.size.reset();
  rig r{random_options(d)};
  ears who;
  auto running = r.start(what, who);
  // The server changes its mind once, somewhere on the way.
  who.wait_for([&](const ears& e) { return e.ended() || e.last().counts.received > size / 2; },
               300ms);
  cdn.behave("/blob", random_manners(d, size));
  hub.behave("/direct", random_manners(d, size));
  if (d.one_in(4)) cdn.drop_connections(), hub.drop_connections();
  const auto end = who.wait_for_end(20s);
  INFO(story(who));
  REQUIRE(end);
  if (*end) {
    CHECK((*end)->sha256 == what.expected->hex);
    CHECK(r.blob_digest((*end)->sha256) == what.expected->hex);
    CHECK(who.last().counts.received == size);
    CHECK(who.last().counts.verified == size);
  } else {
    INFO(sentence(end->why()));
    CHECK(acceptable(end->why().code));
    CHECK(r.blob_digest(what.expected->hex).empty());
  }
  CHECK(who.broken() == std::vector<std::string>{});
  CHECK(r.open_files() == 0);
  CHECK(r.service->counts().lanes_open == 0);
  CHECK(cdn.wait_until([](const origin_counts& c) { return c.requests < 400; }));
}
