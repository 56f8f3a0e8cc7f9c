#include "core/base/digest.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/piece_table.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace hive;
using namespace hive::store;

namespace {

constexpr std::uint64_t mebi = 1ull << 20;
constexpr std::uint64_t gib = 1ull << 30;

std::string content(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i += 997) text[i] = static_cast<char>(i / 997);
  return text;
}

piece_table table_of(const std::string& text) {
  sha256_chain chain;
  border_log log;
  const auto bytes = std::as_bytes(std::span{text});
  log.update(chain, bytes.first(bytes.size() / 3));
  log.update(chain, bytes.subspan(bytes.size() / 3));
  return log.table(chain.finish(), text.size()).value();
}

bool right(const piece_table& t, std::size_t index, const std::string& text) {
  const auto range = t.range(index);
  sha256_chain chain{t.before(index), range.begin};
  chain.update(std::as_bytes(std::span{text}).subspan(range.begin, range.size()));
  return t.ends_right(index, chain);
}

} // namespace

TEST_CASE("pieces grow with the content, and a table stays small") {
  struct row {
    std::uint64_t size;
    std::uint64_t piece;
  };
  for (const auto& [size, piece] :
       {row{1, 8 * mebi}, row{8 * gib, 8 * mebi}, row{12 * gib, 16 * mebi},
        row{40 * gib, 64 * mebi}, row{400'000'000'000, 64 * mebi}})
    CHECK(checked_piece(size) == piece);
  const std::uint64_t huge = 400'000'000'000;
  CHECK((huge + checked_piece(huge) - 1) / checked_piece(huge) == 5961);
}

TEST_CASE("every piece proves itself, and a wrong byte spoils its own piece only") {
  auto text = content(20 * mebi + 5);
  const auto table = table_of(text);
  REQUIRE(table.count() == 3);
  CHECK(table.sha256 == sha256_hex(text));
  for (std::size_t i = 0; i < 3; ++i) CHECK(right(table, i, text));
  text[9 * mebi] = static_cast<char>(text[9 * mebi] ^ 1);
  CHECK(right(table, 0, text));
  CHECK_FALSE(right(table, 1, text));
  CHECK(right(table, 2, text));
}

TEST_CASE("a content that ends at a border has no piece of nothing") {
  const auto text = content(16 * mebi);
  const auto table = table_of(text);
  CHECK(table.count() == 2);
  CHECK(right(table, 1, text));
}

TEST_CASE("a content of one piece has no table") {
  sha256_chain chain;
  border_log log;
  const auto text = content(8 * mebi);
  log.update(chain, std::as_bytes(std::span{text}));
  CHECK_FALSE(log.table(chain.finish(), text.size()));
}

TEST_CASE("longer pieces take every n-th of the states that were seen") {
  border_log log;
  sha256_chain chain;
  const std::string zeros(mebi, '\0');
  const std::uint64_t seen = 40 * mebi;
  for (std::uint64_t at = 0; at < seen; at += mebi)
    log.update(chain, std::as_bytes(std::span{zeros}));
  // Only part of a huge content went by: there is no table of it.
  CHECK_FALSE(log.table(std::string(64, 'a'), 40 * gib));
}

TEST_CASE("a table reads back as it was printed, and nothing else reads as a table") {
  const auto table = table_of(content(17 * mebi));
  const auto text = print_piece_table(table);
  CHECK(parse_piece_table(text) == table);
  for (std::size_t i = 0; i < text.size(); i += 7) {
    auto torn = text;
    torn[i] = torn[i] == '0' ? '1' : '0';
    CHECK_FALSE(parse_piece_table(torn));
    CHECK_FALSE(parse_piece_table(text.substr(0, i)));
  }
}

TEST_CASE("a table is found by content and length, and goes with its blob") {
  const test::scratch_home at;
  const auto text = content(9 * mebi);
  const auto table = table_of(text);
  REQUIRE(keep_pieces(at.where, table));
  CHECK(load_pieces(at.where, table.sha256, table.size) == table);
  CHECK_FALSE(load_pieces(at.where, table.sha256, table.size + 1));
  CHECK_FALSE(load_pieces(at.where, std::string(64, 'b'), table.size));
  test::put_blob(at.where, text);
  CHECK(remove_blob(at.where, table.sha256).value());
  CHECK_FALSE(load_pieces(at.where, table.sha256, table.size));
}
