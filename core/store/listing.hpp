#pragma once
/// What lies at a path of this machine, as the reply a file: conversation asks for
/// (vendors/local.hpp says what is in it). Reads the disk: not for an actor's thread.

#include "core/base/result.hpp"

#include <filesystem>
#include <string>

namespace hive::store {

struct listing {
  int status{404};  ///< 200, 403 or 404
  std::string body; ///< JSON when 200; when 403 the path that may not be read, if it is known
};

/// The text of one file; more than 4 MiB is errc::too_large.
result<listing> read_file(const std::filesystem::path& path);
/// At most 100,000 files; more is status 413.
listing list_files(std::filesystem::path path);

} // namespace hive::store
