/// Releases of GitHub as plans.
#include "tests/support/catch.hpp"
#include "tests/vendors/github_fixture.hpp"

#include <algorithm>

using namespace hive;
using namespace hive::vendors;

namespace {

const plan_file& asset_of(const download_plan& plan, const std::string& path) {
  const auto at = std::ranges::find(plan.files, path, &plan_file::path);
  REQUIRE(at != plan.files.end());
  return *at;
}

const std::string none = "null";

} // namespace

TEST_CASE("the newest release costs one request of the API and one outside of it") {
  auto replies = released({{"model.gguf"}, {"config.json", 20}});
  const auto plan = pull_release(replies, "gh:acme/models");
  REQUIRE(plan);
  CHECK(replies.asked ==
        std::vector<std::string>{"GET " + release_url(), "GET " + web_url("config.json")});
  CHECK(plan->requested == "latest");
  CHECK(plan->revision.starts_with("v1.0~"));
  REQUIRE(plan->files.size() == 2);
  CHECK(plan->files[0].path == "config.json");
  const auto& model = plan->files[1];
  CHECK(model.size == 1000u);
  CHECK(model.expected == digest{digest_kind::sha256, sha256_d});
  REQUIRE(model.sources.size() == 1);
  CHECK(model.sources[0].url == web_url("model.gguf"));
  CHECK(model.sources[0].headers.empty());
  CHECK(plan->remarks.empty());
}

TEST_CASE("the API is asked as it wants to be, and holds no secret") {
  auto replies = released({{"model.gguf"}});
  REQUIRE(pull_release(replies, "gh:acme/models"));
  const auto& first = replies.requests.front();
  CHECK(net::find_header(first.headers, "accept") == "application/vnd.github+json");
  CHECK(net::find_header(first.headers, "x-github-api-version") == "2022-11-28");
  CHECK(replies.requests.back().head_only);
  for (const auto& one : replies.requests) CHECK_FALSE(one.keys);
}

TEST_CASE("a tag is asked by its name, and a revision of ours by the tag in it") {
  auto replies = released({{"model.gguf"}}, "v2.0");
  for (const auto* text : {"gh:acme/models@v2.0", "gh:acme/models@v2.0~0123456789abcdef"}) {
    auto what = *parse_reference("gh:acme/models@v2.0");
    if (holds(text, "~")) what.revision = "v2.0~0123456789abcdef";
    const auto plan = replies.play(make_github({})->resolve(what, {}));
    REQUIRE(plan);
    CHECK(plan->requested == "v2.0");
    CHECK(plan->revision.starts_with("v2.0~"));
  }
  script slashed;
  slashed.on(release_url("release%2F1"), 404);
  CHECK_FALSE(pull_release(slashed, "gh:acme/models@release/1"));
  CHECK(slashed.asked.front() == "GET " + release_url("release%2F1"));
}

TEST_CASE("a release is another one when a file was added or replaced") {
  const auto revision = [](const std::vector<asset_entry>& assets) {
    auto replies = released(assets);
    return pull_release(replies, "gh:acme/models:a.bin")->revision;
  };
  const auto before = revision({{"a.bin"}, {"b.bin"}});
  CHECK(revision({{"a.bin"}, {"b.bin"}}) == before);
  CHECK(revision({{"a.bin"}, {"b.bin"}, {"c.bin"}}) != before);
  CHECK(revision({{.name = "a.bin", .id = 9}, {"b.bin"}}) != before);
  CHECK(revision({{"a.bin", 1001}, {"b.bin"}}) != before);
}

TEST_CASE("files are chosen by pattern, and one that is being uploaded is not there") {
  auto replies = released({{"linux.tar.gz"}, {"mac.zip"}, {"new.zip", 5, none, "open"}});
  const auto plan = pull_release(replies, "gh:acme/models:*.zip");
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 1);
  CHECK(plan->files[0].path == "mac.zip");
  const auto wrong = pull_release(replies, "gh:acme/models:*.rpm");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.why().code == errc::entry_missing);
  CHECK(holds(wrong.why().hint, "linux.tar.gz"));
}

TEST_CASE("a file that was cut comes with all its pieces") {
  auto replies = released({{"m.gguf.part1of3"}, {"m.gguf.part2of3"}, {"m.gguf.part3of3"}, {"x"}});
  for (const auto* text : {"gh:acme/models:m.gguf", "gh:acme/models:m.gguf.part2of3"}) {
    const auto plan = pull_release(replies, text);
    REQUIRE(plan);
    CHECK(plan->files.size() == 3);
    const auto said = remarks_on(*plan);
    REQUIRE(said.size() == 1);
    CHECK(holds(said[0].human, "cat m.gguf.part1of3 m.gguf.part2of3 m.gguf.part3of3 > m.gguf"));
  }
  auto torn = released({{"m.gguf.part1of3"}, {"m.gguf.part3of3"}});
  const auto why = pull_release(torn, "gh:acme/models:m.gguf");
  REQUIRE_FALSE(why);
  CHECK(why.why().code == errc::entry_missing);
  CHECK(holds(why.why().detail, "m.gguf.part2of3"));
}

TEST_CASE("files of a private repository are fetched through the API") {
  auto replies = released({{"model.gguf"}});
  SECTION("which the web does not show") {
    replies.on(web_url("model.gguf"), 404);
  }
  SECTION("or shows as a login page") {
    replies.on(web_url("model.gguf"), 200, "<html>", {{"content-type", "text/html"}});
  }
  const auto plan = pull_release(replies, "gh:acme/models");
  REQUIRE(plan);
  const auto& source = plan->files[0].sources[0];
  CHECK(source.url == repo_api + "/releases/assets/101");
  CHECK(net::find_header(source.headers, "accept") == "application/octet-stream");
}

