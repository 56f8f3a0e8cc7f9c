/// What people are told when the Hub says no.
#include "tests/support/catch.hpp"
#include "tests/vendors/hub_fixture.hpp"

#include <chrono>
#include <optional>

using namespace hive;
using namespace hive::vendors;
using namespace std::chrono_literals;

namespace {

/// The failure of a pull whose first request is answered like this.
failure hub_refused(int status, const std::string& code, const std::string& body = {},
                    net::header_list more = {}, const std::string& text = "hf:org/repo") {
  if (!code.empty()) more.emplace_back("x-error-code", code);
  script replies;
  for (const auto* url : {"main", "v9"})
    replies.on(revision_url("org/repo", url), status, body, more);
  replies.on(tree_url("org/repo"), status, body, more);
  const auto got = pull(replies, text);
  CHECK(replies.asked.size() == 1);
  return got ? failure{} : got.why();
}

} // namespace

TEST_CASE("a gated repository says where to accept its terms, whatever the status") {
  const int status = GENERATE(401, 403);
  const auto text = GENERATE(std::string{"hf:org/repo"}, "hf:org/repo@" + commit_a);
  const auto why = hub_refused(status, "GatedRepo", "", {}, text);
  CHECK(why.code == errc::gated);
  CHECK(holds(why.detail, "hf:org/repo is gated"));
  CHECK(holds(why.hint, hub + "/org/repo"));
  CHECK(holds(why.hint, "--token"));
  CHECK(holds(why.hint, "HF_TOKEN"));
}

TEST_CASE("a gated repository that lists itself to everybody is asked whether files may be had") {
  const std::string gated = GENERATE(R"("gated":"manual")", R"("gated":"auto")", R"("gated":true)");
  const auto access = hub + "/api/models/org/repo/auth-check";
  auto replies = repository("org/repo", {git_entry("a.json")});
  replies.on(revision_url("org/repo"), 200, described("org/repo", gated));
  SECTION("no") {
    replies.on(access, 403, "", {{"x-error-code", "GatedRepo"}});
    const auto got = pull(replies, "hf:org/repo");
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::gated);
    CHECK(replies.asked.size() == 2);
  }
  SECTION("yes") {
    replies.on(access, 200, "");
    CHECK(pull(replies, "hf:org/repo"));
    CHECK(replies.asked.size() == 3);
  }
  SECTION("a server that does not know the question does not matter") {
    CHECK(pull(replies, "hf:org/repo"));
    CHECK(replies.asked.size() == 3);
  }
}

TEST_CASE("a repository that is not gated is not asked for access") {
  auto replies = repository("org/repo", {git_entry("a.json")});
  replies.on(revision_url("org/repo"), 200, described("org/repo", R"("gated":false)"));
  CHECK(pull(replies, "hf:org/repo"));
  CHECK(replies.asked.size() == 2);
}

TEST_CASE("a 401 without a code means missing or private, and both are said") {
  const auto text = GENERATE(std::string{"hf:org/repo"}, "hf:org/repo@" + commit_a);
  const auto why = hub_refused(401, "", "", {}, text);
  CHECK(why.code == errc::credentials_needed);
  CHECK(holds(why.detail, "hf:org/repo is missing or private"));
  CHECK(holds(why.hint, "--token, HF_TOKEN"));
}

TEST_CASE("an unknown repository may also be a private one") {
  const int status = GENERATE(401, 404);
  const auto why = hub_refused(status, "RepoNotFound");
  CHECK(why.code == errc::repo_missing);
  CHECK(holds(why.detail, "private"));
  CHECK(holds(why.hint, "HF_TOKEN"));
}

TEST_CASE("a bad token is told apart, also where the repository is public") {
  const auto by_header = hub_refused(
      401, "", "", {{"x-error-message", "Invalid credentials in Authorization header"}});
  CHECK(by_header.code == errc::credentials_rejected);
  CHECK(holds(by_header.detail, "the token given is wrong or expired"));
  CHECK(holds(by_header.hint, "a public repository needs no token"));
  const auto by_body = hub_refused(401, "", R"({"error":"Invalid username or password."})");
  CHECK(by_body.code == errc::credentials_rejected);
}

TEST_CASE("missing revisions and entries have their own codes") {
  const auto revision = hub_refused(404, "RevisionNotFound", "", {}, "hf:org/repo@v9");
  CHECK(revision.code == errc::revision_missing);
  CHECK(holds(revision.detail, "'v9'"));
  CHECK(holds(revision.hint, hub + "/org/repo/tree/main"));
  CHECK(hub_refused(404, "EntryNotFound").code == errc::entry_missing);
  CHECK(hub_refused(404, "").code == errc::repo_missing);
}

