#include "core/store/disk_file.hpp"

#include "core/base/ids.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

constexpr std::string_view temporary_suffix = ".hive-new";

/// Repeats a system call for as long as a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto got = call();
  while (got < 0 && errno == EINTR) got = call();
  return got;
}

outcome write_new(const std::filesystem::path& what, std::string_view text, mode_t mode) {
  HIVE_TRY(auto file, open_file(what, O_WRONLY | O_CREAT | O_EXCL, mode));
  HIVE_CHECK(write_all(file.get(), 0, std::as_bytes(std::span{text}), what));
  return sync_data(file.get(), what);
}

} // namespace

failure disk_failure(int error, std::string_view verb, const std::filesystem::path& what) {
  auto code = errc::disk_failed;
  if (error == ENOSPC || error == EDQUOT) code = errc::disk_full;
  if (error == EROFS || error == EACCES || error == EPERM) code = errc::home_unwritable;
  auto detail = "cannot " + std::string{verb} + " " + what.string() + ": " +
                std::generic_category().message(error);
  std::string hint;
  if (error == EFBIG)
    hint = "the file system takes no files of this size: put hive's home on another (HIVE_HOME)";
  if (error == EROFS)
    hint = "the file system is read-only: find out why (the kernel's log says more), mount it "
           "writable, then pull again: what is durable is kept";
  return fail(code, std::move(detail), std::move(hint));
}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = other.release();
  }
  return *this;
}

int descriptor::release() noexcept {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void descriptor::close() noexcept {
  // Linux frees the number even when close reports EINTR: repeating it could close a stranger's
  // file.
  if (fd_ >= 0) ::close(release());
}

result<descriptor> open_file(const std::filesystem::path& what, int flags, mode_t mode) {
  const int fd = uninterrupted([&] { return ::open(what.c_str(), flags | O_CLOEXEC, mode); });
  if (fd < 0) return disk_failure(errno, "open", what);
  return descriptor{fd};
}

result<descriptor> lock_file(const std::filesystem::path& what,
                             std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds step{5};
  HIVE_TRY(auto file, open_file(what, O_RDWR | O_CREAT, 0600));
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return disk_failure(errno, "lock", what);
    if (patience <= std::chrono::milliseconds{0})
      return fail(errc::home_locked, what.string() + " is locked by another process");
    std::this_thread::sleep_for(step);
    patience -= step;
  }
  return file;
}

outcome write_all(int fd, std::uint64_t offset, std::span<const std::byte> bytes,
                  const std::filesystem::path& what) {
  while (!bytes.empty()) {
    const auto wrote = uninterrupted(
        [&] { return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (wrote < 0) return disk_failure(errno, "write", what);
    if (wrote == 0) return disk_failure(EIO, "write", what);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
  return {};
}

outcome sync_data(int fd, const std::filesystem::path& what) {
  if (uninterrupted([&] { return ::fdatasync(fd); }) != 0)
    return disk_failure(errno, "make durable", what);
  return {};
}

outcome sync_all(int fd, const std::filesystem::path& what) {
  if (uninterrupted([&] { return ::fsync(fd); }) != 0)
    return disk_failure(errno, "make durable", what);
  return {};
}

outcome sync_folder(const std::filesystem::path& folder) {
  HIVE_TRY(auto opened, open_file(folder, O_RDONLY | O_DIRECTORY));
  // Some network file systems have no fsync for folders (EINVAL) and nothing better to ask for.
  if (uninterrupted([&] { return ::fsync(opened.get()); }) != 0 && errno != EINVAL)
    return disk_failure(errno, "make durable", folder);
  return {};
}

result<bool> make_folder(const std::filesystem::path& folder, mode_t mode) {
  if (::mkdir(folder.c_str(), mode) == 0) return true;
  const int error = errno;
  struct stat seen {};
  if (error != EEXIST || ::stat(folder.c_str(), &seen) != 0)
    return disk_failure(error, "make folder", folder);
  if (!S_ISDIR(seen.st_mode)) return disk_failure(ENOTDIR, "make folder", folder);
  return false;
}

outcome make_folders(const std::filesystem::path& folder, mode_t mode) {
  std::error_code none;
  const auto parent = folder.parent_path();
  if (!parent.empty() && parent != folder && !std::filesystem::exists(parent, none))
    HIVE_CHECK(make_folders(parent, mode));
  HIVE_CHECK(make_folder(folder, mode));
  return {};
}

outcome rename_file(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return disk_failure(errno, "rename to", to);
  return {};
}

result<bool> remove_file(const std::filesystem::path& what) {
  if (::unlink(what.c_str()) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return disk_failure(errno, "remove", what);
}

result<std::vector<std::filesystem::directory_entry>>
list_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::directory_entry> entries;
  auto at = std::filesystem::directory_iterator(folder, error);
  for (; !error && at != std::filesystem::directory_iterator{}; at.increment(error))
    entries.push_back(*at);
  if (error && error != std::errc::no_such_file_or_directory)
    return disk_failure(error.value(), "list", folder);
  std::ranges::sort(entries);
  return entries;
}

result<std::string> read_text(const std::filesystem::path& what, std::size_t limit) {
  const descriptor file{uninterrupted([&] { return ::open(what.c_str(), O_RDONLY | O_CLOEXEC); })};
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return fail(errc::not_found, what.string());
    return disk_failure(errno, "open", what);
  }
  std::string text;
  char chunk[4096];
  while (true) {
    const auto got = uninterrupted([&] { return ::read(file.get(), chunk, sizeof chunk); });
    if (got < 0) return disk_failure(errno, "read", what);
    if (got == 0) return text;
    text.append(chunk, static_cast<std::size_t>(got));
    if (text.size() > limit) return fail(errc::too_large, what.string());
  }
}

outcome replace_file(const std::filesystem::path& to, std::string_view text, mode_t mode) {
  const auto fresh = temporary_beside(to);
  auto done = write_new(fresh, text, mode);
  if (done) done = rename_file(fresh, to);
  if (!done) ::unlink(fresh.c_str());
  return done;
}

std::filesystem::path temporary_beside(const std::filesystem::path& to) {
  return to.parent_path() / (new_ulid() + std::string{temporary_suffix});
}

bool is_temporary(std::string_view name) noexcept {
  return name.ends_with(temporary_suffix) &&
         is_ulid(name.substr(0, name.size() - temporary_suffix.size()));
}

} // namespace hive::store
