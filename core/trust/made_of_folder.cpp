#include "core/trust/made_of_folder.hpp"

#include <sys/stat.h>

namespace hive::trust {

folder_stamp::folder_stamp(const hive_files& where) {
  const std::array paths{where.certificate(), where.key(), where.authority(), where.revoked()};
  for (std::size_t i = 0; i < paths.size(); ++i) {
    struct stat seen {};
    if (::stat(paths[i].c_str(), &seen) != 0) continue;
    files_[i] = {seen.st_ino, seen.st_size,
                 seen.st_ctim.tv_sec * 1'000'000'000LL + seen.st_ctim.tv_nsec};
  }
}

} // namespace hive::trust
