/// What people are told when GitHub says no.
#include "tests/support/catch.hpp"
#include "tests/vendors/github_fixture.hpp"

#include <chrono>

using namespace hive;
using namespace hive::vendors;
using namespace std::chrono_literals;

namespace {

const auto newest_api = repo_api + "/releases?per_page=20";

failure github_refused(script replies, const std::string& text = "gh:acme/models") {
  const auto got = pull_release(replies, text);
  REQUIRE_FALSE(got);
  return got.why();
}

failure after(int status, const std::string& message, net::header_list headers = {}) {
  script replies;
  replies.on(release_url(), status, R"({"message":")" + message + R"("})", std::move(headers));
  return github_refused(std::move(replies));
}

} // namespace

TEST_CASE("a repository that is not there and one that hides are told as both") {
  script replies;
  replies.on(release_url(), 404).on(newest_api, 404, R"({"message":"Not Found"})");
  const auto why = github_refused(std::move(replies));
  CHECK(why.code == errc::repo_missing);
  CHECK(holds(why.detail, "gh:acme/models is not at https://github.com/acme/models"));
  CHECK(holds(why.detail, "or it is private"));
  CHECK(holds(why.hint, "GH_TOKEN"));
}

TEST_CASE("a tag that is not there is told with those that are") {
  script replies;
  replies.on(release_url("v9"), 404)
      .on(newest_api, 200, R"([{"tag_name":"v2"},{"tag_name":"v1"}])");
  const auto why = github_refused(std::move(replies), "gh:acme/models@v9");
  CHECK(why.code == errc::revision_missing);
  CHECK(holds(why.detail, "'v9'"));
  CHECK(holds(why.hint, "v2, v1"));
}

TEST_CASE("a repository without a newest release says what it has") {
  const auto with = [](const std::string& list) {
    script replies;
    replies.on(release_url(), 404).on(newest_api, 200, list);
    return github_refused(std::move(replies));
  };
  CHECK(holds(with("[]").detail, "has no releases"));
  const auto why = with(R"([{"tag_name":"v2-rc1","prerelease":true}])");
  CHECK(why.code == errc::revision_missing);
  CHECK(holds(why.detail, "only pre-releases: v2-rc1"));
  CHECK(holds(why.hint, "gh:acme/models@v2-rc1"));
}

TEST_CASE("a limit is told from a refusal, with how long to wait") {
  const net::header_list spent{{"x-ratelimit-limit", "60"},
                               {"x-ratelimit-remaining", "0"},
                               {"x-ratelimit-reset", "1795312813"},
                               {"date", "Sun, 22 Nov 2026 08:00:00 GMT"}};
  for (const int status : {403, 429}) {
    const auto why = after(status, "API rate limit exceeded for 203.0.113.5", spent);
    CHECK(why.code == errc::rate_limited);
    REQUIRE(why.retry_after);
    CHECK(*why.retry_after > 0s);
    CHECK(holds(why.hint, "60 to 5000"));
  }
  const auto second = after(403, "You have exceeded a secondary rate limit");
  CHECK(second.code == errc::rate_limited);
  CHECK(second.retry_after == 60s);
  CHECK(after(403, "", {{"retry-after", "7"}}).retry_after == 7s);
}

TEST_CASE("tokens that are wrong, too weak or not signed on are told apart") {
  const auto wrong = after(401, "Bad credentials");
  CHECK(wrong.code == errc::credentials_rejected);
  CHECK(holds(wrong.detail, "wrong or expired"));
  const auto weak = after(403, "Resource not accessible by personal access token");
  CHECK(weak.code == errc::credentials_rejected);
  CHECK(holds(weak.detail, "no right"));
  const auto sign_on = after(403, "", {{"x-github-sso", "required; url=https://github.com/x/sso"}});
  CHECK(sign_on.code == errc::credentials_rejected);
  CHECK(holds(sign_on.hint, "https://github.com/x/sso"));
}

TEST_CASE("a repository that was taken down and a server in trouble say so") {
  CHECK(after(451, "Repository access blocked").code == errc::repo_disabled);
  CHECK(after(403, "Repository access blocked").code == errc::repo_disabled);
  const auto trouble = after(502, "Server Error", {{"retry-after", "3"}});
  CHECK(trouble.code == errc::vendor_unavailable);
  CHECK(trouble.retry_after == 3s);
}

TEST_CASE("an Enterprise host is asked and shown by its own name") {
  const auto vendor = make_github(settings_of("https://git.example.com/api/v3"));
  script replies;
  const auto got = replies.play(vendor->resolve(*parse_reference("gh:acme/models"), {}));
  CHECK(replies.asked.front() ==
        "GET https://git.example.com/api/v3/repos/acme/models/releases/latest");
  CHECK(holds(got.why().detail, "https://git.example.com/acme/models/releases"));
  const auto nowhere = make_github(settings_of("nowhere"));
  CHECK(replies.play(nowhere->resolve(*parse_reference("gh:a/b"), {})).why().code ==
        errc::bad_config);
}

TEST_CASE("a failure of the network is passed on untouched, wherever it comes") {
  const auto why = fail(errc::unreachable, "nobody is there");
  script first;
  first.broken(release_url(), why);
  CHECK(github_refused(std::move(first)) == why);
  auto second = released({{"a.bin"}});
  second.broken(web_url("a.bin"), why);
  CHECK(github_refused(std::move(second)) == why);
}
