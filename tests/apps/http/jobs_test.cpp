#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive;
using namespace hive::http::test;

namespace {

std::string text(const json::node& node, std::string_view key) {
  return std::string{node[key].string().value_or("")};
}

} // namespace

TEST_CASE("a job is asked for views in other tools' folders, and shows them") {
  fake_node node;
  const auto door = open_door(node);
  const auto submit = [&](const std::string& views) {
    return ask(door->url(), "POST", "/v1/jobs", as_json,
               R"({"ref":"hf:org/repo","views":)" + views + "}");
  };
  const auto got = submit(R"(["ollama","dir:/m","ollama"])");
  REQUIRE(got.status == 202);
  CHECK(got.json().root()["views"].elements().size() == 2);
  CHECK(node.last_request().views == std::vector<view_wish>{{tool::ollama, {}}, {tool::dir, "/m"}});
  REQUIRE(submit("[]").status == 202);
  CHECK(node.last_request().views == std::vector<view_wish>{});
  REQUIRE(ask(door->url(), "POST", "/v1/jobs", as_json, R"({"ref":"hf:org/repo"})").status == 202);
  CHECK_FALSE(node.last_request().views);
  for (const auto* bad : {R"("ollama")", R"(["vllm"])", R"(["dir:here"])", "[1]"}) {
    const auto refused = submit(bad);
    CHECK(refused.status == 400);
    CHECK(text(refused.json().root(), "field") == "views");
  }
}

