/// Artifacts that people keep and clean up, through the door.
#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::http::test;

namespace {

const std::string id = "00112233445566aa";

struct stocked_node {
  fake_node node;
  store::artifact_file file = node.put_file("a.txt", "some bytes", false);
  std::unique_ptr<http::door> door;

  stocked_node() {
    store::artifact one;
    one.id.value = id;
    one.what = parse_reference("hf:org/repo@v1:a.txt").value();
    one.revision = std::string(40, 'c');
    one.requested = "v1";
    one.files = {file};
    node.put_artifact(one);
    door = open_door(node);
  }
  answer change(const std::string& body, const std::string& of = id) const {
    return ask(door->url(), "PATCH", "/v1/artifacts/" + of, as_json, body);
  }
};

} // namespace

TEST_CASE("an artifact shows its source, whether it is pinned, and when it was last used") {
  const stocked_node here;
  const auto before = ask(here.door->url(), "GET", "/v1/artifacts/" + id).json();
  CHECK(before.root()["source"].string() == "hf:org/repo");
  CHECK(before.root()["pinned"].boolean() == false);
  CHECK(before.root()["last_used_at"].is_null());
  const auto pinned = here.change(R"({"pinned":true})");
  REQUIRE(pinned.status == 200);
  CHECK(pinned.json().root()["pinned"].boolean() == true);
  CHECK(pinned.json().root()["files"].elements().size() == 1);
  const auto used = here.change(R"({"used":true})");
  CHECK(used.json().root()["last_used_at"].string());
  CHECK(used.json().root()["pinned"].boolean() == true);
  CHECK(here.change(R"({"pinned":false})").json().root()["pinned"].boolean() == false);
}

TEST_CASE("views are taken away by their names") {
  fake_node node;
  store::artifact one;
  one.id.value = id;
  one.what = parse_reference("hf:org/repo").value();
  one.views = {{"lmstudio", {}, {}, store::view_state::stands, {}},
               {"dir:/srv/m", {}, {}, store::view_state::stands, {}}};
  node.put_artifact(one);
  const auto door = open_door(node);
  const auto got = ask(door->url(), "PATCH", "/v1/artifacts/" + id, as_json,
                       R"({"remove_views":["dir:/srv/m"]})");
  REQUIRE(got.status == 200);
  const auto body = got.json();
  const auto left = body.root()["views"].elements();
  REQUIRE(left.size() == 1);
  CHECK(left[0]["view"].string() == "lmstudio");
}

TEST_CASE("an artifact shows its model and views, and alone also the memory it needs") {
  fake_node node;
  store::artifact one;
  one.id.value = id;
  one.what = parse_reference("hf:org/repo").value();
  one.revision = std::string(40, 'c');
  one.model = model::facts{.format = "gguf", .path = "m.gguf", .files = 1, .weights = 60};
  one.model->architecture = "llama";
  one.model->context_length = 10;
  one.model->kv_token_bytes = 3;
  one.views = {{"dir:/m", "/m", "copy", store::view_state::stands, {}},
               {"ollama", "", "", store::view_state::failed, fail(errc::conflict, "taken")}};
  node.put_artifact(one);
  const auto door = open_door(node);
  const auto whole = ask(door->url(), "GET", "/v1/artifacts/" + id).json();
  CHECK(whole.root()["model"]["architecture"].string() == "llama");
  CHECK(whole.root()["model"]["parameters"].is_null());
  CHECK(whole.root()["model"]["flaw"].is_null());
  CHECK(whole.root()["memory"]["total"].natural() == 90);
  CHECK(whole.root()["memory"]["devices"].natural() == 100);
  CHECK(whole.root()["memory"]["fits_devices"].boolean() == true);
  CHECK(whole.root()["memory"]["fits_memory"].is_null());
  CHECK(whole.root()["memory"]["human"].string());
  const auto views = whole.root()["views"].elements();
  REQUIRE(views.size() == 2);
  CHECK(views[0]["state"].string() == "ok");
  CHECK(views[0]["how"].string() == "copy");
  CHECK(views[0]["detail"].is_null());
  CHECK(views[1]["state"].string() == "failed");
  CHECK(views[1]["detail"].string() == "taken");
  const auto list = ask(door->url(), "GET", "/v1/artifacts").json();
  CHECK(list.root()["artifacts"].elements().at(0)["model"]["context_length"].natural() == 10);
}

TEST_CASE("an artifact without a model says so") {
  const stocked_node here;
  const auto whole = ask(here.door->url(), "GET", "/v1/artifacts/" + id).json();
  CHECK(whole.root()["model"].is_null());
  CHECK(whole.root()["memory"].is_null());
}

TEST_CASE("a change of an artifact that cannot be is refused by name") {
  struct row {
    std::string body;
    std::string field;
  };
  const auto bad = GENERATE(row{R"({"pinned":1})", "pinned"}, row{R"({"pinned":null})", "pinned"},
                            row{R"({"used":false})", "used"}, row{R"({"used":"now"})", "used"},
                            row{R"({"remove_views":"hf"})", "remove_views"},
                            row{R"({"remove_views":["nowhere"]})", "remove_views"},
                            row{R"({"ref":"x"})", "ref"}, row{"[]", ""}, row{"", ""});
  const stocked_node here;
  const auto got = here.change(bad.body);
  CHECK(got.status == 400);
  CHECK(got.json().root()["field"].string().value_or("") == bad.field);
  CHECK(here.change(R"({"pinned":true})", "ffffffffffffffff").status == 404);
  CHECK(here.change(R"({"pinned":true})", "zz").status == 404);
  CHECK(ask(here.door->url(), "PATCH", "/v1/artifacts/" + id, {}, R"({"pinned":true})").status ==
        415);
}

