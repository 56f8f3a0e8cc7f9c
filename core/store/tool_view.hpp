#pragma once
/// One view of an artifact in another tool's folder: making its names, seeing whether they still
/// are as they were made, taking them away again.
///
/// Nothing of anybody else is replaced or removed: a name that is taken by another file is
/// errc::conflict, and what was put in our file's place since stays. Contents are placed by hard
/// link or reflink, and copied across file systems. Blocks; one thread at a time.

#include "core/base/ids.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/home.hpp"
#include "core/store/tool_layout.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace hive::store {

/// A name and the file that was seen under it when it was made.
struct made_name {
  view_name name;
  bool ours{false}; ///< made by hive; else it was there
  std::uint64_t inode{0};
  std::int64_t mtime_ns{0};
  friend bool operator==(const made_name&, const made_name&) = default;
};

struct tool_view {
  artifact_id of;
  std::string view; ///< to_string(view_wish)
  std::filesystem::path root;
  std::string opens; ///< below the root
  link_kind how{link_kind::hard_link};
  std::string flaw{}; ///< why it is not there
  std::vector<made_name> names{};
  friend bool operator==(const tool_view&, const tool_view&) = default;
};

/// Whether a text under this path was written by hive for another artifact.
using own_text = std::function<bool(const std::string& path, const std::string& text)>;

/// A content that lies on another file system than its name will: it is copied to `fresh`, beside
/// the name, before names are made.
struct view_copy {
  std::string path; ///< of its name
  std::filesystem::path from;
  std::filesystem::path fresh;
};
/// Those of `of` whose names are not there. errc::disk_full when they have no room.
result<std::vector<view_copy>> copies_for(const home& where, const tool_view& of);

/// Makes the names of `into` that are not there, of `copies` where there is one; when one cannot be
/// made, those made by this call go again. errc::conflict, disk_full, home_unwritable, disk_failed.
outcome make_names(const home& where, tool_view& into, const own_text& own,
                   const std::vector<view_copy>& copies);

enum class name_state : std::uint8_t { stands = 0, changed = 1, gone = 2 };
name_state state_of(const home& where, const std::filesystem::path& root, const made_name& one);

/// Takes away what is ours and as it was made, save `kept` paths and what the tool itself has come
/// to need (another manifest, another snapshot), and folders that have become empty.
outcome take_names(const home& where, const tool_view& from,
                   const std::function<bool(const std::string& path)>& kept);

/// Takes away the names that are this very blob file; true when there were any.
result<bool> take_content(const home& where, const tool_view& from, const std::string& sha256);

} // namespace hive::store
