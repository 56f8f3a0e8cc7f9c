#include "vendors/hugging_face.hpp"

#include "core/base/digest.hpp"
#include "core/base/redact.hpp"
#include "vendors/hub_refusal.hpp"
#include "vendors/hub_repo.hpp"
#include "vendors/hub_tree.hpp"
#include "vendors/metadata.hpp"
#include "vendors/wanted.hpp"

#include <string>
#include <utility>

namespace hive::vendors {

namespace {

constexpr int most_pages = 1000;

/// What a revision's reply tells.
struct hub_commit {
  std::string id; ///< of the repository, in the Hub's own spelling
  std::string sha;
  bool gated{false};
  std::string sdk; ///< of a Space: "gradio"
};

result<hub_commit> read_commit(const hub_repo& repo, const net::reply& got) {
  const auto where = "the description of " + repo.shown;
  HIVE_TRY(const auto body, read_body(where, got));
  const auto root = body.root();
  if (!root.is_object()) return unreadable(where, "it is no object");
  hub_commit out;
  HIVE_TRY(out.sha, hex_field(where, root, "sha", 40));
  out.id = root["id"].is_null() ? repo.id : std::string{root["id"].string().value_or("")};
  if (!is_repo_id(out.id)) return unreadable(where, "its field \"id\" is no repository's name");
  const auto gated = root["gated"];
  out.sdk = quotable(root["sdk"].string().value_or(""));
  out.gated = gated.string().has_value() || gated.boolean().value_or(false);
  if (root["disabled"].boolean().value_or(false)) {
    return fail(errc::repo_disabled, repo.shown + " was disabled by the Hub",
                "its page may say why: " + repo.page());
  }
  return out;
}

conversation<hub_commit> ask_commit(hub_repo repo, std::string revision) {
  HIVE_CO_TRY(const auto got, co_await ask(metadata_request(repo.revision_url(revision))));
  if (got.head.status != 200) co_return hub_refusal(repo, revision, got);
  co_return read_commit(repo, got);
}

/// Only a clear no counts: not every server that speaks the Hub's API knows this question.
conversation<void> ask_access(hub_repo repo, std::string revision) {
  HIVE_CO_TRY(const auto got, co_await ask(metadata_request(repo.access_url())));
  const bool refused = got.head.status == 401 || got.head.status == 403;
  if (refused) co_return hub_refusal(repo, revision, got);
  co_return outcome{};
}

/// The URL of the page after `got`, empty when that was the last. It must not leave the Hub: the
/// token would stay behind, and somebody else would say what the repository holds.
result<std::string> page_after(const hub_repo& repo, const std::string& asked,
                               const net::reply& got) {
  const auto link = net::link_next(got.head.headers);
  if (!link) return std::string{};
  auto url = net::resolve_location(got.head.url.empty() ? asked : got.head.url, *link);
  const auto where = url ? net::origin_of(*url) : url.why();
  if (where && *where == repo.where) return url;
  return fail(errc::redirect_refused,
              "the file list of " + repo.shown + " goes on at '" + quotable(redact_url(*link)) +
                  "', away from " + net::to_string(repo.where),
              "if that is the Hub you mean, set HF_ENDPOINT to it");
}

conversation<hub_tree> ask_tree(hub_repo repo, std::string commit) {
  hub_tree tree{"the file list of " + repo.shown};
  std::string url = repo.tree_url(commit);
  for (int page = 0; page < most_pages; ++page) {
    HIVE_CO_TRY(const auto got, co_await ask(metadata_request(url)));
    if (got.head.status != 200) co_return hub_refusal(repo, commit, got);
    HIVE_CO_CHECK(tree.add_page(got));
    HIVE_CO_TRY(url, page_after(repo, url, got));
    if (url.empty()) co_return std::move(tree);
  }
  co_return unreadable("the file list of " + repo.shown, "it has more than 1000 pages");
}

plan_file planned(const hub_repo& repo, const std::string& commit, const std::string& path,
                  const hub_file& file) {
  file_source source;
  source.url = repo.file_url(commit, path);
  source.checks = {{"x-repo-commit", commit}, {"x-linked-size", std::to_string(file.size)}};
  // ETag is not checked: it is the object id on the Hub, but something else on mirrors and CDNs.
  if (file.sha256) source.checks.push_back({"x-linked-etag", *file.sha256});
  auto expected = file.sha256 ? digest{digest_kind::sha256, *file.sha256}
                              : digest{digest_kind::git_sha1, file.blob};
  return {path, file.size, std::move(expected), {std::move(source)}};
}

conversation<download_plan> pull(std::string configured, reference what, file_wish wish) {
  HIVE_CO_TRY(auto repo, hub_repo_of(configured, what));
  download_plan plan;
  if (is_hex(what.revision, 40)) {
    plan.revision = what.revision;
  } else {
    plan.requested = what.revision.empty() ? "main" : what.revision;
    HIVE_CO_TRY(auto commit, co_await ask_commit(repo, plan.requested));
    repo.id = std::move(commit.id);
    plan.revision = std::move(commit.sha);
    if (!commit.sdk.empty())
      plan.remarks.push_back({"space-sdk", repo.shown + " runs on " + commit.sdk, false});
    if (commit.gated) HIVE_CO_CHECK(co_await ask_access(repo, plan.requested));
  }
  HIVE_CO_TRY(const auto tree, co_await ask_tree(repo, plan.revision));
  HIVE_CO_TRY(const auto chosen, wanted_files(what, std::move(wish), tree.paths()));
  for (const auto& path : chosen) {
    const auto* file = tree.find(path);
    if (file) plan.files.push_back(planned(repo, plan.revision, path, *file));
  }
  plan.refusals = hub_refusal_rules(repo, plan.revision);
  plan.what = std::move(what);
  co_return std::move(plan);
}

class hugging_face final : public vendor {
 public:
  explicit hugging_face(const vendor_settings& settings)
    : endpoint_(settings.hub_endpoint), token_(settings.hub_token) {}

  std::string_view name() const noexcept override { return to_string(scheme::hf); }
  bool serves(const reference& what) const noexcept override {
    return what.from == scheme::hf || what.from == scheme::space;
  }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    return pull(endpoint_, std::move(what), std::move(wish));
  }
  net::keyring keys(const reference& what, std::string_view token) const override {
    net::keyring out;
    const auto endpoint = hub_endpoint_of(endpoint_, what);
    if (token.empty() && endpoint == endpoint_) token = token_;
    const auto where = net::origin_of(endpoint);
    if (!where || token.empty() || !fits_a_header(token)) return out;
    out.add({*where, "Bearer " + std::string{token}});
    return out;
  }

 private:
  std::string endpoint_;
  std::string token_;
};

} // namespace

std::unique_ptr<const vendor> make_hugging_face(const vendor_settings& settings) {
  return std::make_unique<hugging_face>(settings);
}

} // namespace hive::vendors
