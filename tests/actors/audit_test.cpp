#include "actors/mending.hpp"
#include "actors/queue.hpp"
#include "core/store/piece_table.hpp"
#include "tests/actors/living_node.hpp"
#include "tests/actors/neighbours.hpp"

#include <fstream>

namespace hive::actors {
namespace {

constexpr std::size_t mib = 1u << 20;

std::string audited(std::size_t size, char first) {
  std::string text(size, first);
  for (std::size_t i = 0; i < size; i += 4096) text[i] = static_cast<char>(i / 4096);
  return text;
}

/// A real queue and real jobs over a real store; catalog, vendor and shelf are mocks.
struct audit_bench {
  scratch_home scratch;
  store::home home{scratch.path};
  actor_world world;
  stand_ins around{world};
  queue_actor queue;
  std::string big{audited(20 * mib, 'a')};

  audit_bench() {
    REQUIRE(store::prepare(home));
    around.room = {"/models", 1ull << 30U, 0, {}};
    queue = world.spawn([&](caf::local_actor* parent) {
      queue_deps deps{around.ledger, around.narrator, around.catalog,
                      around.desk,   around.shelf,    around.limits,
                      home};
      deps.retry = {.first = 1000ms, .ceiling = 1000ms, .tries = 2};
      return spawn_queue(parent, deps);
    });
    auto& a = around.present.emplace();
    a.id = artifact_id{"0123456789abcdef"};
    a.what = named("hf:org/a@main:Q4_K_M");
    a.revision = std::string(40, 'c');
    a.files = {put("big.gguf", big, true), put("small.json", "{}", false),
               put("copy/small.json", "{}", false)};
    download_plan plan;
    plan.what = a.what;
    plan.revision = a.revision;
    for (const auto& file : a.files)
      plan.files.push_back(
          {file.path, file.size, digest{digest_kind::sha256, file.sha256}, {{"http://x", {}, {}}}});
    around.plan = plan;
  }
  ~audit_bench() {
    order_stop(queue, stop_reason::node_stopping);
    world.settle();
  }

