#include "tests/apps/http/fake_node.hpp"
#include "tests/apps/http/wire.hpp"
#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::http::test;

namespace {} // namespace

TEST_CASE("limits are shown with where each comes from, and with the schedule") {
  fake_node node;
  const auto door = open_door(node);
  const auto before = ask(door->url(), "GET", "/v1/limits");
  REQUIRE(before.status == 200);
  const auto first = before.json();
  CHECK(first.root()["download_rate"].natural() == 0u);
  CHECK(first.root()["max_jobs"].natural() == 4u);
  CHECK(first.root()["origins"]["max_lanes"]["from"].string() == "default");
  CHECK(first.root()["schedule"].elements().empty());
  const auto got =
      ask(door->url(), "PATCH", "/v1/limits", as_json, R"({"upload_rate":20000000,"max_jobs":2})");
  REQUIRE(got.status == 200);
  const auto body = got.json();
  CHECK(body.root()["upload_rate"].natural() == 20'000'000u);
  CHECK(body.root()["origins"]["upload_rate"]["from"].string() == "set");
  CHECK(body.root()["max_jobs"].natural() == 2u);
  CHECK(body.root()["download_rate"].natural() == 10'000'000u);
  CHECK(body.root()["origins"]["download_rate"]["from"].string() == "schedule");
  const auto hours = body.root()["schedule"].elements();
  REQUIRE(hours.size() == 1);
  CHECK(hours[0]["from"].string() == "08:00");
  CHECK(hours[0]["days"].elements().size() == 1);
  CHECK(hours[0]["upload_rate"].is_null());
  CHECK(hours[0]["open"].boolean() == true);
  const auto back = ask(door->url(), "PATCH", "/v1/limits", as_json, R"({"max_jobs":null})");
  CHECK(back.json().root()["max_jobs"].natural() == 4u);
}

TEST_CASE("a limit that cannot be is refused by name, and nothing changes") {
  struct row {
    std::string body;
    std::string field;
  };
  const auto bad = GENERATE(
      row{R"({"download_rate":-1})", "download_rate"},
      row{R"({"download_rate":"abc"})", "download_rate"},
      row{R"({"download_rate":1.5})", "download_rate"},
      row{R"({"download_rate":1000000000001})", "download_rate"},
      row{R"({"upload_rate":1e30})", "upload_rate"}, row{R"({"upload_rate":true})", "upload_rate"},
      row{R"({"max_jobs":0})", "max_jobs"}, row{R"({"max_jobs":1025})", "max_jobs"},
      row{R"({"max_lanes":0})", "max_lanes"}, row{R"({"max_lanes":[]})", "max_lanes"},
      row{R"({"max_lanes":8,"speed":1})", "speed"},
      row{R"({"max_lanes":8,"max_lanes":9})", "max_lanes"}, row{"[]", ""}, row{"{", ""});
  fake_node node;
  const auto door = open_door(node);
  const auto got = ask(door->url(), "PATCH", "/v1/limits", as_json, bad.body);
  INFO(bad.body << " -> " << got.body);
  CHECK(got.status == 400);
  CHECK(got.problem_code() == "bad_request");
  CHECK(got.json().root()["field"].string().value_or("") == bad.field);
  CHECK(ask(door->url(), "GET", "/v1/limits").json().root()["max_lanes"].natural() == 64u);
}

TEST_CASE("limits are changed by JSON with PATCH and nothing else") {
  fake_node node;
  const auto door = open_door(node);
  CHECK(ask(door->url(), "PATCH", "/v1/limits", {}, R"({"max_jobs":2})").status == 415);
  const auto got = ask(door->url(), "PUT", "/v1/limits", as_json, R"({"max_jobs":2})");
  CHECK(got.status == 405);
  CHECK(got.field("allow") == "GET, HEAD, PATCH");
}

