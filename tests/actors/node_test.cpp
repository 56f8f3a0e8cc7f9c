#include "tests/actors/living_node.hpp"

#include <fstream>

#include <algorithm>

namespace hive::actors {
namespace {

TEST_CASE("a node pulls a repository and has it in its catalog") {
  tiny_hub hub;
  hub.add("org/small", {{"config.json", 1, 700}, {"model.bin", 2, 3 << 20}});
  living_node here{hub};

  const auto job = here.submit("hf:org/small");
  REQUIRE(job);
  CHECK(job->state == job_state::queued);
  const auto done = here.ended(job->id);
  REQUIRE(done);
  INFO((done->error ? sentence(*done->error) : ""));
  CHECK(done->state == job_state::succeeded);
  CHECK(done->revision == commit_of_tests);
  CHECK(done->progress.counts.durable == 700 + (3 << 20));
  CHECK(done->progress.total == 700 + (3 << 20));
  CHECK(done->started);
  CHECK(done->finished);

  const auto found = answer_of<std::vector<store::artifact>>(
      [&](auto reply) { here->find(*parse_reference("hf:org/small"), std::move(reply)); });
  REQUIRE(found);
  REQUIRE(found->size() == 1);
  CHECK(found->front().id == done->artifact);
  CHECK(found->front().files.size() == 2);
}

TEST_CASE("a plan says what a pull would bring, before and after it, and fetches nothing") {
  tiny_hub hub;
  hub.add("org/small", {{"config.json", 1, 700}, {"model-Q4_0.gguf", 2, 1 << 20}});
  living_node here{hub};
  const auto plan = [&](const std::string& ref) {
    return answer_of<preview>(
        [&](auto reply) { here->plan(living_node::pull(ref), {}, std::move(reply)); });
  };
  const auto before = plan("hf:org/small");
  REQUIRE(before);
  CHECK(before->plan.revision == commit_of_tests);
  CHECK(before->plan.files.size() == 2);
  CHECK(before->to_come == 700 + (1 << 20));
  CHECK(before->lacks.bytes == 0);
  CHECK_FALSE(before->here);
  REQUIRE(before->choices.size() == 1);
  CHECK(before->choices.front().tag == "Q4_0");
  for (const auto& asked : hub.at.log()) CHECK(asked.target.find("/resolve/") == std::string::npos);

  const auto job = here.submit("hf:org/small:config.json");
  REQUIRE(job);
  const auto done = here.ended(job->id);
  REQUIRE(done);
  INFO((done->error ? sentence(*done->error) : ""));
  REQUIRE(done->state == job_state::succeeded);
  CHECK(plan("hf:org/small")->to_come == 1 << 20);
  const auto after = plan("hf:org/small:config.json");
  REQUIRE(after);
  CHECK(after->to_come == 0);
  CHECK(after->here == here.job(job->id)->artifact);
  CHECK_FALSE(plan("hf:org/nothing"));
}

TEST_CASE("what is already here is not asked for again") {
  tiny_hub hub;
  hub.add("org/small", {{"model.bin", 2, 1 << 20}});
  living_node here{hub};
  const auto first = here.submit("hf:org/small");
  REQUIRE(first);
  REQUIRE(here.ended(first->id));

  hub.at.clear_log();
  const auto second = here.submit("hf:org/small");
  REQUIRE(second);
  const auto done = here.ended(second->id);
  REQUIRE(done);
  CHECK(done->state == job_state::succeeded);
  CHECK(done->artifact == here.job(first->id)->artifact);
  CHECK(here.heard().wait_for(second->id, "already-here"));
  CHECK(hub.at.log().empty());
}

TEST_CASE("a folder of this machine is imported under the name it is given") {
  tiny_hub hub;
  living_node here{hub};
  scratch_home carried;
  std::filesystem::create_directory(carried.path / "sub");
  std::ofstream{carried.path / "config.json"} << "{}";
  std::ofstream{carried.path / "sub" / "weights.bin"} << std::string(5000, 'w');
  std::ofstream{carried.path / ".hidden"} << "not this";
  auto asked = living_node::pull("file:" + carried.path.string());
  asked.kind = job_kind::import;
  asked.import_as = "hf:org/mine";
  const auto job = here.submit(asked);
  REQUIRE(job);
  const auto done = here.ended(job->id);
  REQUIRE(done);
  INFO((done->error ? sentence(*done->error) : ""));
  CHECK(done->state == job_state::succeeded);
  const auto made = answer_of<store::artifact>(
      [&](auto reply) { here->artifact(done->artifact, std::move(reply)); });
  REQUIRE(made);
  CHECK(to_string(made->what) == "hf:org/mine");
  CHECK(made->requested == "main");
  REQUIRE(made->files.size() == 2);
  CHECK(made->files[0].sha256 == sha256_hex("{}"));
  CHECK(made->files[1].path == "sub/weights.bin");
  CHECK(std::filesystem::exists(carried.path / "config.json"));
}

TEST_CASE("a missing repository fails the job with the vendor's reason") {
  tiny_hub hub;
  living_node here{hub};
  const auto job = here.submit("hf:org/nothing");
  REQUIRE(job);
  const auto done = here.ended(job->id);
  REQUIRE(done);
  CHECK(done->state == job_state::failed);
  REQUIRE(done->error);
  CHECK(done->error->code == errc::repo_missing);
}

TEST_CASE("unknown things are not found, and an ended job cannot be cancelled") {
  tiny_hub hub;
  hub.add("org/small", {{"model.bin", 2, 1000}});
  living_node here{hub};
  CHECK(here.job(job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAV"}).why().code == errc::not_found);
  CHECK(here.cancel(job_id{"01ARZ3NDEKTSV4RRFFQ69G5FAV"}).why().code == errc::not_found);
  const auto job = here.submit("hf:org/small");
  REQUIRE(job);
  REQUIRE(here.ended(job->id));
  CHECK(here.cancel(job->id).why().code == errc::conflict);
}

TEST_CASE("status counts jobs, artifacts and actors") {
  tiny_hub hub;
  hub.add("org/small", {{"model.bin", 2, 1000}});
  living_node here{hub};
  const auto before = here.status();
  REQUIRE(before);
  const auto job = here.submit("hf:org/small");
  REQUIRE(job);
  REQUIRE(here.ended(job->id));
  const auto now = here.status();
  REQUIRE(now);
  CHECK(now->jobs_by_state[static_cast<std::size_t>(job_state::succeeded)] == 1);
  CHECK(now->artifacts == 1);
  CHECK(now->artifact_bytes == 1000);
  CHECK(now->actors == before->actors); // nobody of the job is left
  CHECK(now->ailments.empty());
  CHECK(now->machine.disk);
  CHECK(now->machine.memory);
  CHECK(now->events > before->events);
}

TEST_CASE("a node that runs out of disk says that its health is degraded") {
  tiny_hub hub;
  living_node here{hub, [](node_options& o) { o.transfer.disk_reserve = std::uint64_t{1} << 60; }};
  const auto now = here.status();
  REQUIRE(now);
  REQUIRE(now->ailments.size() == 1);
  CHECK(now->ailments.front().what == machine::ailment::disk_low);
  // It may have been told before anybody listened.
  const auto told =
      answer_of<std::vector<event_ptr>>([&](auto reply) { here->replay({}, 0, std::move(reply)); });
  REQUIRE(told);
  CHECK(std::ranges::any_of(*told,
                            [](const event_ptr& e) { return e->what.action == "health-changed"; }));
}

} // namespace
} // namespace hive::actors
