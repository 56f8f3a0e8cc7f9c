#include "vendors/github_release.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"
#include "vendors/metadata.hpp"

#include <utility>

namespace hive::vendors {

namespace {

constexpr std::size_t longest_tag = 250;

/// Other kinds of digest than ours are as good as none.
result<std::optional<digest>> read_digest(const std::string& where, json::node asset) {
  const auto text = asset["digest"].string();
  if (!text || !text->starts_with("sha256:")) return std::optional<digest>{};
  auto known = parse_digest(*text);
  if (!known) return unreadable(where, "its field \"digest\" is no sha256");
  return std::optional{*std::move(known)};
}

result<github_asset> read_asset(const github_repo& repo, const std::string& where,
                                json::node from) {
  github_asset asset;
  const auto id = from["id"].natural();
  if (!id) return unreadable(where, "its field \"id\" is not a whole number");
  asset.id = *id;
  HIVE_TRY(asset.size, size_field(where, from, "size"));
  HIVE_TRY(asset.updated, text_field(where, from, "updated_at"));
  HIVE_TRY(asset.known, read_digest(where, from));
  HIVE_TRY(asset.url, text_field(where, from, "browser_download_url"));
  const auto there = net::origin_of(asset.url);
  if (!there || ascii::has_control(asset.url) || !net::may_follow(repo.where, *there))
    return unreadable(where, "its field \"browser_download_url\" is no address to fetch from");
  return asset;
}

} // namespace

result<github_release> github_release::read(const github_repo& repo, const net::reply& got) {
  const auto where = "the release of " + repo.shown;
  HIVE_TRY(const auto body, read_body(where, got));
  github_release out;
  HIVE_TRY(out.tag_, text_field(where, body.root(), "tag_name"));
  const bool named = !out.tag_.empty() && out.tag_.size() <= longest_tag && is_utf8(out.tag_) &&
                     !ascii::has_control(out.tag_) && out.tag_.find('~') == std::string::npos;
  if (!named) return unreadable(where, "its field \"tag_name\" is no tag");
  const auto assets = body.root()["assets"];
  if (!assets.is_array()) return unreadable(where, "its field \"assets\" is no list");
  for (const auto entry : assets.elements()) {
    if (out.assets_.size() >= most_entries) return unreadable(where, "it has too many files");
    if (entry["state"].string().value_or("uploaded") != "uploaded") continue;
    HIVE_TRY(auto name, text_field(where, entry, "name"));
    HIVE_TRY(auto asset, read_asset(repo, where + " at '" + quotable(name) + "'", entry));
    const auto [at, fresh] = out.assets_.try_emplace(std::move(name), std::move(asset));
    if (!fresh) return unreadable(where, "it names '" + quotable(at->first) + "' twice");
  }
  return out;
}

std::string github_release::identity() const {
  std::string lines;
  for (const auto& [name, asset] : assets_)
    lines += name + '\t' + std::to_string(asset.id) + '\t' + std::to_string(asset.size) + '\t' +
             asset.updated + '\t' + (asset.known ? asset.known->hex : "") + '\n';
  return tag_ + "~" + sha256_hex(lines).substr(0, 16);
}

std::vector<std::string> github_release::names() const {
  std::vector<std::string> out;
  for (const auto& [name, asset] : assets_) out.push_back(name);
  return out;
}

const github_asset* github_release::find(const std::string& name) const {
  const auto at = assets_.find(name);
  return at == assets_.end() ? nullptr : &at->second;
}

} // namespace hive::vendors
