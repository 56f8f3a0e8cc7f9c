#include "vendors/hub_repo.hpp"

#include "core/base/percent.hpp"

#include <algorithm>
#include <utility>

namespace hive::vendors {

namespace {

/// What the API calls a kind; the web calls it the same, but leaves it out for models.
std::string_view plural(repo_kind kind) noexcept {
  switch (kind) {
  case repo_kind::model: return "models";
  case repo_kind::dataset: return "datasets";
  case repo_kind::space: return "spaces";
  }
  return "models";
}

bool is_name_part(std::string_view part) noexcept {
  const auto usual = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !part.empty() && part.size() <= 128 && std::ranges::all_of(part, usual) &&
         part.find_first_not_of('.') != std::string_view::npos;
}

} // namespace

std::string hub_endpoint_of(const std::string& configured, const reference& what) {
  if (what.host.empty()) return configured;
  const auto mine = net::origin_of(configured);
  if (mine) {
    const auto same = net::origin_of(mine->scheme + "://" + what.host);
    if (same && *same == *mine) return configured;
  }
  auto other = "https://" + what.host;
  const auto where = net::origin_of(other);
  return where && net::is_loopback(*where) ? "http://" + what.host : other;
}

std::string hub_repo::api() const {
  return endpoint + "/api/" + std::string{plural(kind)} + "/" + percent_encode(id, "/");
}

std::string hub_repo::revision_url(std::string_view revision) const {
  return api() + "/revision/" + percent_encode(revision);
}

std::string hub_repo::tree_url(std::string_view commit) const {
  return api() + "/tree/" + percent_encode(commit) + "?recursive=true&expand=false";
}

std::string hub_repo::access_url() const {
  return api() + "/auth-check";
}

std::string hub_repo::page() const {
  const auto folder = kind == repo_kind::model ? std::string{} : std::string{plural(kind)} + "/";
  return endpoint + "/" + folder + percent_encode(id, "/");
}

std::string hub_repo::file_url(std::string_view commit, std::string_view path) const {
  return page() + "/resolve/" + percent_encode(commit) + "/" + percent_encode(path, "/");
}

result<hub_repo> hub_repo_of(const std::string& configured, const reference& what) {
  const auto endpoint = hub_endpoint_of(configured, what);
  const auto where = net::origin_of(endpoint);
  if (!where && what.host.empty()) {
    return fail(errc::bad_config, "the Hub's endpoint is no web address: " + endpoint,
                "set HF_ENDPOINT to one like https://huggingface.co");
  }
  if (!where) return where.why();
  reference bare;
  bare.from = what.from;
  bare.kind = what.kind;
  bare.host = what.host;
  bare.name = what.name;
  const auto kind = what.from == scheme::space ? repo_kind::space : what.kind;
  return hub_repo{endpoint, *where, kind, what.name, to_string(bare)};
}

bool is_repo_id(std::string_view id) noexcept {
  const auto slash = id.find('/');
  if (slash == std::string_view::npos) return is_name_part(id);
  return is_name_part(id.substr(0, slash)) && is_name_part(id.substr(slash + 1));
}

} // namespace hive::vendors
