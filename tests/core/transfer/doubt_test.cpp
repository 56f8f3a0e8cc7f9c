#include "core/store/piece_table.hpp"
#include "core/transfer/provenance.hpp"
#include "tests/core/transfer/rig.hpp"
#include "tests/support/catch.hpp"

#include <atomic>

using namespace hive;
using namespace hive::testing;

namespace {

constexpr std::uint64_t big_doubt = 24 * mib;

range_set set_of(std::initializer_list<byte_range> ranges) {
  range_set made;
  for (const auto& range : ranges) made.add(range);
  return made;
}

/// Serves pattern `seed` with one byte turned in the first `times` replies that hold it.
content flipping(std::uint64_t seed, std::uint64_t size, std::uint64_t at, int times) {
  const auto left = std::make_shared<std::atomic<int>>(times);
  return {size, [=](std::uint64_t offset, std::span<std::byte> out) {
            pattern(seed, offset, out);
            if (at < offset || at - offset >= out.size()) return;
            if (left->fetch_sub(1) > 0) out[at - offset] ^= std::byte{1};
          }};
}

/// What a right copy would have left behind.
void keep_table(const rig& r, std::uint64_t seed, std::uint64_t size) {
  sha256_chain chain;
  store::border_log borders;
  for (std::uint64_t at = 0; at < size; at += mib) {
    const auto bytes = pattern(seed, at, static_cast<std::size_t>(std::min(mib, size - at)));
    borders.update(chain, std::as_bytes(std::span{bytes}));
  }
  REQUIRE(store::keep_pieces(r.home, borders.table(chain.finish(), size).value()));
}

std::string said(const ears& who, const std::string& action) {
  for (const auto& note : who.notes())
    if (note.action == action) return note.human;
  return {};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("of each byte it is known who sent it last") {
  transfer::provenance who;
  who.note({0, 100}, "10.0.0.1:443");
  who.note({100, 200}, "10.0.0.2:443");
  who.note({50, 60}, "10.0.0.2:443");
  CHECK(who.of(set_of({{0, 200}})) ==
        "10.0.0.1:443 (bytes 0-49, 60-99), 10.0.0.2:443 (bytes 50-59, 100-199)");
  CHECK(who.of(set_of({{55, 56}})) == "10.0.0.2:443 (bytes 55-55)");
  CHECK(who.of(set_of({{300, 301}})) == "an earlier run");
  who.note({0, 200}, "");
  CHECK(who.of(set_of({{0, 200}})) == "this machine (bytes 0-199)");
}

TEST_CASE("addresses and ranges are named up to a bound") {
  transfer::provenance who;
  for (std::uint64_t i = 0; i < 20; ++i)
    who.note({i * 10, i * 10 + 5}, "10.0.0." + std::to_string(i));
  CHECK(has(who.of(set_of({{0, 1000}})), "other addresses"));
  range_set many;
  for (std::uint64_t i = 0; i < 20; ++i) many.add({i * 10, i * 10 + 5});
  CHECK(has(transfer::byte_list(many), "and 12 more"));
}

TEST_CASE("a byte that comes wrong once is told apart by the second try, and the file is right") {
  origin server;
  server.serve("/f", flipping(61, big_doubt, 13 * mib + 7, 1));
  rig r;
  ears who;
  const auto got = r.fetch(rig::file(61, big_doubt, {server.url("/f")}), who);
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(61, big_doubt));
  CHECK(who.notes_of("restarted") == 1);
  const auto apart = said(who, "bytes-corrected");
  const auto byte = std::to_string(13 * mib + 7);
  CHECK(has(apart, "differ at bytes " + byte + "-" + byte + ":"));
  CHECK(has(apart, "first from 127.0.0.1:" + std::to_string(server.port())));
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("when both tries bring the same wrong bytes, that is said") {
  origin server;
  server.serve("/f", generated(62, big_doubt), {.flip_at = 20 * mib});
  rig r;
  ears who;
  const auto got = r.fetch(rig::file(62, big_doubt, {server.url("/f")}), who);
  REQUIRE_FALSE(got);
  CHECK(has(got.why().detail, "both tries brought the same bytes"));
  CHECK(has(said(who, "restarted"), "(bytes 0-" + std::to_string(big_doubt - 1) + ")"));
}

TEST_CASE("two tries that fail differently are told apart by offset") {
  origin server;
  server.serve("/f", flipping(63, big_doubt, 3 * mib, 1), {.flip_at = 20 * mib});
  rig r;
  const auto got = r.fetch(rig::file(63, big_doubt, {server.url("/f")}));
  REQUIRE_FALSE(got);
  const auto byte = std::to_string(3 * mib);
  CHECK(has(got.why().detail, "the two tries differ at bytes " + byte + "-" + byte));
}

TEST_CASE("where an earlier copy left its states, only the wrong piece is fetched again") {
  origin server;
  server.serve("/f", flipping(64, big_doubt, 13 * mib, 1));
  rig r;
  keep_table(r, 64, big_doubt);
  ears who;
  const auto got = r.fetch(rig::file(64, big_doubt, {server.url("/f")}), who);
  REQUIRE(got);
  CHECK(r.blob_digest(got->sha256) == pattern_sha256(64, big_doubt));
  CHECK(who.notes_of("restarted") == 0);
  CHECK(who.notes_of("pieces-refetched") == 1);
  CHECK(r.service->counts().bytes_received == big_doubt + 8 * mib);
  CHECK(who.last().counts.received == big_doubt);
  CHECK(who.broken() == std::vector<std::string>{});
}

TEST_CASE("a piece that stays wrong ends the fetch, and the right ones are kept") {
  origin server;
  server.serve("/f", generated(65, big_doubt), {.flip_at = 13 * mib});
  rig r;
  keep_table(r, 65, big_doubt);
  const auto what = rig::file(65, big_doubt, {server.url("/f")});
  const auto got = r.fetch(what);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::digest_mismatch);
  CHECK(has(got.why().detail, "wrong are the pieces at 8388608-16777215"));
  CHECK(r.resumable(what) == big_doubt - 8 * mib);
  server.behave("/f", {});
  const auto before = r.service->counts().bytes_received;
  REQUIRE(r.fetch(what));
  CHECK(r.service->counts().bytes_received == before + 8 * mib);
}
