#pragma once
/// The files of one commit, gathered from the pages of a Hub's tree listing.

#include "core/base/result.hpp"
#include "core/net/message.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hive::vendors {

struct hub_file {
  std::uint64_t size{0};             ///< of the content, not of a pointer to it
  std::string blob;                  ///< git's object id: of the pointer where `sha256` is known
  std::optional<std::string> sha256; ///< large files only
};

class hub_tree {
 public:
  /// `where` names the listing in failures.
  explicit hub_tree(std::string where) : where_(std::move(where)) {}

  /// Takes one page. Directories are passed over. errc::unreadable_reply names the field that is
  /// wrong, a path that came before, or a list beyond all bounds.
  outcome add_page(const net::reply& got);

  std::vector<std::string> paths() const; ///< sorted
  /// Null when there is none.
  const hub_file* find(const std::string& path) const;

 private:
  std::string where_;
  std::size_t entries_{0};
  std::map<std::string, hub_file> files_;
};

} // namespace hive::vendors
