#include "core/store/file_bytes.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

result<file_bytes> file_bytes::open(std::filesystem::path path) {
  HIVE_TRY(auto fd, open_file(path, O_RDONLY | O_NONBLOCK));
  struct stat seen {};
  if (::fstat(fd.get(), &seen) != 0) return disk_failure(errno, "look at", path);
  return file_bytes{std::move(path), std::move(fd), static_cast<std::uint64_t>(seen.st_size)};
}

outcome file_bytes::read(std::uint64_t offset, std::span<char> into) {
  while (!into.empty()) {
    const auto got = ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_failure(errno, "read", path_);
    if (got == 0) return fail(errc::size_mismatch, path_.string() + " is shorter than it was");
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

} // namespace hive::store
