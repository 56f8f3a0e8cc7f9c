#pragma once
/// $HIVE_HOME: where everything lies, and who holds it.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace hive::store {

/// The paths below one root (docs/store.md). A value; makes nothing.
struct home {
  std::filesystem::path root;

  std::filesystem::path blobs() const { return root / "blobs" / "sha256"; }
  std::filesystem::path blob(std::string_view sha256) const;   ///< blobs/sha256/ab/abcdef…
  std::filesystem::path pieces(std::string_view sha256) const; ///< pieces/ab/abcdef…
  /// What a damaged blob held, while it cannot be repaired.
  std::filesystem::path damaged(std::string_view sha256) const { return root / "damaged" / sha256; }
  std::filesystem::path partials() const { return root / "partial"; }
  std::filesystem::path database() const { return root / "hive.db"; }
  std::filesystem::path hub() const { return root / "hub"; }
  std::filesystem::path files() const { return root / "files"; } ///< plain views, views.hpp
  std::filesystem::path node() const { return root / "node"; }
};

/// Makes the folders (0700 for node/). errc::home_unwritable (or disk_full) says which and why.
outcome prepare(const home& where);

/// The exclusive hold of one process on a home (flock on node/lock). Released by the destructor and
/// by the kernel when the process dies. One thread at a time.
class home_lock {
 public:
  /// errc::home_locked names the holder: pid and address. May wait 100 ms for one who only looked.
  static result<home_lock> acquire(const home& where);
  ~home_lock();
  home_lock(home_lock&&) noexcept;
  home_lock& operator=(home_lock&&) noexcept;
  /// Tells others where the holder answers ("http://127.0.0.1:7835").
  outcome announce(const std::string& url);

 private:
  explicit home_lock(int fd) noexcept : fd_(fd) {}
  int fd_{-1};
};

/// The address the live holder of `where` announced; empty when nobody holds it or it has not said
/// yet.
std::string holder_url(const home& where);

/// This home's node id, made at first use by whoever holds the lock. errc::bad_config when node/id
/// holds something else.
result<node_id> identity(const home& where);

} // namespace hive::store
