#include "core/base/file_version.hpp"

namespace hive {

std::string file_version(const struct stat& seen) {
  return std::to_string(seen.st_ino) + "-" + std::to_string(seen.st_size) + "-" +
         std::to_string(seen.st_mtim.tv_sec) + "." + std::to_string(seen.st_mtim.tv_nsec);
}

} // namespace hive
