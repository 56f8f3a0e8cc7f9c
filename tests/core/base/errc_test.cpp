#include "core/base/errc.hpp"
#include "core/base/result.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace hive;

namespace {

/// docs/errors.md of the tree this file, or the folder the test runs in, belongs to. (A compiler
/// cache may make __FILE__ relative to a folder that is not ours.)
std::string errors_page() {
  for (const auto& start :
       {std::filesystem::path{__FILE__}, std::filesystem::current_path() / "here"}) {
    for (auto at = start.parent_path(); at.has_relative_path(); at = at.parent_path()) {
      std::ifstream in{at / "docs" / "errors.md"};
      if (in) return {std::istreambuf_iterator<char>{in}, {}};
    }
  }
  return {};
}

} // namespace

TEST_CASE("every error code has exactly one row, in the order of the numbers") {
  int last = 0;
  std::set<std::string_view> names;
  for (const auto& row : errc_table()) {
    CHECK(static_cast<int>(row.code) > last);
    last = static_cast<int>(row.code);
    CHECK(names.insert(row.name).second);
    CHECK(info(row.code).code == row.code);
  }
  CHECK(last == static_cast<int>(errc::no_majority));
}

TEST_CASE("every row is fit to be shown to people") {
  for (const auto& row : errc_table()) {
    INFO(row.name);
    CHECK_FALSE(row.name.empty());
    CHECK(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    CHECK_FALSE(row.sentence.empty());
    CHECK_FALSE(row.hint.empty());
    CHECK_FALSE(row.sentence.ends_with('.'));
    CHECK_FALSE(row.hint.ends_with('.'));
    CHECK(row.http_status >= 400);
    CHECK(row.http_status < 600);
    const std::set<int> exits{1, 2, 3, 4, 5, 6, 130};
    CHECK(exits.count(row.exit_code) == 1);
  }
}

TEST_CASE("names and numbers lead back to their code") {
  for (const auto& row : errc_table()) {
    CHECK(errc_from_name(row.name) == row.code);
    CHECK(errc_from_number(static_cast<int>(row.code)) == row.code);
  }
  CHECK(errc_from_name("no_such_code") == std::nullopt);
  CHECK(errc_from_name("") == std::nullopt);
  for (const int number : {-1, 0, 9, 55, 39, 64, 256 + 10})
    CHECK(errc_from_number(number) == std::nullopt);
}

TEST_CASE("a number from a newer version still has a row to show") {
  CHECK(info(static_cast<errc>(99)).code == errc::actor_failed);
}

TEST_CASE("status and exit code of the errors scripts rely on") {
  struct expectation {
    errc code;
    int http_status;
    int exit_code;
    bool again;
  };
  const expectation table[] = {
      {errc::bad_reference, 400, 2, false},
      {errc::bad_request, 400, 2, false},
      {errc::bad_path, 400, 2, false},
      {errc::bad_config, 400, 2, false},
      {errc::not_found, 404, 3, false},
      {errc::repo_missing, 404, 3, false},
      {errc::revision_missing, 404, 3, false},
      {errc::entry_missing, 404, 3, false},
      {errc::conflict, 409, 4, false},
      {errc::too_large, 413, 2, false},
      {errc::unauthorized, 401, 4, false},
      {errc::gated, 403, 4, false},
      {errc::credentials_needed, 403, 4, false},
      {errc::credentials_rejected, 403, 4, false},
      {errc::home_locked, 409, 4, false},
      {errc::digest_mismatch, 502, 5, false},
      {errc::size_mismatch, 502, 5, false},
      {errc::blob_damaged, 500, 5, false},
      {errc::no_node, 503, 6, false},
      {errc::cancelled, 409, 130, false},
      {errc::overloaded, 503, 1, true},
      {errc::rate_limited, 429, 1, true},
      {errc::unreachable, 502, 1, true},
      {errc::timed_out, 504, 1, true},
      {errc::connection_cut, 502, 1, true},
      {errc::link_expired, 502, 1, true},
      {errc::tls_failed, 502, 1, false},
      {errc::disk_full, 507, 1, true},
      {errc::disk_failed, 500, 1, true},
      {errc::home_unwritable, 500, 4, true},
  };
  for (const auto& row : table) {
    INFO(to_string(row.code));
    CHECK(info(row.code).http_status == row.http_status);
    CHECK(info(row.code).exit_code == row.exit_code);
    CHECK(worth_retrying(row.code) == row.again);
  }
}

TEST_CASE("docs/errors.md lists every code with its number, status and exit code") {
  const auto page = errors_page();
  REQUIRE_FALSE(page.empty());
  for (const auto& row : errc_table()) {
    const auto line = "| " + std::to_string(static_cast<int>(row.code)) + " | `" +
                      std::string{row.name} + "` | " + std::string{row.sentence} + " | " +
                      std::to_string(row.http_status) + " | " + std::to_string(row.exit_code) +
                      " | " + (row.worth_retrying ? "yes" : "no") + " |";
    INFO(line);
    CHECK(page.find(line) != std::string::npos);
  }
}

TEST_CASE("a failure reads as one line: what happened, then what to do") {
  CHECK(sentence(fail(errc::not_found, "no job 7", "look at 'hive jobs'")) ==
        "no job 7; look at 'hive jobs'");
  CHECK(sentence(fail(errc::overloaded, "")) ==
        "the node has too much to do; try again in a moment");
  CHECK(sentence(fail(errc::overloaded, "a\nb\x1b[31m", "c")) == "a b [31m; c");
}

namespace {

result<int> half(int of) {
  if (of % 2 != 0) return fail(errc::bad_request, "odd");
  return of / 2;
}
result<int> quarter(int of) {
  HIVE_TRY(const int once, half(of));
  HIVE_TRY(const int twice, half(once));
  return twice;
}
outcome is_even(int of) {
  HIVE_CHECK(half(of));
  return {};
}

} // namespace

TEST_CASE("a failure passes through HIVE_TRY and HIVE_CHECK") {
  CHECK(quarter(8).value() == 2);
  REQUIRE_FALSE(quarter(6));
  CHECK(quarter(6).why().detail == "odd");
  CHECK(is_even(2));
  CHECK(is_even(3).why() == fail(errc::bad_request, "odd"));
}
