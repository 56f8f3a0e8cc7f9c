/// What the catalog knows of models.
#include "core/store/blob_store.hpp"
#include "tests/actors/shop.hpp"
#include "tests/support/gguf.hpp"

namespace hive::actors {
namespace {

download_plan plan_with(shop& s, const std::string& bytes) {
  auto plan = s.plan("a", {bytes});
  plan.files[0].path = "m.gguf";
  return plan;
}

std::optional<model::facts> model_in(shop& s, const artifact_id& id) {
  return s.world.ask<store::artifact>(s.catalog, query_artifact{id})->model;
}

TEST_CASE("what is taken in is looked into") {
  shop s;
  const auto bytes = testing::small_model().bytes();
  s.put(bytes);
  const auto a = s.take_in(plan_with(s, bytes));
  REQUIRE(a.model);
  CHECK(a.model->architecture == "llama");
  CHECK(model_in(s, a.id)->path == "m.gguf");
}

TEST_CASE("a header that cannot be read does not keep an artifact out") {
  shop s;
  s.put("no model");
  const auto a = s.take_in(plan_with(s, "no model"));
  CHECK(model_in(s, a.id)->flaw.find("no GGUF file") != std::string::npos);
}

TEST_CASE(
    "what was here before is looked into after the start, what is damaged when it is mended") {
  shop s;
  const auto bytes = testing::small_model().bytes();
  s.put(bytes);
  s.put("gone");
  const auto whole = s.take_in(plan_with(s, bytes));
  const auto torn = s.take_in(s.plan("b", {"gone"}));
  s.close();
  {
    auto db = s.database();
    for (const auto& id : {whole.id, torn.id}) {
      auto a = *db->get_artifact(id).value();
      a.model.reset();
      REQUIRE(db->remove_artifact(id));
      REQUIRE(db->put_artifact(a, wish_key(a.what, {})));
    }
  }
  REQUIRE(store::remove_blob(s.home, sha256_hex("gone")));
  s.open();
  CHECK(model_in(s, whole.id)->architecture == "llama");
  CHECK_FALSE(model_in(s, torn.id));
  s.put("gone");
  CHECK(s.world.ask<store::artifact>(s.catalog, renew_artifact{torn.id})->model == model::facts{});
}

} // namespace
} // namespace hive::actors
