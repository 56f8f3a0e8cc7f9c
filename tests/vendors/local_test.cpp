#include "vendors/local.hpp"

#include "core/base/digest.hpp"
#include "core/base/percent.hpp"
#include "tests/support/catch.hpp"
#include "tests/vendors/script.hpp"

#include <string>
#include <vector>

using namespace hive;
using namespace hive::vendors;

namespace {

std::string entry(const std::string& path, int size = 10, int mtime = 5,
                  const std::string& more = "") {
  return R"({"path":")" + path + R"(","size":)" + std::to_string(size) + R"(,"version":"1-)" +
         std::to_string(size) + "-" + std::to_string(mtime) + ".0\"" + more + "}";
}

std::string listing(const std::string& type, const std::vector<std::string>& entries) {
  std::string list;
  for (const auto& one : entries) list += (list.empty() ? "" : ",") + one;
  return R"({"type":")" + type + R"(","files":[)" + list + "]}";
}

reference local_reference(const std::string& path) {
  reference what;
  what.from = scheme::file;
  what.name = path;
  return what;
}

result<download_plan> look(const std::string& path, int status, const std::string& body,
                           file_wish wish = {}) {
  script replies;
  replies.list("file://" + percent_encode(path, "/"), status, body);
  auto got = replies.play(make_local()->resolve(local_reference(path), std::move(wish)));
  CHECK(replies.asked.size() == 1);
  return got;
}

std::string revision(const std::vector<std::string>& entries, file_wish wish = {}) {
  const auto plan = look("/m", 200, listing("directory", entries), std::move(wish));
  REQUIRE(plan);
  return plan->revision;
}

} // namespace

TEST_CASE("a file of this machine becomes a plan of one file") {
  const auto plan =
      look("/models/my model.gguf", 200, listing("file", {entry("my model.gguf", 42)}));
  REQUIRE(plan);
  CHECK(plan->what == local_reference("/models/my model.gguf"));
  REQUIRE(plan->files.size() == 1);
  CHECK(plan->files[0].path == "my model.gguf");
  CHECK(plan->files[0].size == 42);
  CHECK_FALSE(plan->files[0].expected);
  REQUIRE(plan->files[0].sources.size() == 1);
  CHECK(plan->files[0].sources[0].url == "file:///models/my%20model.gguf");
  CHECK(plan->files[0].sources[0].checks == std::vector<header_check>{{"etag", "1-42-5.0"}});
  CHECK(plan->requested.empty());
  CHECK(is_hex(plan->revision, 40));
}

TEST_CASE("a directory becomes a plan of the files below it, configuration first") {
  const std::string path = GENERATE("/models/m", "/models/m/");
  const auto plan =
      look(path, 200, listing("directory", {entry("w/a#1.safetensors"), entry("config.json")}));
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 2);
  CHECK(plan->files[0].path == "config.json");
  CHECK(plan->files[1].path == "w/a#1.safetensors");
  CHECK(plan->files[1].sources.at(0).url == "file:///models/m/w/a%231.safetensors");
}

TEST_CASE("the revision changes with name, size and time of the chosen files only") {
  const auto first = revision({entry("a", 1, 1), entry("b", 2, 2)});
  CHECK(first == revision({entry("b", 2, 2), entry("a", 1, 1)}));
  CHECK(first != revision({entry("a", 1, 1), entry("b", 3, 2)}));
  CHECK(first != revision({entry("a", 1, 1), entry("b", 2, 3)}));
  CHECK(first != revision({entry("a", 1, 1), entry("c", 2, 2)}));
  CHECK(first == revision({entry("a", 1, 1), entry("b", 2, 2), entry("x", 9, 9)}, {"", {}, {"x"}}));
}

TEST_CASE("the revision is the SHA-256 of the lines its header describes") {
  CHECK(revision({entry("a", 1, 2)}) == sha256_hex("a\t1-1-2.0\n").substr(0, 40));
}

TEST_CASE("patterns choose among local files") {
  const auto plan = look("/m", 200, listing("directory", {entry("a.gguf"), entry("b.txt")}),
                         {"", {"*.gguf"}, {}});
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 1);
  CHECK(plan->files[0].path == "a.gguf");
}

TEST_CASE("what is not there or may not be read is said") {
  const auto missing = look("/m", 404, "");
  REQUIRE_FALSE(missing);
  CHECK(missing.why().code == errc::entry_missing);
  CHECK(missing.why().detail.find("/m") != std::string::npos);
  const auto closed = look("/m", 403, "");
  REQUIRE_FALSE(closed);
  CHECK(closed.why().code == errc::source_unreadable);
  CHECK(closed.why().detail.starts_with("/m may not be read"));
  CHECK(look("/m", 403, "/m/inner.bin").why().detail.starts_with("/m/inner.bin may not"));
  CHECK(look("/m", 500, "").why().code == errc::disk_failed);
  CHECK(look("/m", 200, listing("directory", {})).why().code == errc::entry_missing);
}

