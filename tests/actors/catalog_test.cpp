#include "core/store/blob_store.hpp"
#include "core/store/partial.hpp"
#include "tests/actors/shop.hpp"

namespace hive::actors {
namespace {

TEST_CASE("an admitted artifact is found by its wish while all its blobs stand") {
  shop s;
  const auto job = s.customer();
  const auto plan = s.plan("a", {"one", "two"});
  const auto one = s.put("one");
  s.put("two");
  const auto seen = s.ask_as<plan_checked>(job, check_plan{plan});
  CHECK(seen->total == 6);
  CHECK(seen->here == 6);
  const auto made = s.admit(job, plan);
  REQUIRE(made);
  CHECK(made->id.value == artifact_key(plan));

  const auto wish = find_wish{wish_key(plan.what, {})};
  CHECK(s.world.ask<artifact_found>(s.catalog, wish)->what->id == made->id);
  CHECK(s.world.ask<catalog_counts>(s.catalog, count_artifacts{})->bytes == 6);
  REQUIRE(store::remove_blob(s.home, one));
  CHECK_FALSE(s.world.ask<artifact_found>(s.catalog, wish)->what);
}

TEST_CASE("an artifact whose blobs do not all stand is not admitted") {
  shop s;
  const auto job = s.customer();
  const auto plan = s.plan("a", {"one", "two"});
  s.put("one");
  s.ask_as<plan_checked>(job, check_plan{plan});
  const auto made = s.admit(job, plan);
  REQUIRE_FALSE(made);
  CHECK(made.why().code == errc::disk_failed);
}

TEST_CASE("a job that is gone gets nothing admitted any more") {
  shop s;
  const auto job = s.customer();
  const auto plan = s.plan("a", {"one"});
  s.put("one");
  CHECK(s.admit(job, plan).why().code == errc::cancelled); // it never checked, or its hold is gone
  s.ask_as<plan_checked>(job, check_plan{plan});
  CHECK(s.admit(job, plan));
}

TEST_CASE("what a running job counts on is not removed") {
  shop s;
  const auto job = s.customer();
  const auto plan = s.plan("a", {"one", "two"});
  s.put("one");
  s.put("two");
  s.ask_as<plan_checked>(job, check_plan{plan});
  const auto made = s.admit(job, plan);
  REQUIRE(made);
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{made->id}).get().why().code ==
        errc::conflict);
  s.leave(job);

  const auto other = s.customer(); // another artifact that has one of the blobs
  s.ask_as<plan_checked>(other, check_plan{s.plan("b", {"two", "three"})});
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{made->id}).get().why().code ==
        errc::conflict);
  s.leave(other);

  const auto gone = s.world.ask<removal>(s.catalog, remove_artifact{made->id});
  CHECK(gone->freed == 6);
  CHECK_FALSE(store::blob_size(s.home, sha256_hex("one")));
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{made->id}).get().why().code ==
        errc::not_found);
}

TEST_CASE("a blob that another artifact holds stays when one is removed") {
  shop s;
  const auto job = s.customer();
  s.put("one");
  s.put("two");
  const auto a = s.plan("a", {"one", "two"});
  const auto b = s.plan("b", {"two"});
  for (const auto& plan : {a, b}) {
    s.ask_as<plan_checked>(job, check_plan{plan});
    REQUIRE(s.admit(job, plan));
  }
  s.leave(job);
  CHECK(s.world.ask<removal>(s.catalog, remove_artifact{artifact_id{artifact_key(a)}})->freed == 3);
  CHECK(store::blob_size(s.home, sha256_hex("two")));
}

TEST_CASE("disk is planned for all running jobs together, each content once") {
  shop s;
  const auto free = *store::free_bytes(s.home);
  const auto sized = [&](const std::string& repo, std::uint64_t size) {
    auto plan = s.plan(repo, {repo});
    plan.files.front().size = size;
    return plan;
  };
  const auto big = free / 10 * 6;
  const auto first = s.customer();
  const auto second = s.customer();
  CHECK(s.ask_as<plan_checked>(first, check_plan{sized("a", big)}).get());
  const auto refused = s.ask_as<plan_checked>(second, check_plan{sized("b", big)});
  CHECK(refused->lacks.bytes > 0);
  CHECK(refused->lacks.human.find(s.home.root.string()) != std::string::npos);
  CHECK(s.ask_as<plan_checked>(second, check_plan{sized("a", big)})->lacks == store::lack{});
  CHECK(s.world.ask<catalog_counts>(s.catalog, count_artifacts{})->disk_promised == big);

  const auto line = [&] {
    measure_room m;
    for (const auto* repo : {"b", "a"}) m.line.push_back(contents_of(sized(repo, big)));
    const auto found = s.world.ask<room_measured>(s.catalog, std::move(m));
    std::vector<bool> fits;
    for (const auto& lack : found->lacks) fits.push_back(lack.bytes == 0);
    return fits;
  };
  CHECK(line() == std::vector<bool>{false, true});
  s.leave(first);
  s.leave(second);
  CHECK(line() == std::vector<bool>{true, false});
  CHECK(s.world.ask<catalog_counts>(s.catalog, count_artifacts{})->disk_promised == 0);
  const auto third = s.customer();
  CHECK(s.ask_as<plan_checked>(third, check_plan{sized("b", big)})->lacks == store::lack{});
}

TEST_CASE("room a partial has taken already, and a blob that stands, are not counted again") {
  shop s;
  const auto job = s.customer();
  constexpr std::uint64_t size = 8 << 20;
  auto plan = s.plan("a", {"one", "two"});
  plan.files[0].size = size;
  s.put("two");
  const auto promised = [&] {
    s.ask_as<plan_checked>(job, check_plan{plan});
    return s.world.ask<catalog_counts>(s.catalog, count_artifacts{})->disk_promised;
  };
  CHECK(promised() == size);
  const auto taken = store::partial::open(s.home, content_key(plan.files[0]), size);
  REQUIRE(taken);
  CHECK(promised() == store::missing_bytes(s.home, content_key(plan.files[0]), size));
  CHECK(promised() < size);
}

TEST_CASE("a reference as typed finds every artifact it can mean") {
  shop s;
  const auto job = s.customer();
  s.put("one");
  auto whole = s.plan("a", {"one"});
  auto part = whole;
  part.what.selector = "file-0.bin";
  part.revision = std::string(40, 'c');
  part.requested = "v1";
  for (const auto& plan : {whole, part}) {
    s.ask_as<plan_checked>(job, check_plan{plan});
    REQUIRE(s.admit(job, plan));
  }
  const auto found = [&](const std::string& text) {
    return s.world.ask<artifact_list>(s.catalog, match_reference{named(text)})->artifacts.size();
  };
  CHECK(found("hf:org/a") == 2);
  CHECK(found("hf:org/a@main") == 1);
  CHECK(found("hf:org/a@v1") == 1);
  CHECK(found("hf:org/a@" + std::string(40, 'c')) == 1);
  CHECK(found("hf:org/a:file-0.bin") == 2); // the whole one has that file too
  CHECK(found("hf:org/a:other.bin") == 0);
  CHECK(found("hf:org/b") == 0);
}

} // namespace
} // namespace hive::actors
