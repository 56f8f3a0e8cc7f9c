/// What a Hub conversation makes of replies that are wrong or hostile.
#include "tests/support/catch.hpp"
#include "tests/vendors/hub_fixture.hpp"

using namespace hive;
using namespace hive::vendors;

namespace {

failure after_revision(const std::string& body, net::header_list headers = {}) {
  script replies;
  replies.on(revision_url("org/repo"), 200, body, std::move(headers));
  const auto got = pull(replies, "hf:org/repo");
  CHECK(replies.asked.size() == 1);
  return got ? failure{} : got.why();
}

failure after_tree(const std::string& body, file_wish wish = {}) {
  script replies;
  replies.on(revision_url("org/repo"), 200, described("org/repo"))
      .on(tree_url("org/repo"), 200, body);
  const auto got = pull(replies, "hf:org/repo", std::move(wish));
  CHECK(replies.asked.size() == 2);
  return got ? failure{} : got.why();
}

std::string without(std::string text, const std::string& part, const std::string& instead = {}) {
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), instead);
}

} // namespace

TEST_CASE("text that is no JSON is unreadable") {
  const std::string body = GENERATE("", "{", "nonsense", "[1,2", "{\"sha\":\"\xff\"}");
  CHECK(after_revision(body).code == errc::unreadable_reply);
  CHECK(after_tree(body).code == errc::unreadable_reply);
}

TEST_CASE("a web page instead of JSON is a proxy's or a login's") {
  const auto by_look = after_revision("\n <!DOCTYPE html><html>Sign in</html>");
  CHECK(by_look.code == errc::unreadable_reply);
  CHECK(holds(by_look.detail, "a web page came instead of JSON"));
  CHECK(holds(by_look.hint, "proxy"));
  const auto by_type = after_revision("Sign in", {{"content-type", "text/html; charset=utf-8"}});
  CHECK(holds(by_type.detail, "a web page"));
}

TEST_CASE("a description without a usable commit names the field") {
  const std::string body =
      GENERATE("{}", "[]", R"({"sha":7})", R"({"sha":"main"})", R"({"sha":"AAAA"})");
  const auto why = after_revision(body);
  CHECK(why.code == errc::unreadable_reply);
  CHECK(holds(why.detail, "hf:org/repo"));
  if (body.size() > 2) CHECK(holds(why.detail, "\"sha\""));
}

TEST_CASE("a repository is not renamed to something that is no name") {
  const std::string id = GENERATE("../../x", "a/b/c", "a/..", "a?b", "", "http://x");
  const auto why = after_revision(described(id));
  CHECK(why.code == errc::unreadable_reply);
  CHECK(holds(why.detail, "\"id\""));
}

TEST_CASE("an entry with a wrong field is unreadable and the field is named") {
  struct row {
    std::string entry;
    std::string field;
  };
  const auto git = git_entry("a.json", 10);
  const auto lfs = lfs_entry("a.bin", 1000);
  const auto sample = GENERATE_COPY(
      row{without(git, R"("type":"file",)"), "\"type\""},
      row{without(git, R"("path":"a.json")", R"("path":7)"), "\"path\""},
      row{without(git, R"("size":10,)"), "\"size\""},
      row{without(git, R"("size":10)", R"("size":-1)"), "\"size\""},
      row{without(git, R"("size":10)", R"("size":1.5)"), "\"size\""},
      row{without(git, R"("size":10)", R"("size":17592186044417)"), "\"size\""},
      row{without(git, R"("size":10)", R"("size":18446744073709551616)"), ""},
      row{without(git, std::string(40, '1'), std::string(39, '1')), "\"oid\""},
      row{without(git, std::string(40, '1'), std::string(40, 'Z')), "\"oid\""},
      row{without(lfs, sha256_c, std::string(40, 'c')), "(lfs)"},
      row{without(lfs, sha256_c + R"(","size":1000)", sha256_c + R"(","size":"x")"), "(lfs)"},
      row{without(lfs, R"("lfs":{)", R"("lfs":"x","y":{)"), "(lfs)"}, row{"7", "\"type\""},
      row{"null", "\"type\""});
  const auto why = after_tree(page_of({sample.entry}));
  INFO(sample.entry);
  CHECK(why.code == errc::unreadable_reply);
  CHECK(holds(why.detail, sample.field));
}

TEST_CASE("the largest size that is taken is 16 TiB") {
  auto replies = repository("org/repo", {lfs_entry("a.bin", 17592186044416u)});
  CHECK(pull(replies, "hf:org/repo"));
}

TEST_CASE("a list that is an object is unreadable") {
  CHECK(after_tree(R"({"error":"x"})").code == errc::unreadable_reply);
}

TEST_CASE("paths that would leave their folder are refused") {
  const std::string path = GENERATE("../x", "/etc/passwd", "a/../../b", "a\\\\b", "a\\u0000b",
                                    "C:x", "a/CON", "nul.txt", "a//b", "./a", "a.", "a\\n");
  const auto why = after_tree(page_of({git_entry("ok.json"), git_entry(path)}));
  INFO(path);
  CHECK(why.code == errc::bad_path);
  CHECK(holds(why.detail, "hf:org/repo"));
  CHECK(holds(why.hint, "--exclude"));
}

TEST_CASE("a strange path that was not chosen does not stand in the way") {
  auto replies = repository("org/repo", {git_entry("ok.json"), git_entry("../x")});
  const auto plan = pull(replies, "hf:org/repo", {"", {"*.json"}, {}});
  REQUIRE(plan);
  CHECK(paths_of(*plan) == std::vector<std::string>{"ok.json"});
}