TEST_CASE("a file somebody is writing is not taken, one nobody asked for does not matter") {
  const auto body =
      listing("directory", {entry("a.gguf"), entry("b.log", 1, 1, R"(,"busy":true)")});
  CHECK(look("/m", 200, body, {"", {"*.gguf"}, {}}));
  const auto all = look("/m", 200, body);
  REQUIRE_FALSE(all);
  CHECK(all.why().code == errc::source_changed);
  CHECK(all.why().detail.starts_with("b.log is being written"));
}

TEST_CASE("a split set that is not whole is a missing entry") {
  const auto first = entry("m-00001-of-00002.gguf");
  const auto second = entry("m-00002-of-00002.gguf");
  CHECK(look("/m", 200, listing("directory", {first, second})));
  const auto half = look("/m", 200, listing("directory", {second}));
  REQUIRE_FALSE(half);
  CHECK(half.why().code == errc::entry_missing);
  CHECK(half.why().detail.find("m-00001-of-00002.gguf") != std::string::npos);
  const auto alone = look("/d/m-00001-of-00002.gguf", 200, listing("file", {first}));
  REQUIRE_FALSE(alone);
  CHECK(alone.why().code == errc::entry_missing);
}

TEST_CASE("parts that say they belong to different sets are refused") {
  const auto body = [](const std::string& first, const std::string& second) {
    return listing("directory", {entry("m-00001-of-00002.gguf", 1, 1, R"(,"split":)" + first),
                                 entry("m-00002-of-00002.gguf", 1, 1, R"(,"split":)" + second)});
  };
  CHECK(look("/m", 200, body("[0,2,10,4]", "[1,2,10,6]")));
  CHECK(look("/m", 200, body("[0,2,0,4]", "[1,2,0,6]")));
  CHECK(look("/m", 200, body("[0,2,10,4]", "null")));
  struct row {
    std::string first;
    std::string second;
    std::string said;
  };
  const auto [first, second, said] = GENERATE(values<row>({
      {"[0,2,10,4]", "[0,2,10,6]",
       "m-00002-of-00002.gguf does not belong to the set it lies in: "
       "it says it is part 1 of 2"},
      {"[0,3,10,4]", "[1,2,10,6]", "part 1 of 3"},
      {"[0,2,10,4]", "[1,2,11,6]", "its set has 11 tensors, that of m-00001-of-00002.gguf has 10"},
      {"[0,2,10,4]", "[1,2,10,5]", "the parts have 9 tensors of 10"},
  }));
  const auto got = look("/m", 200, body(first, second));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::not_the_artifact);
  INFO(got.why().detail);
  CHECK(got.why().detail.find(said) != std::string::npos);
}

TEST_CASE("a listing that is not as agreed is unreadable") {
  const std::string body = GENERATE(
      "", "[]", "{}", R"({"type":"directory"})", R"({"type":"directory","files":{}})",
      R"({"type":"directory","files":[{"path":"a","size":1}]})",
      R"({"type":"directory","files":[{"path":"a","size":-1,"version":"v"}]})",
      R"({"type":"directory","files":[{"size":1,"version":"v"}]})", R"({"type":"file","files":[]})",
      R"({"type":"file","files":[{"path":"other","size":1,"version":"v"}]})",
      R"({"type":"socket","files":[{"path":"m","size":1,"version":"v"}]})",
      R"({"type":"directory","files":[{"path":"a","size":1,"version":"v"},{"path":"a","size":2,"version":"v"}]})");
  INFO(body);
  const auto got = look("/m", 200, body);
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::unreadable_reply);
}

TEST_CASE("hostile names in a listing are refused") {
  const std::string name = GENERATE("../x", "/x", "a/../b");
  CHECK(look("/m", 200, listing("directory", {entry(name)})).why().code == errc::bad_path);
}

TEST_CASE("a local file needs no secret") {
  CHECK(make_local()->keys(local_reference("/m"), "token").empty());
}

namespace {

result<download_plan> described(int status, const std::string& text) {
  script replies;
  replies.text("file:///srv/m.meta4", status, text);
  return replies.play(make_local()->resolve(local_reference("/srv/m.meta4"), {}));
}

} // namespace

TEST_CASE("a local Metalink is what it describes, not itself") {
  const std::string hex(64, 'a');
  const auto plan = described(
      200, "<metalink xmlns='urn:ietf:params:xml:ns:metalink'><file name='d/m.gguf'><size>7</size>"
           "<hash type='sha-256'>" +
               hex + "</hash><url>http://mirror.example/m</url></file></metalink>");
  REQUIRE(plan);
  REQUIRE(plan->files.size() == 1);
  CHECK(plan->files[0].path == "d/m.gguf");
  CHECK(plan->files[0].size == 7u);
  CHECK(plan->files[0].expected == digest{digest_kind::sha256, hex});
  CHECK(plan->files[0].sources.at(0).url == "http://mirror.example/m");
  CHECK(plan->requested.empty());
  CHECK(to_string(plan->what) == "file:/srv/m.meta4");
}

TEST_CASE("a local Metalink that is none, or not there, is said with its path") {
  const auto none = described(200, "words");
  REQUIRE_FALSE(none);
  CHECK(none.why().code == errc::unreadable_reply);
  CHECK(none.why().detail.find("/srv/m.meta4") != std::string::npos);
  CHECK(described(404, "").why().code == errc::entry_missing);
  CHECK(described(403, "").why().code == errc::source_unreadable);
}
