#pragma once
/// A repository whose releases are asked for: the URLs of GitHub's REST API around it, and what its
/// replies mean that are no success.

#include "core/artifact/reference.hpp"
#include "core/base/result.hpp"
#include "core/net/message.hpp"
#include "core/net/origin.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hive::vendors {

struct github_repo {
  std::string api; ///< "https://api.github.com", on an Enterprise host "https://host/api/v3"
  net::origin where;
  std::string name;  ///< "owner/repo"
  std::string shown; ///< for messages: "gh:owner/repo"

  /// `tag` empty: the newest that is neither a draft nor a pre-release.
  std::string release_url(std::string_view tag) const;
  std::string newest_releases_url() const;
  std::string asset_url(std::uint64_t id) const;
  /// What a browser opens.
  std::string page() const;
};

/// errc::bad_config when `api` is no web address.
result<github_repo> github_repo_of(const std::string& api, const reference& what);

/// A GET as the API wants it; `accept` is what it should answer.
net::request github_request(std::string url, std::string accept = "application/vnd.github+json");

/// Limits are told apart from refusals, which share a status. 404 is the repository's.
failure github_refusal(const github_repo& repo, const net::reply& got);

/// There is no release `tag` (empty: none that is newest), but the repository is there: `newest` is
/// its list of releases.
failure no_such_release(const github_repo& repo, std::string_view tag, const net::reply& newest);

} // namespace hive::vendors
