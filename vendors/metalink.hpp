#pragma once
/// Metalink 4 (RFC 5854): files, their digests, and where each of them is. The only place that
/// reads XML. Pure, total.

#include "core/base/digest.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::vendors {

struct metalink_file {
  std::string name; ///< a stranger's text, may have folders
  std::optional<std::uint64_t> size;
  std::optional<digest> expected;  ///< the file's sha-256, when it tells one
  std::vector<std::string> urls;   ///< http(s), those to be asked first in front
  std::vector<std::string> others; ///< addresses of other kinds: ftp, torrents
};

/// `where` names the document in failures. errc::unreadable_reply for what is no Metalink, is
/// beyond all bounds (4 MiB, 10,000 files, 100 addresses each), or names a file twice.
result<std::vector<metalink_file>> read_metalink(std::string_view where, std::string_view text);

} // namespace hive::vendors
