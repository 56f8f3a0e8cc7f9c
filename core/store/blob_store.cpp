#include "core/store/blob_store.hpp"

#include "core/base/units.hpp"
#include "core/store/disk_file.hpp"

#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace hive::store {

namespace {

constexpr std::uint64_t copied_at_once = 64u << 20; ///< bytes

} // namespace

std::optional<std::uint64_t> blob_size(const home& where, const std::string& sha256) {
  if (!is_hex(sha256, 64)) return std::nullopt;
  struct stat seen {};
  if (::lstat(where.blob(sha256).c_str(), &seen) != 0 || !S_ISREG(seen.st_mode))
    return std::nullopt;
  return static_cast<std::uint64_t>(seen.st_size);
}

result<bool> remove_blob(const home& where, const std::string& sha256) {
  if (!is_hex(sha256, 64)) return fail(errc::bad_request, "not a SHA-256: " + sha256);
  for (const auto& beside : {where.pieces(sha256), where.damaged(sha256)})
    HIVE_CHECK(remove_file(beside));
  return remove_file(where.blob(sha256));
}

result<std::uint64_t> free_bytes(const home& where) {
  struct statvfs seen {};
  if (::statvfs(where.root.c_str(), &seen) != 0) return disk_failure(errno, "look at", where.root);
  return static_cast<std::uint64_t>(seen.f_bavail) * seen.f_frsize;
}

outcome check_room(const home& where, std::uint64_t needed, std::uint64_t reserve) {
  if (needed == 0) return {};
  HIVE_TRY(const auto free, free_bytes(where));
  if (free >= reserve && free - reserve >= needed) return {};
  return fail(errc::disk_full, "needs " + format_bytes(needed) + " and " + format_bytes(reserve) +
                                   " in reserve on " + where.root.string() + ", " +
                                   format_bytes(free) + " is free");
}

std::string_view to_string(link_kind k) noexcept {
  switch (k) {
  case link_kind::hard_link: return "hard link";
  case link_kind::reflink: return "reflink";
  case link_kind::copy: return "copy";
  }
  return "copy";
}

result<duplication> duplication::begin(std::filesystem::path from, std::filesystem::path fresh) {
  duplication made{std::move(from), std::move(fresh)};
  HIVE_TRY(made.source_, open_file(made.from_, O_RDONLY));
  HIVE_TRY(made.target_, open_file(made.fresh_, O_WRONLY | O_CREAT | O_EXCL, 0644));
  if (::ioctl(made.target_.get(), FICLONE, made.source_.get()) == 0) made.how_ = link_kind::reflink;
  return made;
}

result<bool> duplication::step() {
  std::vector<std::byte> buffer(1u << 20);
  const auto until = copied_ + copied_at_once;
  bool more = how_ == link_kind::copy;
  while (more && copied_ < until) {
    const auto got =
        ::pread(source_.get(), buffer.data(), buffer.size(), static_cast<off_t>(copied_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_failure(errno, "read", from_);
    const auto bytes = std::span{buffer}.first(static_cast<std::size_t>(got));
    HIVE_CHECK(write_all(target_.get(), copied_, bytes, fresh_));
    copied_ += bytes.size();
    more = got > 0;
  }
  if (!more && ::fchmod(target_.get(), 0444) != 0) return disk_failure(errno, "protect", fresh_);
  // Without it a power cut can leave a file of the right length and no content under the final
  // name.
  HIVE_CHECK(sync_data(target_.get(), fresh_));
  return more;
}

result<link_kind> duplicate(const std::filesystem::path& from, const std::filesystem::path& fresh) {
  HIVE_TRY(auto work, duplication::begin(from, fresh));
  for (bool more = true; more;) {
    HIVE_TRY(more, work.step());
  }
  return work.how();
}

result<link_kind> place(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto fresh = temporary_beside(to);
  auto kind = result<link_kind>{link_kind::hard_link};
  if (::link(from.c_str(), fresh.c_str()) != 0) {
    if (errno == ENOENT) return disk_failure(errno, "link", from);
    // Another file system (EXDEV), one without links (EPERM, EOPNOTSUPP), too many links (EMLINK).
    kind = duplicate(from, fresh);
  }
  if (kind) {
    if (auto renamed = rename_file(fresh, to); !renamed) kind = renamed.why();
  }
  // Renaming one name of a file onto another of the same file does nothing and leaves the first.
  ::unlink(fresh.c_str());
  return kind;
}

} // namespace hive::store
