#include "apps/hive/sight.hpp"

#include "tests/support/catch.hpp"

using namespace hive;
using namespace hive::cli;

namespace {

json::document read(std::string_view text) {
  return std::move(*json::parse(text));
}

} // namespace

TEST_CASE("a job object is taken as it is, and what it leaves out stays") {
  job_sight job;
  take_job(job, read(R"({"id":"J","kind":"pull","ref":"hf:a/b","state":"fetching","cause":null,
    "progress":{"received":5,"durable":3,"verified":2,"total":10,"rate":4,"eta_s":2,
      "files":[{"path":"x","received":5,"verified":2,"total":10}]},"error":null})")
                    .root());
  CHECK(job.ref == "hf:a/b");
  CHECK(job.bytes.received == 5);
  CHECK(*job.bytes.total == 10);
  CHECK(job.eta->count() == 2);
  REQUIRE(job.files.size() == 1);
  CHECK_FALSE(job.ended());

  take_event(job, "progress", read(R"({"received":8,"total":10,"rate":0,"eta_s":null})").root());
  CHECK(job.bytes.received == 8);
  CHECK_FALSE(job.eta);
  CHECK(job.files.size() == 1);

  take_event(job, "narration", read(R"({"state":"failed","received":1})").root());
  CHECK(job.state == "fetching");
  CHECK(job.bytes.received == 8);

  take_event(job, "end", read(R"({"state":"succeeded","artifact":"0123"})").root());
  CHECK(job.ended());
  CHECK(job.succeeded());
  CHECK(job.artifact == "0123");
  CHECK(job.ref == "hf:a/b");
}

TEST_CASE("a failed job tells its error with code, detail and hint") {
  job_sight job;
  take_job(job,
           read(R"({"state":"failed","error":{"code":"gated","detail":"d","hint":"h"}})").root());
  REQUIRE(job.error);
  CHECK(*job.error == fail(errc::gated, "d", "h"));
}

TEST_CASE("a code of a newer node is still an error with words") {
  const auto why = read_failure(read(R"({"code":"moon_phase"})").root());
  CHECK(why.code == errc::actor_failed);
  CHECK(why.detail.find("moon_phase") != std::string::npos);
}

TEST_CASE("why nothing moves is known as long as it lasts") {
  job_sight job;
  take_event(job, "progress",
             read(R"({"received":8,"cause":"waiting for hub.example for 3 s"})").root());
  CHECK(job.cause == "waiting for hub.example for 3 s");
  take_event(job, "progress", read(R"({"received":9})").root());
  CHECK(job.cause.empty());
}

TEST_CASE("what a waiting job waits for is known until it goes on") {
  job_sight job;
  take_event(job, "state",
             read(R"({"state":"waiting","human":"hf:a/b: waiting","cause":"trying again in 5 s"})")
                 .root());
  CHECK(job.cause == "trying again in 5 s");
  take_event(job, "state", read(R"({"state":"fetching","human":"fetching"})").root());
  CHECK(job.cause.empty());
}

TEST_CASE("the plan tells what need not be fetched") {
  job_sight job;
  take_event(job, "narration", read(R"({"action":"plan-ready","here":"76500000"})").root());
  CHECK(job.here == 76'500'000);
}
