// The pure decisions of a transfer.
#include "tests/support/catch.hpp"

#include "core/transfer/first_bytes.hpp"
#include "core/transfer/piece_board.hpp"
#include "core/transfer/ruling.hpp"
#include "core/transfer/signed_link.hpp"
#include "core/transfer/tally.hpp"

using namespace hive;
using namespace hive::transfer;

namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;

net::reply_head head(int status, net::header_list headers = {}) {
  net::reply_head out;
  out.status = status;
  out.headers = std::move(headers);
  out.url = "https://cdn.example/blob?Signature=secret";
  return out;
}

verdict rule(const net::reply_head& reply, const question& asked) {
  return judge(reply, asked, std::chrono::sys_seconds{}).what;
}

std::optional<suspicion> look(std::string_view text, std::string path,
                              std::optional<std::uint64_t> size, bool expected) {
  plan_file file;
  file.path = std::move(path);
  file.size = size;
  if (expected) file.expected = digest{digest_kind::sha256, std::string(64, 'a')};
  return suspect(std::as_bytes(std::span{text}), file);
}

} // namespace

TEST_CASE("replies are judged by status, range and size") {
  const question part{byte_range{8, 16}, 100, false, false};
  const question first{byte_range{0, 16}, 100, false, false};
  const question whole{std::nullopt, 100, false, false};
  const question probe{byte_range{0, 16}, std::nullopt, false, false};
  const net::header_list right{{"content-range", "bytes 8-15/100"}, {"content-length", "8"}};
  CHECK(rule(head(206, right), part) == verdict::stream);
  CHECK(rule(head(206, {{"content-range", "bytes 0-7/100"}}), part) == verdict::refused);
  CHECK(rule(head(206, {{"content-range", "bytes 8-15/101"}}), part) == verdict::failed);
  CHECK(rule(head(206), part) == verdict::refused);
  CHECK(rule(head(206, right), whole) == verdict::refused);
  CHECK(rule(head(200, {{"content-length", "100"}}), part) == verdict::range_ignored);
  CHECK(rule(head(200, {{"content-length", "100"}}), first) == verdict::whole);
  CHECK(rule(head(200, {{"content-length", "99"}}), part) == verdict::wrong_size);
  CHECK(rule(head(200), whole) == verdict::whole);
  CHECK(rule(head(200, {{"content-encoding", "gzip"}}), whole) == verdict::refused);
  CHECK(rule(head(206, {{"content-range", "bytes 0-9/10"}}), probe) == verdict::stream);
  CHECK(rule(head(206, {{"content-range", "bytes 0-15/*"}}), probe) == verdict::range_ignored);
  CHECK(rule(head(206, {{"content-range", "bytes 0-7/10"}}), probe) == verdict::refused);
  CHECK(rule(head(416), part) == verdict::unsatisfiable);
  CHECK(rule(head(500), part) == verdict::failed);
}

TEST_CASE("what a 403 means depends on where it came from") {
  const byte_range r{0, 8};
  CHECK(rule(head(403), {r, 100, true, true}) == verdict::stale_link);
  CHECK(rule(head(404), {r, 100, true, true}) == verdict::stale_link);
  CHECK(rule(head(503), {r, 100, true, true}) == verdict::failed);
  CHECK(rule(head(403), {r, 100, false, true}) == verdict::denied);
  CHECK(rule(head(404), {r, 100, false, false}) == verdict::failed);
  const auto fresh = judge(head(410), {r, 100, false, true}, {});
  CHECK(fresh.what == verdict::failed);
  CHECK(fresh.why.code == errc::link_expired);
  CHECK(judge(head(404), {r, 100, false, false}, {}).why.code == errc::entry_missing);
  CHECK(fresh.why.detail.find("secret") == std::string::npos);
}

TEST_CASE("a 401 wants another token where the stable address says what it wants") {
  const byte_range r{0, 8};
  const auto says = head(401, {{"www-authenticate", "Bearer realm=\"x\""}});
  CHECK(rule(says, {r, 100, false, false}) == verdict::locked);
  CHECK(rule(head(401), {r, 100, false, false}) == verdict::failed);
  CHECK(rule(says, {r, 100, true, false}) == verdict::stale_link);
  CHECK(rule(says, {r, 100, false, true}) == verdict::failed);
  CHECK(judge(says, {r, 100, false, true}, {}).why.code == errc::link_expired);
}

TEST_CASE("a rule of a status refuses what the stable address answers so") {
  const std::vector<refusal_rule> rules{{":status", "404", errc::entry_missing, "gone", "push"}};
  const question asked{byte_range{0, 8}, 100, false, false};
  const auto why = vendor_refusal(head(404), asked, rules, "m.gguf");
  REQUIRE(why);
  CHECK(why->code == errc::entry_missing);
  CHECK(why->detail == "gone (HTTP 404 for m.gguf)");
  CHECK_FALSE(vendor_refusal(head(403), asked, rules, "m.gguf"));
}