TEST_CASE("trouble of the web's is left for the transfer to wait out") {
  auto replies = released({{"model.gguf"}});
  replies.on(web_url("model.gguf"), 503);
  const auto plan = pull_release(replies, "gh:acme/models");
  REQUIRE(plan);
  CHECK(plan->files[0].sources[0].url == web_url("model.gguf"));
}

TEST_CASE("digests that the API lacks are read from checksum files of the release") {
  const std::string sums = std::string(64, 'a') + "  a.bin\n" + std::string(64, 'b') + " *b.bin\n";
  auto replies = released(
      {{"a.bin", 10, none}, {"b.bin", 11}, {"SHA256SUMS", sums.size(), none}, {"c.txt", 1, none}});
  replies.on(web_url("SHA256SUMS"), 200, sums);
  const auto plan = pull_release(replies, "gh:acme/models:*.bin");
  REQUIRE(plan);
  CHECK(asset_of(*plan, "a.bin").expected == digest{digest_kind::sha256, std::string(64, 'a')});
  CHECK(asset_of(*plan, "b.bin").expected == digest{digest_kind::sha256, sha256_d});
  REQUIRE(plan->remarks.size() == 1);
  CHECK(holds(plan->remarks[0].human, "SHA256SUMS"));
  CHECK(remarks_on(*plan).size() == 1);
}

TEST_CASE("a file beside a file holds its digest alone") {
  const auto hex = std::string(64, 'A');
  auto replies =
      released({{"a.bin", 10, none}, {"a.bin.sha256", 65, none}, {"b.sha256", 65, none}});
  replies.on(web_url("a.bin.sha256"), 200, hex + "\n");
  const auto plan = pull_release(replies, "gh:acme/models:a.bin");
  REQUIRE(plan);
  CHECK(plan->files[0].expected == digest{digest_kind::sha256, std::string(64, 'a')});
  CHECK(replies.asked.size() == 3);
}

TEST_CASE("what has no digest anywhere is trusted at first sight, which is said") {
  auto replies = released({{"a.bin", 10, none}, {"b.bin"}});
  SECTION("no checksum file") {}
  SECTION("one that is too large") {
    replies = released({{"a.bin", 10, none}, {"b.bin"}, {"SHA256SUMS", 2u << 20, none}});
  }
  SECTION("one that is not what its own digest says") {
    const auto sums = std::string(64, 'a') + "  a.bin\n";
    replies = released({{"a.bin", 10, none}, {"b.bin"}, {"SHA256SUMS", sums.size()}});
    replies.on(web_url("SHA256SUMS"), 200, sums);
  }
  SECTION("one that is gone") {
    replies = released({{"a.bin", 10, none}, {"b.bin"}, {"SHA256SUMS", 70, none}});
    replies.on(web_url("SHA256SUMS"), 404);
  }
  const auto plan = pull_release(replies, "gh:acme/models:?.bin");
  REQUIRE(plan);
  CHECK_FALSE(asset_of(*plan, "a.bin").expected);
  CHECK(first_sight(asset_of(*plan, "a.bin")));
  const auto said = remarks_on(*plan);
  REQUIRE(said.size() == 1);
  CHECK(said[0].action == "digest-unpublished");
  CHECK(said[0].warning);
  CHECK(holds(said[0].human, "1 file of 2"));
}

TEST_CASE("bytes without a digest are tied to this upload of the file") {
  const auto key = [](std::uint64_t id) {
    auto replies = released({{.name = "a.bin", .digest = none, .id = id}});
    return content_key(pull_release(replies, "gh:acme/models")->files.at(0));
  };
  CHECK(key(1) == key(1));
  CHECK(key(1) != key(2));
}

TEST_CASE("a field that is not as it must be is named") {
  const auto why = [](const std::string& body) {
    script replies;
    replies.on(release_url(), 200, body);
    const auto got = pull_release(replies, "gh:acme/models");
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::unreadable_reply);
    return got.why().detail;
  };
  const auto broken = [](const std::string& from, const std::string& to) {
    auto body = release_of({{"a.bin"}});
    body.replace(body.find(from), from.size(), to);
    return body;
  };
  CHECK(holds(why("[]"), "tag_name"));
  CHECK(holds(why(broken("\"v1.0\"", "\"a~b\"")), "tag_name"));
  CHECK(holds(why(broken("\"assets\"", "\"files\"")), "assets"));
  CHECK(holds(why(broken("\"id\":101", "\"id\":-1")), "\"id\""));
  CHECK(holds(why(broken("1000", "\"x\"")), "size"));
  CHECK(holds(why(broken("\"updated_at\"", "\"when\"")), "updated_at"));
  CHECK(holds(why(broken("sha256:d", "sha256:z")), "digest"));
  CHECK(holds(why(broken("https://github.com", "file://x")), "browser_download_url"));
  CHECK(holds(why(broken("https://github.com", "http://github.com")), "browser_download_url"));
  CHECK(holds(why(release_of({{"a.bin"}, {"a.bin"}})), "twice"));
}

TEST_CASE("the token goes to the API's origin only, a job's own first") {
  const auto vendor = make_github(settings_of(github_api, "operators"));
  const auto what = *parse_reference("gh:acme/models");
  CHECK(vendor->serves(what));
  CHECK(vendor->keys(what, "").authorization_for(release_url()) == "Bearer operators");
  CHECK(vendor->keys(what, "own").authorization_for(release_url()) == "Bearer own");
  CHECK_FALSE(vendor->keys(what, "own").authorization_for(web_url("a")));
  CHECK(vendor->keys(what, "two words").empty());
  CHECK(make_github({})->keys(what, "").empty());
}
