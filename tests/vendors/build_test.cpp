#include "vendors/build.hpp"

#include "tests/support/catch.hpp"
#include "tests/vendors/script.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace hive;
using namespace hive::vendors;

namespace {

const std::string commit(40, 'c');

plan_file planned(const std::string& path, bool known = true) {
  plan_file file;
  file.path = path;
  file.size = 10;
  if (known) file.expected = digest{digest_kind::sha256, sha256_hex(path)};
  file.sources = {{"https://host/" + path, {}, {}}};
  return file;
}

/// Serves every hf: reference with what the test says.
class shop final : public vendor {
 public:
  explicit shop(download_plan plan) : plan_(std::move(plan)) {}
  std::string_view name() const noexcept override { return "hf"; }
  bool serves(const reference& what) const noexcept override { return what.from == scheme::hf; }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    auto plan = plan_;
    if (what.name == "a/asks") {
      net::request question;
      HIVE_CO_TRY([[maybe_unused]] const auto seen, co_await ask(std::move(question)));
    }
    if (wish.include == std::vector<std::string>{"one"}) plan.files.resize(1);
    plan.requested = what.revision == commit ? "" : "main";
    plan.revision = commit;
    co_return plan;
  }
  net::keyring keys(const reference&, std::string_view token) const override {
    net::keyring out;
    out.add({{"https", "host", 443}, "Bearer " + std::string{token}});
    return out;
  }
  bool unlocks(const reference& what) const noexcept override { return what.name == "a/locked"; }
  conversation<net::token> unlock(reference what, std::string token, lockout) const override {
    co_return net::token{{{"https", "host", 443}, to_string(what) + " " + token}, {}};
  }

 private:
  download_plan plan_;
};

std::unique_ptr<const vendor> builder(std::vector<plan_file> files) {
  std::vector<std::unique_ptr<const vendor>> sources;
  download_plan plan;
  plan.files = std::move(files);
  sources.push_back(std::make_unique<shop>(std::move(plan)));
  return make_build(std::move(sources));
}

std::string recipe_with(const std::string& sources) {
  return "[recipe]\nname = \"n\"\nversion = \"1\"\n" + sources +
         "[[step]]\nrun = [\"true\"]\n[output]\nfiles = [\"*\"]\n";
}

const std::string pinned_ref = "[[source]]\nref = \"hf:a/b@" + commit + "\"\n";

result<download_plan> prepare(const std::string& text,
                              std::vector<plan_file> files = {planned("one"), planned("two")},
                              file_wish wish = {}) {
  script replies;
  replies.recipe("file:///r/x.toml", 200, text);
  return replies.play(builder(std::move(files))
                          ->resolve(parse_reference("build:/r/x.toml").value(), std::move(wish)));
}

} // namespace

TEST_CASE("a recipe becomes a plan of its sources' files, below their folders") {
  const auto plan = prepare(recipe_with(pinned_ref + "path = \"in/m\"\n"));
  REQUIRE(plan);
  CHECK(to_string(plan->what) == "build:/r/x.toml");
  CHECK(is_hex(plan->revision, 64));
  CHECK(plan->requested.empty());
  REQUIRE(plan->files.size() == 2);
  CHECK(plan->files[0].path == "in/m/one");
  CHECK(plan->files[0].sources.at(0).url == "https://host/one");
  REQUIRE(plan->how);
  CHECK(plan->how->name == "n");
}

TEST_CASE("the revision of a build follows what its sources are") {
  const auto first = prepare(recipe_with(pinned_ref)).value();
  CHECK(first.revision == prepare("# again\n" + recipe_with(pinned_ref)).value().revision);
  CHECK(first.revision !=
        prepare(recipe_with(pinned_ref), {planned("one"), planned("three")}).value().revision);
  CHECK(artifact_key(first) == artifact_key(prepare(recipe_with(pinned_ref)).value()));
}

TEST_CASE("a recipe without sources is a plan without files") {
  const auto plan = prepare(recipe_with(""));
  REQUIRE(plan);
  CHECK(plan->files.empty());
  CHECK(is_hex(plan->revision, 64));
}

TEST_CASE("a source that can move is refused, with what to write instead") {
  const auto got = prepare(recipe_with("[[source]]\nref = \"hf:a/b\"\n"));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_recipe);
  CHECK(got.why().detail.find("line 4") != std::string::npos);
  CHECK(got.why().hint == "write ref = \"hf:a/b@" + commit + "\"");
}