TEST_CASE("a submitted job is answered 202 with its place and everything that was asked") {
  fake_node node;
  const auto door = open_door(node);
  auto more = as_json;
  more.emplace_back("X-Correlation-Id", "trace-7");
  more.emplace_back("Idempotency-Key", "key 1");
  const auto got = ask(door->url(), "POST", "/v1/jobs", more,
                       R"({"kind":"pull","ref":"hf:org/repo@v1:Q4_K_M","include":["*.gguf"],)"
                       R"("exclude":["b/*"],"priority":-3,"max_rate":1000,"on":"local",)"
                       R"("update":true,"token":"hf_verysecret"})");
  REQUIRE(got.status == 202);
  CHECK(got.field("content-type") == "application/json");
  CHECK(got.field("x-correlation-id") == "trace-7");
  const auto body = got.json();
  CHECK(got.field("location") == "/v1/jobs/" + text(body.root(), "id"));
  CHECK(text(body.root(), "state") == "queued");
  CHECK(text(body.root(), "ref") == "hf:org/repo@v1:Q4_K_M");
  CHECK(body.root()["progress"]["durable"].natural() == 0u);
  CHECK(body.root()["error"].is_null());
  CHECK(got.body.find("verysecret") == std::string::npos);
  const auto asked = node.last_request();
  CHECK(asked.include == std::vector<std::string>{"*.gguf"});
  CHECK(asked.exclude == std::vector<std::string>{"b/*"});
  CHECK(asked.priority == -3);
  CHECK(asked.max_rate == 1000);
  CHECK(asked.update);
  CHECK(asked.idempotency_key == "key 1");
  CHECK(asked.correlation == "trace-7");
  CHECK(text(body.root(), "correlation") == "trace-7");
  CHECK(node.last_token() == "hf_verysecret");
}

TEST_CASE("the same idempotency key yields the same job") {
  fake_node node;
  const auto door = open_door(node);
  auto more = as_json;
  more.emplace_back("Idempotency-Key", "once");
  wire line{door->url()};
  const auto first = line.ask("POST", "/v1/jobs", more, R"({"ref":"org/repo"})");
  const auto again = line.ask("POST", "/v1/jobs", more, R"({"ref":"org/repo"})");
  CHECK(first.field("location") == again.field("location"));
  CHECK(node.job_count() == 1);
}

TEST_CASE("a bad submission is a problem that names the field, and nothing is stored") {
  struct row {
    std::string body;
    std::string field;
    std::string code;
  };
  const auto bad = GENERATE(
      row{"{", "", "bad_request"}, row{"[]", "", "bad_request"}, row{"", "", "bad_request"},
      row{"{}", "ref", "bad_request"}, row{R"({"ref":7})", "ref", "bad_request"},
      row{R"({"ref":"::::"})", "ref", "bad_reference"},
      row{R"({"ref":"org/repo","kind":"push"})", "kind", "bad_request"},
      row{R"({"ref":"org/repo","kind":null})", "kind", "bad_request"},
      row{R"({"ref":"org/repo","include":"x"})", "include", "bad_request"},
      row{R"({"ref":"org/repo","exclude":[1]})", "exclude", "bad_request"},
      row{R"({"ref":"org/repo","priority":"high"})", "priority", "bad_request"},
      row{R"({"ref":"org/repo","priority":1.5})", "priority", "bad_request"},
      row{R"({"ref":"org/repo","max_rate":-1})", "max_rate", "bad_request"},
      row{R"({"ref":"org/repo","update":1})", "update", "bad_request"},
      row{R"({"ref":"org/repo","on":7})", "on", "bad_request"},
      row{R"({"ref":"org/repo","as":"org/other"})", "as", "bad_request"},
      row{R"({"ref":"org/repo","kind":"import"})", "ref", "bad_request"},
      row{R"({"ref":"file:/x","kind":"import","as":"::::"})", "as", "bad_reference"},
      row{R"({"ref":"org/repo","token":"a\nb"})", "token", "bad_request"},
      row{R"({"ref":"org/repo","colour":"red"})", "colour", "bad_request"},
      row{R"({"ref":"org/repo","ref":"org/repo"})", "ref", "bad_request"});
  fake_node node;
  const auto door = open_door(node);
  const auto got = ask(door->url(), "POST", "/v1/jobs", as_json, bad.body);
  INFO(bad.body << " -> " << got.body);
  CHECK(got.problem_code() == bad.code);
  if (bad.code != "unsupported") CHECK(got.status == 400);
  CHECK(got.status >= 400);
  const auto body = got.json();
  CHECK(text(body.root(), "field") == bad.field);
  if (!bad.field.empty() && bad.code == "bad_request")
    CHECK(text(body.root(), "detail").find(bad.field) != std::string::npos);
  CHECK(node.job_count() == 0);
}

TEST_CASE("a body that is not declared as JSON is refused") {
  fake_node node;
  const auto door = open_door(node);
  const auto url = door->url();
  CHECK(ask(url, "POST", "/v1/jobs", {}, R"({"ref":"org/repo"})").status == 415);
  CHECK(ask(url, "POST", "/v1/jobs", {{"Content-Type", "text/plain"}}, R"({"ref":"org/repo"})")
            .status == 415);
  CHECK(ask(url, "POST", "/v1/jobs", {{"Content-Type", "Application/JSON; charset=utf-8"}},
            R"({"ref":"org/repo"})")
            .status == 202);
  auto more = as_json;
  more.emplace_back("Idempotency-Key", std::string(256, 'k'));
  CHECK(ask(url, "POST", "/v1/jobs", more, R"({"ref":"org/repo"})").status == 400);
  CHECK(node.job_count() == 1);
}

TEST_CASE("an import names a path here and the reference to keep it under") {
  fake_node node;
  const auto door = open_door(node);
  const auto got = ask(door->url(), "POST", "/v1/jobs", as_json,
                       R"({"kind":"import","ref":"file:/tmp/model","as":"hf:org/repo"})");
  CHECK(got.status == 202);
  CHECK(node.last_request().kind == job_kind::import);
  CHECK(node.last_request().import_as == "hf:org/repo");
}

TEST_CASE("lists are paged by limit and cursor until there is no next") {
  fake_node node;
  for (int i = 0; i < 5; ++i) node.put_job(job_state::queued);
  const auto door = open_door(node);
  wire line{door->url()};
  std::vector<std::string> seen;
  std::string target = "/v1/jobs?limit=2";
  for (int pages = 0; pages < 4; ++pages) {
    const auto got = line.ask("GET", target);
    REQUIRE(got.status == 200);
    const auto body = got.json();
    for (const auto& job : body.root()["jobs"].elements()) seen.push_back(text(job, "id"));
    REQUIRE(body.root().members().back().first == "next_cursor");
    if (body.root()["next_cursor"].is_null()) break;
    target = "/v1/jobs?limit=2&cursor=" + text(body.root(), "next_cursor");
  }
  CHECK(seen.size() == 5);
  CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
  for (const auto* limit : {"0", "1001", "-1", "x", "", "99999999999999999999"})
    CHECK(line.ask("GET", std::string{"/v1/jobs?limit="} + limit).problem_code() == "bad_request");
  CHECK(line.ask("GET", "/v1/artifacts?limit=0").status == 400);
}

TEST_CASE("cancelling: 202, again 202, finished 409, unknown 404") {
  fake_node node;
  const auto running = node.put_job(job_state::fetching).id.value;
  const auto done = node.put_job(job_state::succeeded).id.value;
  const auto door = open_door(node);
  wire line{door->url()};
  const auto cancel = "/v1/jobs/" + running + "/cancel";
  CHECK(line.ask("POST", cancel, as_json, R"({"purge":"yes"})").problem_code() == "bad_request");
  CHECK(line.ask("POST", cancel, as_json, R"({"purse":true})").problem_code() == "bad_request");
  CHECK(line.ask("POST", cancel, as_json, R"({"purge":true})").status == 202);
  CHECK(node.last_purge());
  CHECK(line.ask("POST", cancel).status == 202);
  CHECK_FALSE(node.last_purge());
  CHECK(line.ask("DELETE", "/v1/jobs/" + running).status == 202);
  CHECK(line.ask("POST", "/v1/jobs/" + done + "/cancel").problem_code() == "conflict");
  const auto gone = line.ask("DELETE", "/v1/jobs/" + done);
  CHECK(gone.status == 409);
  CHECK(line.ask("DELETE", "/v1/jobs/" + new_ulid()).problem_code() == "not_found");
  CHECK(line.ask("POST", "/v1/jobs/nonsense/cancel").status == 404);
  CHECK(line.ask("GET", "/v1/jobs/" + new_ulid()).status == 404);
  const auto shown = line.ask("GET", "/v1/jobs/" + running);
  CHECK(shown.status == 200);
  CHECK(text(shown.json().root(), "state") == "cancelled");
}

TEST_CASE("pause, resume and retry are posted and answered with the job") {
  fake_node node;
  const auto id = node.put_job(job_state::fetching).id.value;
  const auto done = node.put_job(job_state::succeeded).id.value;
  const auto door = open_door(node);
  wire line{door->url()};
  const auto order = [&](const std::string& job, const std::string& what) {
    return line.ask("POST", "/v1/jobs/" + job + "/" + what);
  };
  const auto paused = order(id, "pause");
  CHECK(paused.status == 200);
  CHECK(text(paused.json().root(), "state") == "paused");
  CHECK(text(order(id, "resume").json().root(), "state") == "queued");
  for (const auto* what : {"pause", "resume", "retry"}) {
    CHECK(order(done, what).problem_code() == "conflict");
    CHECK(order(new_ulid(), what).problem_code() == "not_found");
    CHECK(order("nonsense", what).status == 404);
    CHECK(line.ask("GET", "/v1/jobs/" + id + "/" + what).status == 405);
  }
}

TEST_CASE("one request cancels all jobs and says how many those were") {
  fake_node node;
  node.put_job(job_state::fetching);
  node.put_job(job_state::paused);
  node.put_job(job_state::failed);
  const auto door = open_door(node);
  wire line{door->url()};
  const auto got = line.ask("POST", "/v1/jobs/cancel", as_json, R"({"purge":true})");
  CHECK(got.status == 202);
  CHECK(got.json().root()["cancelled"].natural() == 2);
  CHECK(node.last_purge());
  CHECK(line.ask("POST", "/v1/jobs/cancel", as_json, R"({"all":1})").problem_code() ==
        "bad_request");
}

TEST_CASE("a place in line is a number from 1") {
  fake_node node;
  const auto path = "/v1/jobs/" + node.put_job(job_state::queued).id.value;
  const auto door = open_door(node);
  wire line{door->url()};
  CHECK(line.ask("PATCH", path, as_json, R"({"position":1})").status == 200);
  for (const auto* bad : {"0", "-1", "1.5", "\"1\"", "null"})
    CHECK(line.ask("PATCH", path, as_json, std::string{R"({"position":)"} + bad + "}")
              .problem_code() == "bad_request");
}

TEST_CASE("artifacts are listed, shown and removed with the bytes that came free") {
  fake_node node;
  store::artifact one;
  one.id.value = "00112233445566aa";
  one.what = parse_reference("hf:org/repo").value();
  one.revision = std::string(40, 'c');
  one.files = {{"a.txt", std::string(64, 'a'), 10, ""}, {"b.txt", std::string(64, 'b'), 5, ""}};
  node.put_artifact(one);
  const auto door = open_door(node);
  wire line{door->url()};
  const auto list = line.ask("GET", "/v1/artifacts").json();
  REQUIRE(list.root()["artifacts"].elements().size() == 1);
  const auto row = list.root()["artifacts"].elements().front();
  CHECK(row["bytes"].natural() == 15u);
  CHECK(row["file_count"].natural() == 2u);
  CHECK(row["files"].is_null());
  const auto shown = line.ask("GET", "/v1/artifacts/00112233445566aa").json();
  CHECK(shown.root()["files"].elements().size() == 2);
  CHECK(line.ask("GET", "/v1/artifacts/ffffffffffffffff").status == 404);
  CHECK(line.ask("GET", "/v1/artifacts/zz").status == 404);
  const auto gone = line.ask("DELETE", "/v1/artifacts/00112233445566aa");
  CHECK(gone.status == 200);
  CHECK(gone.json().root()["freed"].natural() == 4096u);
  CHECK(line.ask("DELETE", "/v1/artifacts/00112233445566aa").status == 404);
}

TEST_CASE("a verification is a job about an artifact of the catalog, and begins there only") {
  fake_node node;
  store::artifact one;
  one.id = artifact_id{"0123456789abcdef"};
  one.what = parse_reference("hf:org/repo").value();
  one.damaged = {"model.gguf"};
  node.put_artifact(one);
  const auto door = open_door(node);
  const auto shown = ask(door->url(), "GET", "/v1/artifacts/0123456789abcdef").json();
  CHECK(text(shown.root(), "health") == "damaged");
  CHECK(shown.root()["damaged"].elements().size() == 1);
  const auto got = ask(door->url(), "POST", "/v1/artifacts/0123456789abcdef/verify");
  REQUIRE(got.status == 202);
  const auto body = got.json();
  CHECK(got.field("location") == "/v1/jobs/" + text(body.root(), "id"));
  CHECK(text(body.root(), "kind") == "verify");
  CHECK(text(body.root(), "artifact") == "0123456789abcdef");
  CHECK(node.last_request().subject == one.id);
  CHECK(ask(door->url(), "POST", "/v1/artifacts/fedcba9876543210/verify").status == 404);
  CHECK(ask(door->url(), "GET", "/v1/artifacts/0123456789abcdef/verify").status == 405);
  CHECK(ask(door->url(), "POST", "/v1/jobs", as_json, R"({"kind":"verify","ref":"org/repo"})")
            .status == 400);
}
