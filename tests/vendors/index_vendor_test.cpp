/// The worked example of docs/adding-a-vendor.md, compiled and tried.
#include "tests/support/catch.hpp"
#include "tests/vendors/conformance.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

// [example]
#include "core/base/digest.hpp"
#include "core/base/percent.hpp"
#include "vendors/metadata.hpp"
#include "vendors/vendor.hpp"
#include "vendors/wanted.hpp"

#include <map>

namespace hive::vendors {
namespace {

/// {"release": <64 hex>, "files": [{"path", "size", "sha256"}, …]}, the files beside the index.
result<download_plan> read_index(reference what, file_wish wish, const net::reply& got) {
  const auto where = "the index at " + what.name;
  HIVE_TRY(const auto body, read_body(where, got));
  download_plan plan;
  HIVE_TRY(plan.revision, hex_field(where, body.root(), "release", 64));
  std::vector<std::string> listed;
  std::map<std::string, plan_file> files;
  for (const auto entry : body.root()["files"].elements()) {
    if (listed.size() >= most_entries) return unreadable(where, "it is too long");
    plan_file file;
    HIVE_TRY(file.path, text_field(where, entry, "path"));
    HIVE_TRY(file.size, size_field(where, entry, "size"));
    HIVE_TRY(auto hex, hex_field(where, entry, "sha256", 64));
    file.expected = digest{digest_kind::sha256, std::move(hex)};
    HIVE_TRY(auto url, net::resolve_location(what.name, percent_encode(file.path, "/")));
    file.sources.push_back({std::move(url), {}, {}});
    listed.push_back(file.path);
    files.insert_or_assign(file.path, std::move(file));
  }
  HIVE_TRY(const auto chosen, wanted_files(what, std::move(wish), listed));
  for (const auto& path : chosen) plan.files.push_back(files.at(path));
  plan.what = std::move(what);
  return plan;
}

conversation<download_plan> pull_index(reference what, file_wish wish) {
  HIVE_CO_TRY(const auto got, co_await ask(metadata_request(what.name)));
  const auto status = got.head.status;
  if (status == 404) co_return fail(errc::repo_missing, "there is no index at " + what.name);
  if (status >= 500) co_return fail(errc::vendor_unavailable, what.name + " has trouble");
  if (status != 200) co_return unreadable(what.name, "HTTP " + std::to_string(status));
  co_return read_index(std::move(what), std::move(wish), got);
}

class index_vendor final : public vendor {
 public:
  std::string_view name() const noexcept override { return "index"; }
  bool serves(const reference& what) const noexcept override {
    return what.from == scheme::url && what.name.ends_with("/index.json");
  }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    return pull_index(std::move(what), std::move(wish));
  }
  net::keyring keys(const reference& what, std::string_view token) const override {
    net::keyring out;
    const auto where = net::origin_of(what.name);
    const bool usable = !token.empty() && fits_a_header(token);
    if (where && usable) out.add({*where, "Bearer " + std::string{token}});
    return out;
  }
};

} // namespace
} // namespace hive::vendors
// [example]

using namespace hive;
using namespace hive::vendors;

namespace {

const std::string url = "https://models.example.org/small/index.json";

reference index_at(const std::string& where) {
  reference what;
  what.from = scheme::url;
  what.name = where;
  return what;
}

std::string file_entry(const std::string& path) {
  return R"({"path":")" + path + R"(","size":7,"sha256":")" + std::string(64, 'd') + R"("})";
}

/// What stands between two lines that hold `mark`, without them.
std::string between(const std::string& text, const std::string& mark, const std::string& end) {
  const auto from = text.find('\n', text.find(mark)) + 1;
  const auto to = text.find(end, from);
  REQUIRE(to != std::string::npos);
  return text.substr(from, to - from);
}

/// The first folder from `inside` upwards that holds the repository.
std::filesystem::path source_root(std::filesystem::path inside) {
  while (!exists(inside / "docs/adding-a-vendor.md") && inside != inside.root_path())
    inside = inside.parent_path();
  return inside;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

} // namespace

TEST_CASE("the example vendor turns an index into a plan") {
  script replies;
  replies.on(url, 200,
             R"({"release":")" + std::string(64, 'e') + R"(","files":[)" + file_entry("a.gguf") +
                 "," + file_entry("config.json") + "]}");
  const auto plan = replies.play(index_vendor{}.resolve(index_at(url), {}));
  REQUIRE(plan);
  CHECK(plan->revision == std::string(64, 'e'));
  REQUIRE(plan->files.size() == 2);
  CHECK(plan->files[0].path == "config.json");
  CHECK(plan->files[1].sources.at(0).url == "https://models.example.org/small/a.gguf");
  CHECK(plan->files[1].expected == digest{digest_kind::sha256, std::string(64, 'd')});
}

TEST_CASE("the example vendor tells its failures apart") {
  const auto after = [](int status, const std::string& body) {
    script replies;
    replies.on(url, status, body);
    return replies.play(index_vendor{}.resolve(index_at(url), {})).why().code;
  };
  CHECK(after(404, "") == errc::repo_missing);
  CHECK(after(503, "") == errc::vendor_unavailable);
  CHECK(after(403, "") == errc::unreadable_reply);
  CHECK(after(200, "{}") == errc::unreadable_reply);
  const auto hostile = R"({"release":")" + std::string(64, 'e') + R"(","files":[)";
  CHECK(after(200, hostile + file_entry("../x") + "]}") == errc::bad_path);
}

TEST_CASE("the example vendor serves its own references and binds its token") {
  const index_vendor vendor;
  CHECK(vendor.serves(index_at(url)));
  CHECK_FALSE(vendor.serves(index_at("https://models.example.org/a.gguf")));
  CHECK(vendor.keys(index_at(url), "t").authorization_for(url) == "Bearer t");
  CHECK_FALSE(vendor.keys(index_at(url), "t").authorization_for("https://other.example.org/"));
}

TEST_CASE("the example vendor keeps to the contract") {
  const auto index = [](const std::string& files) {
    return script{}.on(url, 200,
                       R"({"release":")" + std::string(64, 'e') + R"(","files":[)" + files + "]}");
  };
  const auto large =
      R"({"path":"a","size":99999999999999999,"sha256":")" + std::string(64, 'd') + R"("})";
  check_conformance(
      {.make = [] { return std::make_unique<index_vendor>(); },
       .stranger = "hf:org/repo",
       .asks = {"https://models.example.org"},
       .recordings = {{"happy", url, index(file_entry("a.gguf"))},
                      {"empty", url, index(""), errc::entry_missing},
                      {"malformed", url, script{}.on(url, 200, "[]"), errc::unreadable_reply},
                      {"hostile names", url, index(file_entry("../x")), errc::bad_path},
                      {"huge", url, index(large), errc::unreadable_reply}},
       .lacks = {"gated", "rate-limited", "paged"}});
}

TEST_CASE("the document quotes the example as it is") {
  const std::filesystem::path document{"docs/adding-a-vendor.md"};
  auto root = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  if (!exists(source_root(root) / document)) root = std::filesystem::current_path();
  root = source_root(root);
  REQUIRE(exists(root / document));
  const auto quoted = between(read_file(root / document), "```cpp", "```");
  const auto compiled = between(read_file(root / "tests/vendors/index_vendor_test.cpp"),
                                "// [example]", "// [example]");
  CHECK(quoted == compiled);
}
