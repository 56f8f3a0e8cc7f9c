#pragma once
/// One repository of a Hub: what it is called, and the URLs around it.

#include "core/artifact/reference.hpp"
#include "core/base/result.hpp"
#include "core/net/origin.hpp"

#include <string>
#include <string_view>

namespace hive::vendors {

/// The Hub a reference is asked at, without trailing slash: `configured`, unless the reference was
/// pasted with another host (then https, on loopback http).
std::string hub_endpoint_of(const std::string& configured, const reference& what);

struct hub_repo {
  std::string endpoint;
  net::origin where; ///< of the endpoint
  repo_kind kind{repo_kind::model};
  std::string id;    ///< "org/repo", as the Hub itself spells it once it has answered
  std::string shown; ///< as in a reference, for messages: "hf:org/repo"

  /// "<endpoint>/api/models/org/repo"
  std::string api() const;
  std::string revision_url(std::string_view revision) const;
  /// The first page of the list of files.
  std::string tree_url(std::string_view commit) const;
  /// Answers 401 or 403 where metadata is public and files are not.
  std::string access_url() const;
  /// What a browser opens.
  std::string page() const;
  std::string file_url(std::string_view commit, std::string_view path) const;
};

/// errc::bad_config or errc::bad_reference when there is no such endpoint.
result<hub_repo> hub_repo_of(const std::string& configured, const reference& what);

/// Whether `id` has the form of a repository's name: "repo" or "org/repo" of letters, digits, '-',
/// '_' and '.', neither part made of dots.
bool is_repo_id(std::string_view id) noexcept;

} // namespace hive::vendors
