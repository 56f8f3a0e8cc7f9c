// Real nodes of one hive in one process: links, TLS, pieces and disks are all real.
#include "tests/actors/hive_lab.hpp"

#include <algorithm>
#include <fstream>

namespace hive::actors {
namespace {

constexpr std::uint64_t piece = 4ull << 20;

std::uint64_t from_wan(hive_machine& at) {
  return at.status()->transfer.bytes_wan;
}
std::uint64_t from_peers(hive_machine& at) {
  return at.status()->transfer.bytes_peers;
}

/// Bytes of the repository's file that left the origin.
std::uint64_t sent(const tiny_hub& hub) {
  return hub.at.counts().bytes_sent;
}

TEST_CASE("nodes of a hive that pull one model get it over the WAN once") {
  hive_lab lab{3};
  constexpr std::uint64_t size = 10 * piece;
  lab.hub.add("org/big", {{"weights.bin", 5, size}});
  const auto before = sent(lab.hub);
  std::vector<job_id> jobs;
  for (std::size_t n = 0; n < 3; ++n) jobs.push_back(lab.at(n).submit("hf:org/big")->id);
  std::uint64_t wan = 0;
  std::uint64_t peers = 0;
  for (std::size_t n = 0; n < 3; ++n) {
    const auto done = lab.at(n).ended(jobs[n]);
    REQUIRE(done);
    INFO((done->error ? sentence(*done->error) : ""));
    CHECK(done->state == job_state::succeeded);
    wan += from_wan(lab.at(n));
    peers += from_peers(lab.at(n));
    CHECK(done->progress.counts.wan + done->progress.counts.peers >= size);
  }
  CHECK(wan <= size + 2 * piece);
  CHECK(sent(lab.hub) - before <= size + 2 * piece);
  CHECK(peers >= 2 * size - 2 * piece);

  SECTION("one that asks for it later gets it from the others") {
    const auto again = lab.at(0).submit("hf:org/big");
    REQUIRE(lab.at(0).ended(again->id)); // nothing to do
    CHECK(sent(lab.hub) - before <= size + 2 * piece);
  }
}

TEST_CASE("a peer whose disk has rotted is named, and the content comes from elsewhere") {
  hive_lab lab{3};
  constexpr std::uint64_t size = 6 * piece;
  lab.hub.add("org/rot", {{"weights.bin", 8, size}});
  for (std::size_t n = 1; n < 3; ++n) {
    const auto job = lab.at(n).submit("hf:org/rot");
    REQUIRE(lab.at(n).ended(job->id)->state == job_state::succeeded);
  }
  const auto blob = lab.at(2).home().blob(testing::pattern_sha256(8, size));
  std::filesystem::permissions(blob, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  {
    std::fstream file{blob, std::ios::in | std::ios::out | std::ios::binary};
    for (std::uint64_t at = 1000; at < size; at += piece) {
      file.seekp(static_cast<std::streamoff>(at));
      file.put('\x5a');
    }
  }
  // Or the good one has sent all of it before the other is there.
  REQUIRE(answer_of<limits::in_force>([&](auto reply) {
    lab.at(1)->change_limits({{limits::limit::upload_rate, 4ull << 20}}, reply);
  }));
  const auto before = sent(lab.hub);
  const auto job = lab.at(0).submit("hf:org/rot");
  const auto done = lab.at(0).ended(job->id);
  REQUIRE(done);
  INFO((done->error ? sentence(*done->error) : ""));
  CHECK(done->state == job_state::succeeded);
  CHECK(sent(lab.hub) - before < piece); // the plan only
  CHECK(lab.at(0).status()->bad_pieces >= 1);
  CHECK(lab.at(0).heard().wait_for([&](const event& e) {
    return e.what.action == "peer-barred" && e.what.job == job->id &&
           e.what.human.find(lab.at(2).id().value) != std::string::npos;
  }));
}

TEST_CASE("when the node that fetches vanishes, the others go on where it was") {
  hive_lab lab{3};
  constexpr std::uint64_t size = 12 * piece;
  lab.hub.add("org/torn", {{"weights.bin", 6, size}});
  lab.hub.at.behave(tiny_hub::path_of("org/torn", "weights.bin"), {.slow = 2 << 20});
  const auto before = sent(lab.hub);
  std::vector<job_id> jobs;
  for (std::size_t n = 0; n < 3; ++n) jobs.push_back(lab.at(n).submit("hf:org/torn")->id);
  std::optional<std::size_t> owner;
  for (int i = 0; i < 20000 && !owner; ++i)
    for (std::size_t n = 0; n < 3; ++n)
      if (from_wan(lab.at(n)) >= size / 2) owner = n;
  REQUIRE(owner);
  lab.at(*owner).stop();
  lab.hub.at.behave(tiny_hub::path_of("org/torn", "weights.bin"), {});
  for (std::size_t n = 0; n < 3; ++n) {
    if (n == *owner) continue;
    const bool over = lab.at(n).heard().wait_for(
        [&](const event& e) { return e.what.job == jobs[n] && e.kind == event_kind::end; }, 60s);
    REQUIRE(over);
    CHECK(lab.at(n).job(jobs[n])->state == job_state::succeeded);
  }
  CHECK(sent(lab.hub) - before <= size + 5 * piece);
}

TEST_CASE("pieces leave no faster than the node's upload rate") {
  hive_lab lab{2};
  constexpr std::uint64_t size = 4 * piece;
  lab.hub.add("org/held", {{"weights.bin", 7, size}});
  const auto first = lab.at(0).submit("hf:org/held");
  REQUIRE(lab.at(0).ended(first->id)->state == job_state::succeeded);
  REQUIRE(answer_of<limits::in_force>([&](auto reply) {
    lab.at(0)->change_limits({{limits::limit::upload_rate, 4ull << 20}}, reply);
  }));
  const auto began = std::chrono::steady_clock::now();
  const auto second = lab.at(1).submit("hf:org/held");
  REQUIRE(lab.at(1).ended(second->id)->state == job_state::succeeded);
  CHECK(std::chrono::steady_clock::now() - began >= 3500ms);
  CHECK(from_peers(lab.at(1)) >= size);
  CHECK(lab.at(0)->uploads().part_of(limits::door::replies, began) < 4ull << 20);
}

} // namespace
} // namespace hive::actors
