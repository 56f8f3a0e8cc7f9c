#pragma once
/// One release as GitHub's API tells it: a tag and its files.

#include "core/base/digest.hpp"
#include "core/base/result.hpp"
#include "core/net/message.hpp"
#include "vendors/github_repo.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hive::vendors {

struct github_asset {
  std::uint64_t id{0};
  std::uint64_t size{0};
  std::string updated;         ///< a file can be replaced under its name
  std::optional<digest> known; ///< published for uploads since June 2025
  std::string url;             ///< where everybody may fetch it, unless it is private
};

class github_release {
 public:
  /// Files whose upload has not ended are passed over. errc::unreadable_reply names the field that
  /// is wrong, or a name that came before.
  static result<github_release> read(const github_repo& repo, const net::reply& got);

  const std::string& tag() const noexcept { return tag_; }
  /// What it is at this moment: "<tag>~<16 hex>". No tag has a '~'. Another when a file came, went
  /// or was replaced.
  std::string identity() const;
  std::vector<std::string> names() const; ///< sorted
  /// Null when there is none.
  const github_asset* find(const std::string& name) const;

 private:
  std::string tag_;
  std::map<std::string, github_asset> assets_;
};

} // namespace hive::vendors
