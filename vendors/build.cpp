#include "vendors/build.hpp"

#include "core/artifact/recipe.hpp"
#include "core/artifact/safe_path.hpp"
#include "core/net/local_url.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace hive::vendors {

namespace {

using vendor_list = std::vector<std::unique_ptr<const vendor>>;

failure about(const std::string& recipe, const recipe_source& source, std::string why,
              std::string hint) {
  return fail(errc::bad_recipe,
              recipe + ": line " + std::to_string(source.line) + ": the source " +
                  to_string(source.what) + " " + std::move(why),
              std::move(hint));
}

/// The digest the recipe itself gives.
outcome apply_digest(const std::string& recipe, const recipe_source& source, download_plan& plan) {
  if (!source.expected) return {};
  if (plan.files.size() != 1)
    return about(recipe, source, "has " + std::to_string(plan.files.size()) + " files",
                 "sha256 is for a source of one file: choose one with include");
  auto& file = plan.files.front();
  if (file.expected && file.expected->kind == digest_kind::sha256 &&
      *file.expected != *source.expected)
    return about(recipe, source, "has another SHA-256: " + file.expected->hex,
                 "look at what has changed, then correct the recipe");
  file.expected = source.expected;
  return {};
}

/// What is asked for twice is the same twice.
outcome check_pinned(const std::string& recipe, const recipe_source& source,
                     const download_plan& plan) {
  const bool exact = std::ranges::all_of(
      plan.files, [](const plan_file& file) { return file.expected.has_value(); });
  if (exact && (plan.requested.empty() || source.expected)) return {};
  if (!plan.requested.empty()) {
    return about(recipe, source, "can move: " + plan.requested + " is " + plan.revision + " today",
                 "write ref = \"" + to_string(pinned(source.what, plan.revision)) + "\"");
  }
  return about(recipe, source, "has no digest, so nobody can say whether it has changed",
               "give it one: sha256 = \"…\" beside ref, with include if it has several files");
}

const vendor* who_serves(const vendor_list& all, const reference& what) noexcept {
  const auto found = std::ranges::find_if(all, [&](const auto& one) { return one->serves(what); });
  return found == all.end() ? nullptr : found->get();
}

/// What its vendor asks about a source is asked with that source's secrets.
conversation<download_plan> find_source(const vendor& who, reference what, file_wish wish) {
  auto words = who.resolve(what, std::move(wish));
  while (const auto* wanted = words.wants()) {
    ask question{*wanted, what};
    auto got = co_await std::move(question);
    words.answer(std::move(got));
  }
  co_return std::move(words).value();
}

/// Adds a source's files, below its folder.
void take(const recipe_source& source, download_plan from, download_plan& into) {
  into.inputs.push_back(source.what);
  for (auto& file : from.files) {
    file.path = source.path + "/" + file.path;
    file.origin = into.inputs.size();
    into.files.push_back(std::move(file));
  }
  into.refusals.insert(into.refusals.end(), std::make_move_iterator(from.refusals.begin()),
                       std::make_move_iterator(from.refusals.end()));
}

outcome check_paths(const std::string& recipe, const download_plan& plan) {
  std::vector<std::string> paths;
  for (const auto& file : plan.files) {
    HIVE_CHECK(check_relative_path(file.path));
    paths.push_back(file.path);
  }
  auto apart = check_no_collisions(paths);
  if (apart) return {};
  auto why = std::move(apart).why();
  return fail(errc::bad_recipe, recipe + ": " + why.detail,
              "give the sources different folders with path");
}

conversation<download_plan> prepare(const vendor_list& sources, reference what, file_wish wish) {
  if (!wish.include.empty() || !wish.exclude.empty())
    co_return fail(errc::bad_request, "a build's recipe says which files come out of it",
                   "leave include and exclude away, or change [output] of the recipe");
  net::request text;
  text.method = "RECIPE";
  text.url = net::local_url(what.name);
  HIVE_CO_TRY(const auto got, co_await ask(std::move(text)));
  auto read = parse_recipe(got.body);
  if (!read)
    co_return fail(errc::bad_recipe, what.name + ": " + read.why().detail, read.why().hint);
  download_plan plan;
  for (const auto& source : read->sources) {
    const auto* const who = who_serves(sources, source.what);
    if (who == nullptr)
      co_return about(what.name, source, "is served by no vendor of this build", {});
    // A name of its own: GCC 12 destroys a braced temporary of a co_await expression twice.
    file_wish chosen;
    chosen.include = source.include;
    chosen.exclude = source.exclude;
    HIVE_CO_TRY(auto found, co_await find_source(*who, source.what, std::move(chosen)));
    HIVE_CO_CHECK(apply_digest(what.name, source, found));
    HIVE_CO_CHECK(check_pinned(what.name, source, found));
    take(source, std::move(found), plan);
  }
  HIVE_CO_CHECK(check_paths(what.name, plan));
  std::vector<recipe_input> inputs;
  for (const auto& file : plan.files) inputs.push_back({file.path, *file.expected});
  plan.revision = recipe_digest(*read, std::move(inputs));
  plan.how = std::move(*read);
  plan.what = std::move(what);
  co_return std::move(plan);
}

class build final : public vendor {
 public:
  explicit build(vendor_list sources) : sources_(std::move(sources)) {}

  std::string_view name() const noexcept override { return to_string(scheme::build); }
  bool serves(const reference& what) const noexcept override { return what.from == scheme::build; }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    return prepare(sources_, std::move(what), std::move(wish));
  }
  /// Of a source: those its own vendor has for it; the recipe itself needs none.
  net::keyring keys(const reference& what, std::string_view token) const override {
    const auto* const who = who_serves(sources_, what);
    return who ? who->keys(what, token_for(what, token)) : net::keyring{};
  }
  bool unlocks(const reference& what) const noexcept override {
    const auto* const who = who_serves(sources_, what);
    return who != nullptr && who->unlocks(what);
  }
  conversation<net::token> unlock(reference what, std::string token, lockout why) const override {
    const auto* const who = who_serves(sources_, what);
    if (who == nullptr) return vendor::unlock(std::move(what), std::move(token), std::move(why));
    const std::string given{token_for(what, token)};
    return who->unlock(std::move(what), given, std::move(why));
  }

 private:
  /// A job's own token is the Hub's: it is shown to no other kind of source.
  static std::string_view token_for(const reference& what, std::string_view token) noexcept {
    return what.from == scheme::hf ? token : std::string_view{};
  }

  vendor_list sources_;
};

} // namespace

std::unique_ptr<const vendor> make_build(vendor_list sources) {
  return std::make_unique<build>(std::move(sources));
}

} // namespace hive::vendors