TEST_CASE("a missing commit is a missing revision") {
  const auto why = hub_refused(404, "RevisionNotFound", "", {}, "hf:org/repo@" + commit_a);
  CHECK(why.code == errc::revision_missing);
  CHECK(holds(why.detail, commit_a));
}

TEST_CASE("a disabled repository is told apart, in a refusal and in a description") {
  const auto why =
      hub_refused(403, "", "", {{"x-error-message", "Access to this resource is disabled."}});
  CHECK(why.code == errc::repo_disabled);
  script replies;
  replies.on(revision_url("org/repo"), 200, described("org/repo", R"("disabled":true)"));
  const auto got = pull(replies, "hf:org/repo");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::repo_disabled);
}

TEST_CASE("a token without the right to read is a refused one") {
  const auto why = hub_refused(403, "", R"({"error":"Fine-grained token has no access"})");
  CHECK(why.code == errc::credentials_rejected);
  CHECK(holds(why.detail, "Fine-grained token has no access"));
}

TEST_CASE("too many requests wait as long as the Hub says") {
  const auto reset = hub_refused(429, "", "", {{"ratelimit", "\"api\";r=0;t=37"}});
  CHECK(reset.code == errc::rate_limited);
  CHECK(reset.retry_after == 38s);
  CHECK(hub_refused(429, "", "", {{"retry-after", "12"}}).retry_after == 12s);
  CHECK(hub_refused(429, "").retry_after == std::nullopt);
}

TEST_CASE("a date to come back at is counted from the reply's own date") {
  const auto why = hub_refused(503, "", "",
                               {{"date", "Sat, 21 Nov 2026 22:00:00 GMT"},
                                {"retry-after", "Sat, 21 Nov 2026 22:01:30 GMT"}});
  CHECK(why.code == errc::vendor_unavailable);
  CHECK(why.retry_after == 90s);
  const auto without = hub_refused(503, "", "", {{"retry-after", "Sat, 21 Nov 2026 22:01:30 GMT"}});
  CHECK(without.retry_after.value_or(0s) <= 1s);
}

TEST_CASE("trouble on the Hub's side is worth another try and names the request") {
  const int status = GENERATE(408, 500, 502, 503, 504);
  const auto why = hub_refused(status, "", "<html>oops</html>", {{"x-request-id", "Root=1-abc"}});
  CHECK(why.code == errc::vendor_unavailable);
  CHECK(worth_retrying(why.code));
  CHECK(holds(why.detail, "HTTP " + std::to_string(status)));
  CHECK(holds(why.detail, "Root=1-abc"));
}

TEST_CASE("a server's words are cut and cleaned before they are shown") {
  const auto why =
      hub_refused(403, "", "", {{"x-error-message", "\x1b[31m" + std::string(5000, 'a')}});
  CHECK_FALSE(holds(why.detail, "\x1b"));
  CHECK(why.detail.size() < 500);
}

TEST_CASE("other statuses fail too") {
  CHECK(hub_refused(400, "").code == errc::unreadable_reply);
  CHECK(hub_refused(418, "").code == errc::unreadable_reply);
  CHECK(hub_refused(304, "").code == errc::unreadable_reply);
  CHECK(hub_refused(204, "").code == errc::unreadable_reply);
}

TEST_CASE("a failure of the network is passed on as it is") {
  script replies;
  const auto cut = fail(errc::timed_out, "huggingface.co did not answer");
  replies.broken(revision_url("org/repo"), cut);
  const auto got = pull(replies, "hf:org/repo");
  REQUIRE_FALSE(got);
  CHECK(got.why() == cut);
}

TEST_CASE("a plan tells what the Hub's codes mean, so that a refused file says the same") {
  auto replies = repository("org/repo", {git_entry("a.json")});
  const auto plan = pull(replies, "hf:org/repo@" + commit_a);
  REQUIRE(plan);
  const std::pair<std::string, errc> codes[] = {{"GatedRepo", errc::gated},
                                                {"RevisionNotFound", errc::revision_missing},
                                                {"EntryNotFound", errc::entry_missing},
                                                {"RepoNotFound", errc::repo_missing}};
  REQUIRE(plan->refusals.size() == std::size(codes));
  for (std::size_t i = 0; i < std::size(codes); ++i) {
    const auto& rule = plan->refusals[i];
    CHECK(rule.name == "x-error-code");
    CHECK(rule.value == codes[i].first);
    CHECK(rule.code == codes[i].second);
    const auto why = hub_refused(403, rule.value, "", {}, "hf:org/repo@" + commit_a);
    CHECK(why.code == rule.code);
    CHECK(why.hint == rule.hint);
    CHECK(why.detail == rule.detail + " (HTTP 403)");
  }
}
