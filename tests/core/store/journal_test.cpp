#include "core/base/digest.hpp"
#include "core/store/journal.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using store::journal;
using store::parse_journal;
using store::print_journal;

namespace {

journal sample_journal() {
  journal j{"sha256:" + sha256_hex("content"), 1'000'000, {}};
  j.claims.add({0, 8192});
  j.claims.add({16384, 20480});
  j.claims.add({999'424, 1'000'000});
  return j;
}

std::string sealed(const std::string& body) {
  return body + sha256_hex(body) + "\n";
}

} // namespace

TEST_CASE("a journal reads back as it was printed") {
  CHECK(parse_journal(print_journal(sample_journal())) == sample_journal());
  const journal empty{"url:x", std::nullopt, {}};
  CHECK(parse_journal(print_journal(empty)) == empty);
  CHECK(print_journal({"k", 5, {}}) == sealed("hive-journal 1\nk\n5\n"));
}

TEST_CASE("a journal cut at any length claims nothing") {
  const auto text = print_journal(sample_journal());
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO("cut at " << length);
    CHECK_FALSE(parse_journal(text.substr(0, length)));
  }
}

TEST_CASE("a journal with any bit flipped claims nothing") {
  const auto text = print_journal(sample_journal());
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto torn = text;
      torn[at] = static_cast<char>(torn[at] ^ (1 << bit));
      INFO("byte " << at << " bit " << bit);
      CHECK_FALSE(parse_journal(torn));
    }
  }
}

TEST_CASE("a journal followed by anything claims nothing") {
  const auto text = print_journal(sample_journal());
  CHECK_FALSE(parse_journal(text + "\n"));
  CHECK_FALSE(parse_journal(text + text));
  CHECK_FALSE(parse_journal(std::string(text.size(), '\0')));
}

TEST_CASE("a well-sealed journal that is none of ours claims nothing") {
  const auto body = GENERATE(
      std::string{"hive-journal 2\nk\n10\n"}, std::string{"hive-journal 1\n"},
      std::string{"hive-journal 1\nk\n"}, std::string{"hive-journal 1\nk\nten\n"},
      std::string{"hive-journal 1\nk\n-5\n"}, std::string{"hive-journal 1\nk\n10\n0-11\n"},
      std::string{"hive-journal 1\nk\n10\n5-5\n"}, std::string{"hive-journal 1\nk\n10\n7-5\n"},
      std::string{"hive-journal 1\nk\n10\n5-7\n0-2\n"},
      std::string{"hive-journal 1\nk\n10\n0-4\n2-6\n"},
      std::string{"hive-journal 1\nk\n10\n0-4\n4-6\n"},
      std::string{"hive-journal 1\nk\n10\n 0-4\n"}, std::string{"hive-journal 1\nk\n10\n0-4 \n"},
      std::string{"hive-journal 1\nk\n010\n0-4\n"}, std::string{"hive-journal 1\nk\n10\n0-4\n\n"},
      std::string{"hive-journal 1\nk\n10\n0--4\n"},
      std::string{"hive-journal 1\nk\n-\n0-99999999999999999999\n"});
  CAPTURE(body);
  CHECK_FALSE(parse_journal(sealed(body)));
}
