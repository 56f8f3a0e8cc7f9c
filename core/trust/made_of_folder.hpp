#pragma once
/// What is made of the hive folder's files (a TLS context, whom to let in), made anew once they
/// have changed: the next connection heeds a renewed certificate or a revocation, and others cost
/// four stats.

#include "core/trust/hive_folder.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace hive::trust {

/// Which certificate, key, authority and revocations lie in the folder. Each is replaced whole, by
/// another file. What is missing counts as zeros.
class folder_stamp {
 public:
  folder_stamp() = default;
  explicit folder_stamp(const hive_files& where);
  friend bool operator==(const folder_stamp&, const folder_stamp&) = default;

 private:
  struct version {
    std::uint64_t file{0};   ///< inode
    std::int64_t size{0};    ///< bytes
    std::int64_t changed{0}; ///< ns since 1970, by ctime
    friend bool operator==(const version&, const version&) = default;
  };
  std::array<version, 4> files_;
};

/// Any thread. T is cheap to copy.
template <class T>
class made_of_folder {
 public:
  using maker = std::function<result<T>(const hive_folder&)>;

  made_of_folder(store::home where, maker make)
    : where_(std::move(where)), make_(std::move(make)) {}

  /// errc::no_hive, errc::bad_config and what the maker says; the next call tries again.
  result<T> get() {
    const std::lock_guard hold{mutex_};
    const folder_stamp now{hive_files{where_}};
    if (made_ && now == stamp_) return *made_;
    HIVE_TRY(const auto hive, hive_folder::open(where_));
    HIVE_TRY(auto fresh, make_(hive));
    stamp_ = now;
    return made_.emplace(std::move(fresh));
  }

 private:
  store::home where_;
  maker make_;
  std::mutex mutex_;
  folder_stamp stamp_;
  std::optional<T> made_;
};

} // namespace hive::trust