  store::artifact_file put(const std::string& path, const std::string& bytes, bool with_table) {
    sha256_chain chain;
    store::border_log borders;
    borders.update(chain, std::as_bytes(std::span{bytes}));
    const auto sha256 = chain.finish();
    if (with_table) REQUIRE(store::keep_pieces(home, *borders.table(sha256, bytes.size())));
    write(sha256, bytes);
    return {path, sha256, bytes.size(), {}};
  }
  void write(const std::string& sha256, const std::string& bytes) {
    std::filesystem::create_directories(home.blob(sha256).parent_path());
    std::ofstream{home.blob(sha256), std::ios::binary} << bytes;
  }
  const store::artifact_file& file(std::size_t i) { return around.present->files[i]; }
  job_id verify() {
    job_request asked;
    asked.kind = job_kind::verify;
    asked.what = around.present->what;
    asked.subject = around.present->id;
    return world.ask<job_record>(queue, submit_job{std::move(asked), {}})->id;
  }
  job_record now(const job_id& id) { return *world.ask<job_record>(queue, query_job{id}); }
  std::size_t auditing() { return world.people().count("audit") + world.people().count("auditor"); }
};

TEST_CASE("a whole artifact is verified without asking anybody for anything") {
  audit_bench b;
  const auto id = b.verify();
  const auto done = b.now(id);
  CHECK(done.state == job_state::succeeded);
  CHECK(done.artifact == b.around.present->id);
  CHECK(done.progress.counts.verified == 20 * mib + 4);
  CHECK(b.around.renewed == 1);
  CHECK(b.around.resolve.asked == 0);
  CHECK(b.around.aside.empty());
  CHECK(b.around.narrator_of.said(id, "verified"));
  CHECK(b.auditing() == 0);
}

TEST_CASE("damage is named by its pieces, set aside, and only that file is fetched") {
  audit_bench b;
  b.big[9 * mib] = static_cast<char>(b.big[9 * mib] ^ 4);
  b.big[20 * mib - 1] = static_cast<char>(b.big[20 * mib - 1] ^ 4);
  b.write(b.file(0).sha256, b.big);
  const auto id = b.verify();
  CHECK(b.now(id).state == job_state::succeeded);
  REQUIRE(b.around.aside.size() == 1);
  const auto& found = b.around.aside[0].found;
  CHECK(found.known);
  CHECK(found.bad.ranges() == std::vector<byte_range>{{8 * mib, 20 * mib}});
  CHECK(b.around.resolved == std::vector<reference>{mending_reference(*b.around.present)});
  CHECK(b.around.resolved[0].revision == b.around.present->revision);
  REQUIRE(b.around.fetch_asked.size() == 1);
  CHECK(b.around.fetch_asked[0].file.path == "big.gguf");
  CHECK(b.around.renewed == 1);
  CHECK(b.around.narrator_of.said(id, "damage-found"));
  CHECK(b.around.narrator_of.said(id, "mended"));
  CHECK(b.around.admitted.empty());
}

TEST_CASE("what cannot be mended fails at once, named by offsets") {
  audit_bench b;
  b.big[0] = static_cast<char>(b.big[0] ^ 4);
  b.write(b.file(0).sha256, b.big);
  std::filesystem::remove(b.home.blob(b.file(1).sha256));
  const auto why = fail(errc::unreachable, "127.0.0.1:1 refused");
  SECTION("the vendor is not there") {
    b.around.resolve.failures = {why};
  }
  SECTION("the file does not come") {
    b.around.fetch_failures = {why, why};
  }
  const auto id = b.verify();
  const auto done = b.now(id);
  REQUIRE(done.state == job_state::failed);
  REQUIRE(done.error);
  CHECK(done.error->code == errc::blob_damaged);
  CHECK(done.error->detail.find("big.gguf is damaged at bytes 0-8388607") != std::string::npos);
  CHECK(done.error->detail.find("small.json is gone") != std::string::npos);
  CHECK(done.error->detail.find("refused") != std::string::npos);
  CHECK(b.around.renewed == 0);
}

TEST_CASE("a cancel in the middle of an audit changes nothing, and purge does not throw away") {
  audit_bench b;
  const bool purge = GENERATE(false, true);
  b.big[0] = static_cast<char>(b.big[0] ^ 4);
  b.write(b.file(0).sha256, b.big);
  b.around.fetches = false; // the repair hangs
  const auto id = b.verify();
  REQUIRE(b.now(id).state == job_state::fetching);
  b.world.ask<job_record>(b.queue, cancel_job{id, purge});
  CHECK(b.now(id).state == job_state::cancelled);
  REQUIRE(b.around.released.size() == 1);
  CHECK_FALSE(b.around.released[0].purge);
  CHECK(b.auditing() == 0);
}

TEST_CASE("an audit that crashes fails its job with the reason; one that hangs is waited for") {
  const auto who = GENERATE(std::string{"audit"}, "auditor");
  const auto what = GENERATE(fault::crash, fault::freeze, fault::flood);
  CAPTURE(who, what);
  audit_bench b;
  job_request asked;
  asked.kind = job_kind::verify;
  asked.what = b.around.present->what;
  asked.subject = b.around.present->id;
  post(b.queue, submit_job{asked, {}});
  while (b.world.people().count(who) == 0) REQUIRE(b.world.step());
  const auto all = b.world.people().list();
  const auto id = std::ranges::find(all, who, &resident::name)->id;
  inject(b.world.people().find(id), what, 20s);
  b.world.settle();
  const auto job = b.around.ledger_of.jobs.begin()->first;
  if (what == fault::freeze) {
    CHECK(b.now(job).state == job_state::fetching);
    for (int i = 0; i < 21; ++i) b.world.pass(1s);
  }
  const auto done = b.now(job);
  CHECK(b.auditing() == 0);
  if (what != fault::crash) {
    CHECK(done.state == job_state::succeeded);
    return;
  }
  CHECK(done.state == job_state::failed);
  REQUIRE(done.error);
  CHECK(done.error->code == errc::actor_failed);
  CHECK(done.error->detail.find("the " + who + " threw: an injected fault") != std::string::npos);
}

TEST_CASE("a plan to mend takes the damaged files as they were, and nothing else") {
  audit_bench b;
  const auto& plan = *b.around.plan;
  const std::vector<damage> damaged{
      {{b.file(0).sha256, b.file(0).size, true, {}, false, true}, {"big.gguf"}}};
  auto git = plan;
  git.files[0].expected = digest{digest_kind::git_sha1, std::string(40, '1')};
  const auto made = mending_plan(git, damaged);
  REQUIRE(made);
  REQUIRE(made->files.size() == 1);
  CHECK(made->files[0].expected == digest{digest_kind::sha256, b.file(0).sha256});

  auto other = plan;
  other.files[0].expected->hex = std::string(64, '0');
  CHECK(mending_plan(other, damaged).why().code == errc::source_changed);
  other = plan;
  other.files[0].size = 5;
  CHECK(mending_plan(other, damaged).why().code == errc::source_changed);
  other.files.clear();
  CHECK(mending_plan(other, damaged).why().code == errc::entry_missing);
}

} // namespace
} // namespace hive::actors