TEST_CASE("a signed link says when it ends") {
  const auto at = [](std::string_view url) {
    const auto end = link_expiry(url);
    return end ? end->time_since_epoch().count() : -1;
  };
  CHECK(at("https://c/x?a=1&Expires=1700000000&Signature=b") == 1700000000);
  CHECK(at("https://c/x?X-Amz-Date=20231114T221320Z&X-Amz-Expires=1200") == 1700001200);
  CHECK(at("https://c/x?X-Goog-Expires=10&X-Goog-Date=20231114T221320Z") == 1700000010);
  CHECK(at("https://c/x?sp=r&se=2023-11-14T22%3A13%3A20Z&sig=b") == 1700000000);
  CHECK(at("https://c/x?se=2023-11-14T22:13:20Z") == 1700000000);
  CHECK(at("https://c/x?se=2023-11-14T22%3A13Z") == 1699999980);
  CHECK(at("https://c/x?se=2023-11-14") == 1699920000);
  CHECK(at("https://c/x?se=2023-13-14") == -1);
  CHECK(at("https://c/x?se=soon") == -1);
  CHECK(at("https://c/x?se=20231114221320123") == -1);
  CHECK(at("https://c/x") == -1);
  CHECK(at("https://c/x?NotExpires=17") == -1);
  CHECK(at("https://c/x?Expires=soon") == -1);
  CHECK(at("https://c/x?Expires=99999999999999999999") == -1);
  CHECK(at("https://c/x?X-Amz-Date=20231399T221320Z&X-Amz-Expires=1200") == -1);
  CHECK(at("https://c/x?X-Amz-Date=20231114T221320Z") == -1);
}

TEST_CASE("the first bytes give strangers away") {
  constexpr std::string_view pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0";
  const auto certain = [](const std::optional<suspicion>& s) { return s && s->certain; };
  CHECK(certain(look(pointer, "a.bin", 4096, true)));
  CHECK(certain(look(pointer, "a.txt", std::nullopt, false)));
  CHECK(look(pointer, "a.txt", 130, true));
  CHECK_FALSE(certain(look(pointer, "a.txt", 130, true)));
  CHECK(certain(look("<HTML><head>", "a.safetensors", 4096, true)));
  CHECK(certain(look("\xef\xbb\xbf \n<!DocType HTML>", "a.json", std::nullopt, false)));
  CHECK_FALSE(certain(look("<html>", "a.tmpl", 4096, true)));
  CHECK_FALSE(look("<html>", "index.HTML", std::nullopt, false));
  CHECK(certain(look("GGML....", "m.GGUF", 4096, true)));
  CHECK_FALSE(look("GGUF\x03", "m.gguf", 4096, true));
  CHECK_FALSE(look("", "empty", 0, false));
}

TEST_CASE("the board gives out the missing pieces from the front") {
  range_set have;
  have.add({0, 4 * mebibyte});
  have.add({16 * mebibyte, 24 * mebibyte});
  piece_board board;
  board.plan(have, 30 * mebibyte);
  auto first = board.take();
  REQUIRE(first);
  CHECK(first->range == byte_range{4 * mebibyte, 8 * mebibyte});
  CHECK(board.take()->range == byte_range{8 * mebibyte, 16 * mebibyte});
  first->range.begin = 5 * mebibyte;
  first->carry.resize(100);
  CHECK(first->next() == 5 * mebibyte + 100);
  board.put(*first);
  CHECK(board.take()->range == byte_range{5 * mebibyte, 8 * mebibyte});
  CHECK(board.take()->range == byte_range{24 * mebibyte, 30 * mebibyte});
  CHECK_FALSE(board.take());
}

TEST_CASE("a piece is split at a whole MiB, and only when both halves are worth it") {
  CHECK_FALSE(split_point(0, 2 * mebibyte));
  CHECK(split_point(0, 2 * mebibyte + 1) == mebibyte);
  CHECK(split_point(0, 8 * mebibyte) == 4 * mebibyte);
  CHECK(split_point(5, 8 * mebibyte) == 5 * mebibyte);
  CHECK_FALSE(split_point(9, 3));
}

TEST_CASE("counters of a file never fall, whatever is thrown away") {
  tally t;
  t.resume(10);
  t.receive(20);
  CHECK(t.counts().received == 30);
  t.claim(25);
  t.verify(15);
  CHECK(t.restart() == 30);
  CHECK(t.counts() == byte_counts{30, 25, 15, 30});
  t.receive(5);
  t.claim(5);
  t.verify(2);
  CHECK(t.counts() == byte_counts{30, 25, 15, 30});
  t.receive(40);
  CHECK(t.counts().received == 45);
  CHECK(t.here() == 45);
}
