#include "core/store/view_making.hpp"

#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t weights = 70u << 20; ///< more than one step copies

struct fair {
  scratch_home home;
  scratch_folder tools;
  small_disk disk{tools.path() / "far", 200u << 20};
  std::unique_ptr<database> db{database::open(home.where.database()).value()};
  showroom room{home.where, {}, *db};
  artifact a;
  const view_wish far{tool::dir, tools.path() / "far" / "m"};

  fair() {
    a.id.value = "a";
    a.what = parsed("hf:org/repo");
    a.revision = std::string(40, 'a');
    const std::string text(weights, 'x');
    a.files.push_back({"w.bin", put_blob(home.where, text), text.size(), {}});
    REQUIRE(db->put_artifact(a, {}));
  }
  view_state state() { return room.seen(a).at(0).state; }
};

} // namespace

TEST_CASE("a copy across file systems comes in steps, and has its name when it is whole") {
  fair f;
  if (!f.disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  view_making work{f.home.where, f.room, f.a, f.far};
  std::size_t steps = 1;
  auto made = work.step();
  CHECK_FALSE(made);
  CHECK_FALSE(fs::exists(f.far.folder / "w.bin"));
  for (; !made && steps < 10; ++steps) made = work.step();
  REQUIRE(made);
  CHECK(steps > 2);
  CHECK(made->state == view_state::stands);
  CHECK(made->how == "copy");
  CHECK(fs::file_size(f.far.folder / "w.bin") == weights);
  CHECK(f.state() == view_state::stands);
}

TEST_CASE("a copy that is given up leaves nothing, and can be made later") {
  fair f;
  if (!f.disk.mounted()) {
    WARN("skipped: mounting a small tmpfs needs root");
    return;
  }
  {
    view_making work{f.home.where, f.room, f.a, f.far};
    CHECK_FALSE(work.step());
    CHECK_FALSE(fs::is_empty(f.far.folder));
  }
  CHECK(fs::is_empty(f.far.folder));
  CHECK(f.state() == view_state::gone);
  view_making again{f.home.where, f.room, f.a, f.far};
  std::optional<view_sight> made;
  for (int i = 0; !made && i < 10; ++i) made = again.step();
  REQUIRE(made);
  CHECK(made->state == view_state::stands);
}