TEST_CASE("files that cannot exist side by side everywhere are refused") {
  CHECK(after_tree(page_of({git_entry("A.json"), git_entry("a.json")})).code == errc::bad_path);
  CHECK(after_tree(page_of({git_entry("a"), git_entry("a/b")})).code == errc::bad_path);
  auto replies = repository("org/repo", {git_entry("A.json"), git_entry("a.json")});
  CHECK(pull(replies, "hf:org/repo", {"", {}, {"A.json"}}));
}

TEST_CASE("a file that is listed twice is unreadable") {
  const auto why = after_tree(page_of({git_entry("a.json"), git_entry("a.json", 11)}));
  CHECK(why.code == errc::unreadable_reply);
  CHECK(holds(why.detail, "twice"));
}

TEST_CASE("an empty repository and a wish that meets nothing are missing entries") {
  CHECK(after_tree("[]").code == errc::entry_missing);
  const auto why = after_tree(page_of({git_entry("a.json")}), {"", {"*.gguf"}, {}});
  CHECK(why.code == errc::entry_missing);
  CHECK(holds(why.detail, "hf:org/repo"));
}

TEST_CASE("a split set with a missing part is not taken for whole") {
  auto replies = repository("org/repo", {lfs_entry("m-Q8_0-00001-of-00002.gguf")});
  const auto got = pull(replies, "hf:org/repo:Q8_0");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::entry_missing);
  CHECK(holds(got.why().detail, "m-Q8_0-00002-of-00002.gguf"));
}

TEST_CASE("the list of files does not go on at another origin") {
  const std::string next =
      GENERATE("https://evil.example.org/x", "http://huggingface.co/x",
               "https://huggingface.co:444/x", "//evil.example.org/x", "mailto:x", "https:///x");
  script replies;
  replies.on(revision_url("org/repo"), 200, described("org/repo"))
      .on(tree_url("org/repo"), 200, page_of({git_entry("a.json")}),
          {{"link", "<" + next + ">; rel=\"next\""}});
  const auto got = pull(replies, "hf:org/repo");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::redirect_refused);
  CHECK(replies.asked.size() == 2);
}

TEST_CASE("a list of files without end is given up") {
  SECTION("the same page again") {
    script replies;
    replies.on(revision_url("org/repo"), 200, described("org/repo"))
        .on(tree_url("org/repo"), 200, page_of({git_entry("a.json")}),
            {{"link", "<" + tree_url("org/repo") + ">; rel=\"next\""}});
    const auto got = pull(replies, "hf:org/repo");
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::unreadable_reply);
    CHECK(replies.asked.size() == 3);
  }
  SECTION("empty pages for ever") {
    script replies;
    replies.on(revision_url("org/repo"), 200, described("org/repo"))
        .on(tree_url("org/repo"), 200, "[]",
            {{"link", "<" + tree_url("org/repo") + ">; rel=\"next\""}});
    const auto got = pull(replies, "hf:org/repo");
    REQUIRE_FALSE(got);
    CHECK(got.why().code == errc::unreadable_reply);
    CHECK(replies.asked.size() == 1001);
  }
}

TEST_CASE("more than a million entries are not taken") {
  std::string page = "[";
  const auto folder = folder_entry("d");
  for (int i = 0; i < 20'000; ++i) page += folder + ",";
  page += folder + "]";
  script replies;
  replies.on(revision_url("org/repo"), 200, described("org/repo"))
      .on(tree_url("org/repo"), 200, page,
          {{"link", "<" + tree_url("org/repo") + ">; rel=\"next\""}});
  const auto got = pull(replies, "hf:org/repo");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreadable_reply);
  CHECK(holds(got.why().detail, "million"));
  CHECK(replies.asked.size() == 51);
}

TEST_CASE("a page that fails in the middle of a list fails the whole") {
  script replies;
  replies.on(revision_url("org/repo"), 200, described("org/repo"))
      .on(tree_url("org/repo"), 200, page_of({git_entry("a.json")}),
          {{"link", "</next>; rel=\"next\""}})
      .on(hub + "/next", 502);
  const auto got = pull(replies, "hf:org/repo");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::vendor_unavailable);
}

TEST_CASE("an endpoint that is no web address is a setting to correct") {
  vendor_settings settings;
  settings.hub_endpoint = GENERATE("", "huggingface.co", "ftp://huggingface.co");
  script replies;
  const auto got = pull(replies, "hf:org/repo", {}, settings);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_config);
  CHECK(make_hugging_face(settings)->keys(parsed("hf:org/repo"), "hf_x").empty());
}

TEST_CASE("a pull dropped in the middle leaves nothing behind") {
  const int answered = GENERATE(0, 1, 2, 3);
  const auto vendor = make_hugging_face({});
  auto replies = repository("org/repo", {git_entry("a.json")});
  replies.on(revision_url("org/repo"), 200, described("org/repo", R"("gated":"auto")"));
  auto talk = vendor->resolve(parsed("hf:org/repo"), {});
  for (int i = 0; i < answered; ++i) {
    const auto* wanted = talk.wants();
    REQUIRE(wanted != nullptr);
    talk.answer(replies.answer_to(*wanted));
  }
  CHECK((talk.wants() == nullptr) == (answered == 3));
}
