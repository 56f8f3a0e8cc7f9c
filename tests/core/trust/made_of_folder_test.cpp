#include "core/trust/made_of_folder.hpp"
#include "core/trust/renewal.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>

using namespace hive;
using namespace hive::trust;
using namespace hive::trust::test;
using namespace std::chrono_literals;

namespace {

/// The how manieth it is.
struct counted {
  founder at;
  int made{0};
  made_of_folder<int> what{at.home.where,
                           [this](const hive_folder&) { return result<int>{++made}; }};
};

} // namespace

TEST_CASE("what is made of the hive's folder is made anew once its files have changed") {
  counted one;
  CHECK(one.what.get().value() == 1);
  CHECK(one.what.get().value() == 1);
  for (const int next : {2, 3}) {
    const auto who = fresh_node();
    const auto token = one.at.hive.create_token({1h, 1}, now);
    REQUIRE(token);
    const auto asked = with_token(request_of(fresh_key(), who), *token);
    REQUIRE(one.at.hive.admit(asked, std::nullopt, now));
    CHECK(one.what.get().value() == next - 1);
    REQUIRE(one.at.hive.revoke(who, "stolen", now));
    CHECK(one.what.get().value() == next);
  }
  REQUIRE(renew_if_due(one.at.home.where, "first", now + 61 * 24h).value());
  CHECK(one.what.get().value() == 4);
  CHECK(one.what.get().value() == 4);
}

TEST_CASE("what cannot be made of the hive's folder is tried again") {
  counted one;
  const auto folder = hive_files{one.at.home.where}.folder();
  const auto away = folder.parent_path() / "away";
  std::filesystem::rename(folder, away);
  CHECK(one.what.get().why().code == errc::no_hive);
  std::filesystem::rename(away, folder);
  CHECK(one.what.get().value() == 1);
  std::filesystem::rename(folder, away);
  CHECK(one.what.get().why().code == errc::no_hive);
}