TEST_CASE("a job's own rate and priority are changed while it lives") {
  fake_node node;
  const auto door = open_door(node);
  const auto job = node.put_job(job_state::fetching);
  const auto path = "/v1/jobs/" + job.id.value;
  const auto got = ask(door->url(), "PATCH", path, as_json, R"({"max_rate":5000})");
  REQUIRE(got.status == 200);
  CHECK(got.json().root()["max_rate"].natural() == 5000u);
  CHECK(ask(door->url(), "PATCH", path, as_json, R"({"priority":-2})")
            .json()
            .root()["priority"]
            .integer() == -2);
  for (const auto* body : {R"({"max_rate":-1})", R"({"max_rate":"fast"})", R"({"max_rate":null})",
                           R"({"max_rate":1000000000001})"}) {
    const auto refused = ask(door->url(), "PATCH", path, as_json, body);
    INFO(body);
    CHECK(refused.status == 400);
    CHECK(refused.json().root()["field"].string() == "max_rate");
  }
  CHECK(ask(door->url(), "PATCH", path, as_json, R"({"ref":"a/b"})")
            .json()
            .root()["field"]
            .string() == "ref");
  const auto ended = node.put_job(job_state::succeeded);
  CHECK(ask(door->url(), "PATCH", "/v1/jobs/" + ended.id.value, as_json, R"({"max_rate":1})")
            .status == 409);
  CHECK(ask(door->url(), "PATCH", "/v1/jobs/nope", as_json, R"({"max_rate":1})").status == 404);
}

TEST_CASE("the upload rate holds replies back, and lifting it lets them go at once") {
  fake_node node;
  node.set_upload_rate(1); // a byte a second: it would take days
  const std::string bytes(1 << 20, 'b');
  const auto file = node.put_file("x", bytes, false);
  const auto door = open_door(node);
  wire held{door->url()};
  held.request("GET", "/v1/blobs/sha256:" + file.sha256);
  const auto head = held.receive_head();
  CHECK(head.status == 200);
  CHECK(head.field("content-length") == std::to_string(bytes.size()));
  CHECK(ask(door->url(), "GET", "/v1/limits").status == 200); // only files' bytes wait
  CHECK(ask(door->url(), "HEAD", "/v1/blobs/sha256:" + file.sha256).status == 200);
  node.set_upload_rate(0);
  wire free{door->url()};
  CHECK(free.ask("GET", "/v1/blobs/sha256:" + file.sha256).body == bytes);
}

TEST_CASE("under an upload rate ranges and kept connections work as without") {
  fake_node node;
  node.set_upload_rate(20'000'000);
  std::string bytes(600'000, '.');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  const auto file = node.put_file("x", bytes, false);
  const auto door = open_door(node);
  wire line{door->url()};
  const auto target = "/v1/blobs/sha256:" + file.sha256;
  CHECK((line.ask("GET", target).body == bytes));
  const auto part = line.ask("GET", target, {{"Range", "bytes=300000-599998"}});
  CHECK(part.status == 206);
  CHECK((part.body == bytes.substr(300'000, 299'999)));
  CHECK(line.ask("GET", "/healthz").status == 200);
}

TEST_CASE("what replies take is not left for pieces") {
  fake_node node;
  node.set_upload_rate(20'000'000);
  const auto file = node.put_file("x", std::string(600'000, 'b'), false);
  const auto door = open_door(node);
  auto at = std::chrono::steady_clock::now();
  CHECK(node.uploads().part_of(hive::limits::door::pieces, at) == 20'000'000);
  wire line{door->url()};
  CHECK(line.ask("GET", "/v1/blobs/sha256:" + file.sha256).status == 200);
  auto least = node.uploads().part_of(hive::limits::door::pieces, at);
  for (int i = 0; i < 10; ++i)
    least = std::min(least, node.uploads().part_of(hive::limits::door::pieces,
                                                   at += std::chrono::milliseconds{500}));
  CHECK(least < 20'000'000);
}

TEST_CASE("a client that goes away while it is held back leaves the others their share") {
  fake_node node;
  node.set_upload_rate(1);
  const std::string bytes(300'000, 'b');
  const auto file = node.put_file("x", bytes, false);
  const auto door = open_door(node);
  const auto target = "/v1/blobs/sha256:" + file.sha256;
  {
    wire gone{door->url()};
    gone.request("GET", target);
    CHECK(gone.receive_head().status == 200);
  }
  wire stays{door->url()};
  stays.request("GET", target);
  CHECK(stays.receive_head().status == 200);
  node.set_upload_rate(0);
  wire next{door->url()};
  CHECK((next.ask("GET", target).body == bytes));
}
