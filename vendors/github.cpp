#include "vendors/github.hpp"

#include "vendors/checksums.hpp"
#include "vendors/github_release.hpp"
#include "vendors/github_repo.hpp"
#include "vendors/metadata.hpp"
#include "vendors/wanted.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace hive::vendors {

namespace {

constexpr std::uint64_t largest_checksum_file = 1u << 20;
constexpr std::string_view latest = "latest";
constexpr auto as_file = "application/octet-stream";

using paths = std::vector<std::string>;

/// Which of a file's two addresses is asked: the web's costs no quota, the API's knows tokens.
enum class way : std::uint8_t { web, api };

std::string tag_of(const reference& what) {
  const auto tag = what.revision.substr(0, what.revision.find('~'));
  return tag == latest ? std::string{} : tag;
}

file_source source_of(const github_repo& repo, const github_asset& asset, way by) {
  file_source source;
  source.url = by == way::web ? asset.url : repo.asset_url(asset.id);
  if (by == way::api) source.headers = {{"accept", as_file}};
  // No server sends it: it ties bytes that are here to this very upload of the file.
  source.checks = {{"x-github-asset", std::to_string(asset.id) + " " + asset.updated}};
  return source;
}

conversation<github_release> ask_release(github_repo repo, std::string tag) {
  HIVE_CO_TRY(const auto got, co_await ask(github_request(repo.release_url(tag))));
  if (got.head.status == 200) co_return github_release::read(repo, got);
  if (got.head.status != 404) co_return github_refusal(repo, got);
  HIVE_CO_TRY(const auto newest, co_await ask(github_request(repo.newest_releases_url())));
  if (newest.head.status != 200) co_return github_refusal(repo, newest);
  co_return no_such_release(repo, tag, newest);
}

/// Whether everybody gets a first byte of it on the web.
conversation<way> ask_way(std::string url) {
  auto first = github_request(std::move(url), "*/*");
  first.bucket = "files";
  first.range = byte_range{0, 1};
  first.head_only = true;
  HIVE_CO_TRY(const auto got, co_await ask(std::move(first)));
  const auto status = got.head.status;
  const bool page = header_text(got, "content-type").starts_with("text/html"); // of a login
  if (status == 401 || status == 403 || status == 404 || (status < 300 && page)) co_return way::api;
  co_return way::web; // trouble of the web's is a transfer's to wait for
}

/// Checksum files that may know one of `wanted`: those about many files first.
paths checksum_files(const github_release& release, const paths& wanted) {
  paths out;
  for (const auto& name : release.names())
    if (is_checksum_list(name)) out.push_back(name);
  for (const auto& name : release.names())
    if (!is_checksum_list(name) && std::ranges::find(wanted, checked_by(name)) != wanted.end())
      out.push_back(name);
  if (out.size() > most_checksum_files) out.resize(most_checksum_files);
  return out;
}

struct checksums {
  checksum_list known;
  paths read_from;
};

bool all_known(const checksums& so_far, const paths& wanted) {
  return std::ranges::all_of(wanted, [&](const auto& name) { return so_far.known.contains(name); });
}

/// A file that cannot be had, or is not what its own digest says, is as good as none.
void take_in(checksums& so_far, const std::string& name, const github_asset& asset,
             const net::reply& got) {
  if (got.head.status != 200 || got.body.size() != asset.size) return;
  if (asset.known && sha256_hex(got.body) != asset.known->hex) return;
  const auto found = read_checksums(got.body, checked_by(name));
  if (found.empty()) return;
  so_far.known.insert(found.begin(), found.end());
  so_far.read_from.push_back(name);
}

/// The digests of `wanted` as far as checksum files of the release tell them.
conversation<checksums> ask_checksums(github_repo repo, github_release release, paths wanted,
                                      way by) {
  checksums out;
  for (const auto& name : checksum_files(release, wanted)) {
    if (all_known(out, wanted)) break;
    const auto& asset = *release.find(name);
    if (asset.size > largest_checksum_file) continue;
    const auto source = source_of(repo, asset, by);
    auto wish = github_request(source.url, as_file);
    if (by == way::web) wish.bucket = "files";
    HIVE_CO_TRY(const auto got, co_await ask(std::move(wish)));
    take_in(out, name, asset, got);
  }
  co_return std::move(out);
}

std::string listed(const paths& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + quotable(name);
  return out;
}

download_plan make_plan(const github_repo& repo, const github_release& release, const paths& chosen,
                        const checksums& sums, way by) {
  download_plan plan;
  std::size_t told = 0;
  for (const auto& name : chosen) {
    const auto& asset = *release.find(name);
    auto expected = asset.known;
    if (const auto sum = sums.known.find(name); !expected && sum != sums.known.end()) {
      expected = digest{digest_kind::sha256, sum->second};
      ++told;
    }
    plan.files.push_back({name, asset.size, std::move(expected), {source_of(repo, asset, by)}});
  }
  if (told > 0)
    plan.remarks.push_back({"digests-found",
                            "digests of " + std::to_string(told) +
                                (told == 1 ? " file" : " files") + " come from " +
                                listed(sums.read_from) + " of the release",
                            false});
  for (const auto* const gone : {"404", "410"})
    plan.refusals.push_back({":status", gone, errc::entry_missing,
                             repo.shown + " no longer has this file",
                             "it was removed or replaced meanwhile: pull again"});
  plan.revision = release.identity();
  return plan;
}

conversation<download_plan> pull(std::string api, reference what, file_wish wish) {
  HIVE_CO_TRY(const auto repo, github_repo_of(api, what));
  const auto tag = tag_of(what);
  HIVE_CO_TRY(const auto release, co_await ask_release(repo, tag));
  const auto listed = release.names();
  HIVE_CO_TRY(const auto chosen, wanted_files(what, std::move(wish), listed));
  HIVE_CO_TRY(const auto by, co_await ask_way(release.find(chosen.front())->url));
  paths unknown;
  std::ranges::copy_if(chosen, std::back_inserter(unknown),
                       [&](const auto& name) { return !release.find(name)->known; });
  checksums sums;
  if (!unknown.empty()) {
    HIVE_CO_TRY(sums, co_await ask_checksums(repo, release, std::move(unknown), by));
  }
  auto plan = make_plan(repo, release, chosen, sums, by);
  plan.requested = tag.empty() ? std::string{latest} : tag;
  plan.what = std::move(what);
  co_return std::move(plan);
}

class github final : public vendor {
 public:
  explicit github(const vendor_settings& settings)
    : api_(settings.github_api), token_(settings.github_token) {}

  std::string_view name() const noexcept override { return to_string(scheme::gh); }
  bool serves(const reference& what) const noexcept override { return what.from == scheme::gh; }
  conversation<download_plan> resolve(reference what, file_wish wish) const override {
    return pull(api_, std::move(what), std::move(wish));
  }
  net::keyring keys(const reference&, std::string_view token) const override {
    net::keyring out;
    if (token.empty()) token = token_;
    const auto where = net::origin_of(api_);
    if (where && !token.empty() && fits_a_header(token))
      out.add({*where, "Bearer " + std::string{token}});
    return out;
  }

 private:
  std::string api_;
  std::string token_;
};

} // namespace

std::unique_ptr<const vendor> make_github(const vendor_settings& settings) {
  return std::make_unique<github>(settings);
}

} // namespace hive::vendors
