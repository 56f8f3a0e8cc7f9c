// What an exchange keeps on disk for the next start of its node.
#include "core/base/ids.hpp"
#include "core/link/exchange.hpp"
#include "core/link/member_file.hpp"
#include "core/link/wish_file.hpp"
#include "tests/core/cluster/rig.hpp"
#include "tests/core/trust/forge.hpp"
#include "tests/support/catch.hpp"

#include <vector>

namespace hive::link {
namespace {

TEST_CASE("the last members and wishes are on disk at the end, however fast they came",
          "[link][exchange]") {
  const trust::test::founder one;
  std::vector<cluster::row_ptr> members;
  std::vector<cluster::desired_record> wishes;
  {
    exchange_options options;
    options.home = one.home.where;
    options.self = one.hive.node();
    auto made = exchange::open(options);
    REQUIRE(made);
    for (int i = 0; i < 300; ++i) {
      members.push_back(cluster::test::a_row(new_ulid()));
      (*made)->remember(members);
      cluster::desired_record wish;
      wish.id = new_ulid();
      wish.what = "hf:org/repo";
      wishes.assign(1, wish);
      (*made)->remember(wishes);
    }
  }
  CHECK(last_members(one.home.where).size() == members.size());
  const auto kept = last_wishes(one.home.where);
  REQUIRE(kept.size() == 1);
  CHECK(kept.front().id == wishes.front().id);
}

} // namespace
} // namespace hive::link