TEST_CASE("a check says the newest revision there is") {
  const stocked_node here;
  const auto got = ask(here.door->url(), "POST", "/v1/artifacts/" + id + "/check");
  REQUIRE(got.status == 200);
  const auto body = got.json();
  CHECK(body.root()["newest"].string() == std::string(40, 'f'));
  CHECK(body.root()["revision"].string() == std::string(40, 'c'));
  CHECK(body.root()["requested"].string() == "v1");
  CHECK(body.root()["moved"].boolean() == true);
  CHECK(ask(here.door->url(), "POST", "/v1/artifacts/ffffffffffffffff/check").status == 404);
  CHECK(ask(here.door->url(), "GET", "/v1/artifacts/" + id + "/check").status == 405);
}

TEST_CASE("bytes that are served count as a use of what has them") {
  stocked_node here;
  const auto url = here.door->url();
  CHECK(ask(url, "GET", "/org/repo/resolve/v1/nothing.txt").status == 404);
  CHECK(ask(url, "GET", "/v1/blobs/sha256:" + std::string(64, 'e')).status == 404);
  CHECK(ask(url, "GET", "/api/models/org/repo/revision/v1").status == 200);
  auto noted = here.node.uses()->take();
  CHECK(noted.artifacts.empty());
  CHECK(noted.contents.empty());

  CHECK(ask(url, "GET", "/org/repo/resolve/v1/a.txt").body == "some bytes");
  CHECK(ask(url, "GET", "/v1/blobs/sha256:" + here.file.sha256).status == 200);
  noted = here.node.uses()->take();
  CHECK(noted.artifacts.contains(artifact_id{id}));
  CHECK(noted.contents.contains(here.file.sha256));
}

TEST_CASE("a gc is asked for with or without a budget and answers what went and what stayed") {
  stocked_node here;
  const auto gc = [&](const std::string& body, const headers& more = as_json) {
    return ask(here.door->url(), "POST", "/v1/gc", more, body);
  };
  const auto plain = gc("", {});
  REQUIRE(plain.status == 200);
  CHECK_FALSE(here.node.last_budget());
  CHECK(plain.json().root()["dry_run"].boolean() == false);
  CHECK(plain.json().root()["budget"].is_null());
  CHECK(gc(R"({"budget":null})").status == 200);
  CHECK_FALSE(here.node.last_budget());

  const auto got = gc(R"({"dry_run":true,"budget":4000})");
  REQUIRE(got.status == 200);
  CHECK(here.node.last_budget() == 4000u);
  const auto body = got.json();
  CHECK(body.root()["dry_run"].boolean() == true);
  CHECK(body.root()["budget"].natural() == 4000u);
  CHECK(body.root()["freed"].natural() == 4096u);
  CHECK(body.root()["over_budget"].natural() == 1000u);
  const auto removed = body.root()["removed"].elements();
  REQUIRE(removed.size() == 1);
  CHECK(removed[0]["kind"].string() == "artifact");
  CHECK(removed[0]["id"].string() == id);
  CHECK(removed[0]["ref"].string() == "hf:org/repo@v1:a.txt");
  CHECK(removed[0]["reason"].string() == "over_budget");
  CHECK(removed[0]["detail"].is_null());

  here.change(R"({"pinned":true})");
  CHECK(gc("{}").json().root()["kept"].elements().front()["reason"].string() == "pinned");
  for (const auto* bad :
       {R"({"budget":-1})", R"({"budget":"1G"})", R"({"dry_run":1})", R"({"all":true})"})
    CHECK(gc(bad).status == 400);
  CHECK(ask(here.door->url(), "GET", "/v1/gc").status == 405);
}

TEST_CASE("removing and collecting without a majority of the hive want force") {
  stocked_node here;
  here.node.lose_majority();
  const auto url = here.door->url();
  const auto refused = ask(url, "DELETE", "/v1/artifacts/" + id);
  CHECK(refused.status == 409);
  CHECK(refused.problem_code() == "no_majority");
  CHECK(ask(url, "DELETE", "/v1/artifacts/" + id + "?force=yes").status == 400);
  const auto gc = [&](const std::string& body) {
    return ask(url, "POST", "/v1/gc", as_json, body);
  };
  CHECK(gc("{}").problem_code() == "no_majority");
  CHECK(gc(R"({"force":1})").status == 400);
  CHECK(gc(R"({"dry_run":true})").status == 200);
  CHECK(gc(R"({"force":true})").status == 200);
  CHECK(ask(url, "DELETE", "/v1/artifacts/" + id + "?force=true").status == 200);
}

TEST_CASE("a wish is listed until it is withdrawn, which may be said twice") {
  fake_node node;
  const auto door = open_door(node);
  const std::string wish = "01HX0000000000000000000000";
  const auto listed = ask(door->url(), "GET", "/v1/wishes").json();
  const auto one = listed.root()["wishes"].elements().front();
  CHECK(one["id"].string() == wish);
  CHECK(one["on"].string() == "k=3");
  CHECK(one["asked_by"]["name"].string() == "ada");
  CHECK(one["job"]["state"].string() == "failed");
  CHECK(one["job"]["failures"].natural() == 2);
  CHECK(one["job"]["next_try_at"].string());
  for (int i = 0; i < 2; ++i) {
    const auto gone = ask(door->url(), "DELETE", "/v1/wishes/" + wish);
    CHECK(gone.status == 200);
    CHECK(gone.json().root()["withdrawn"].boolean() == true);
  }
  CHECK(ask(door->url(), "GET", "/v1/wishes").json().root()["wishes"].elements().empty());
  CHECK(ask(door->url(), "DELETE", "/v1/wishes/nothing").status == 404);
  CHECK(ask(door->url(), "GET", "/v1/wishes?limit=0").status == 400);
}
