#include "core/store/direct_reader.hpp"

#include <cerrno>
#include <cstdlib>
#include <new>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

constexpr std::size_t alignment = 4096;

std::byte* aligned_memory() {
  auto* memory = static_cast<std::byte*>(std::aligned_alloc(alignment, direct_reader::most));
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

} // namespace

void direct_reader::freeing::operator()(std::byte* memory) const noexcept {
  std::free(memory);
}

direct_reader::direct_reader(std::filesystem::path what, descriptor file, bool direct,
                             std::uint64_t size)
  : what_(std::move(what)), file_(std::move(file)), direct_(direct), size_(size),
    memory_(aligned_memory()) {}

result<direct_reader> direct_reader::open(const std::filesystem::path& what) {
  auto file = open_file(what, O_RDONLY | O_DIRECT | O_NOFOLLOW);
  const bool direct = file.has_value();
  if (!direct) file = open_file(what, O_RDONLY | O_NOFOLLOW);
  struct stat seen {};
  if (!file || ::fstat(file->get(), &seen) != 0 || !S_ISREG(seen.st_mode)) {
    if (::lstat(what.c_str(), &seen) != 0 && errno == ENOENT)
      return fail(errc::not_found, what.string() + " is not there");
    return file ? fail(errc::disk_failed, what.string() + " is no file") : std::move(file).why();
  }
  return direct_reader{what, std::move(*file), direct, static_cast<std::uint64_t>(seen.st_size)};
}

result<std::span<const std::byte>> direct_reader::read(std::uint64_t offset) {
  std::size_t got = 0;
  while (got < most) {
    const auto now =
        ::pread(file_.get(), memory_.get() + got, most - got, static_cast<off_t>(offset + got));
    if (now < 0 && errno == EINTR) continue;
    if (now < 0 && errno == EINVAL && direct_) {
      // A device with larger blocks than ours, or the unaligned rest after a short read.
      HIVE_TRY(file_, open_file(what_, O_RDONLY | O_NOFOLLOW));
      direct_ = false;
      continue;
    }
    if (now < 0) return disk_failure(errno, "read", what_);
    if (now == 0) break;
    got += static_cast<std::size_t>(now);
    if (offset + got >= size_) break;
  }
  if (!direct_)
    ::posix_fadvise(file_.get(), static_cast<off_t>(offset), static_cast<off_t>(got),
                    POSIX_FADV_DONTNEED);
  return std::span<const std::byte>{memory_.get(), got};
}

} // namespace hive::store