TEST_CASE("a source without digests is refused, unless the recipe gives one") {
  const auto got = prepare(recipe_with(pinned_ref), {planned("one", false)});
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_recipe);
  CHECK(got.why().hint.find("sha256") != std::string::npos);
  const std::string hex(64, 'd');
  const auto plan = prepare(recipe_with("[[source]]\nref = \"hf:a/b\"\nsha256 = \"" + hex + "\"\n"),
                            {planned("one", false)});
  REQUIRE(plan);
  CHECK(plan->files.at(0).expected->hex == hex);
}

TEST_CASE("a digest the recipe gives is for one file, and must not contradict") {
  const std::string hex(64, 'd');
  const auto line = "sha256 = \"" + hex + "\"\n";
  const auto many = prepare(recipe_with(pinned_ref + line));
  REQUIRE_FALSE(many);
  CHECK(many.why().detail.find("has 2 files") != std::string::npos);
  const auto other = prepare(recipe_with(pinned_ref + "include = [\"one\"]\n" + line));
  REQUIRE_FALSE(other);
  CHECK(other.why().detail.find("has another SHA-256") != std::string::npos);
}

TEST_CASE("sources that would lie on each other are refused") {
  const auto got = prepare(recipe_with(pinned_ref + pinned_ref));
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_recipe);
  CHECK(prepare(recipe_with(pinned_ref + pinned_ref + "path = \"in/second\"\n")));
}

TEST_CASE("what is no recipe is said, with its path") {
  const auto got = prepare("[recipe]\n");
  REQUIRE_FALSE(got);
  CHECK(got.why().code == errc::bad_recipe);
  CHECK(got.why().detail.starts_with("/r/x.toml: "));
  CHECK(prepare(recipe_with("[[source]]\nref = \"gh:a/b@v1\"\n")).why().detail.find("no vendor") !=
        std::string::npos);
  CHECK(prepare(recipe_with(pinned_ref), {}, {"", {"*.gguf"}, {}}).why().code == errc::bad_request);
}

TEST_CASE("a build's secrets are its sources', each that of its own vendor") {
  const auto who = builder({});
  const auto source = parse_reference("hf:a/b@" + commit).value();
  CHECK(who->keys(source, "mine").authorization_for("https://host/a") == "Bearer mine");
  CHECK(who->keys(parse_reference("build:/r/x.toml").value(), "mine").empty());
  CHECK(who->keys(parse_reference("gh:a/b@v1").value(), "mine").empty());
}

TEST_CASE("what opens a source is asked of its own vendor, about that source") {
  const auto who = builder({});
  const auto locked = parse_reference("hf:a/locked").value();
  CHECK(who->unlocks(locked));
  CHECK_FALSE(who->unlocks(parse_reference("hf:a/b").value()));
  CHECK_FALSE(who->unlocks(parse_reference("build:/r/x.toml").value()));
  script none;
  const auto token = none.play(who->unlock(locked, "mine", {}));
  REQUIRE(token);
  CHECK(token->what.authorization == "hf:a/locked mine");
  const auto other = none.play(who->unlock(parse_reference("gh:a/b@v1").value(), "mine", {}));
  REQUIRE_FALSE(other);
  CHECK(other.why().code == errc::credentials_needed);
}

TEST_CASE("what is asked and fetched for a source says whose secrets it needs") {
  const auto who = builder({planned("one")});
  auto words = who->resolve(parse_reference("build:/r/x.toml").value(), {});
  REQUIRE(words.wants());
  CHECK_FALSE(words.whose());
  words.answer(reply_of(200, recipe_with(pinned_ref + "path = \"in/m\"\n" +
                                         "[[source]]\nref = \"hf:a/asks@" + commit + "\"\n")));
  REQUIRE(words.wants());
  REQUIRE(words.whose());
  CHECK(to_string(*words.whose()) == "hf:a/asks@" + commit);
  words.answer(reply_of(200, "{}"));
  CHECK(words.wants() == nullptr);
  const auto plan = std::move(words).value();
  REQUIRE(plan);
  REQUIRE(plan->inputs.size() == 2);
  CHECK(plan->inputs.at(1).name == "a/asks");
  CHECK(plan->files.at(0).origin == 1);
  CHECK(plan->files.at(1).origin == 2);
}
