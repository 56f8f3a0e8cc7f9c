#include "core/store/partial.hpp"

#include "core/base/digest.hpp"
#include "core/base/units.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

std::filesystem::path data_path(const home& where, const std::string& key) {
  return where.partials() / (partial_name(key) + ".data");
}

std::filesystem::path journal_path(const home& where, const std::string& key) {
  return where.partials() / (partial_name(key) + ".journal");
}

std::optional<journal> load_journal(const std::filesystem::path& path, const std::string& key) {
  const auto text = read_text(path, journal_limit);
  if (!text) return std::nullopt;
  auto read = parse_journal(*text);
  if (!read || read->key != key) return std::nullopt;
  return read;
}

/// A journal can outlive the data it speaks of (renamed to a blob, lost with its folder entry in a
/// power cut). The file's length tells: allocation never changes it, only writes do.
range_set within(const range_set& claims, std::uint64_t end) {
  auto kept = claims;
  kept.remove({end, UINT64_MAX});
  return kept;
}

std::uint64_t allocated_bytes(const struct stat& seen) {
  return static_cast<std::uint64_t>(seen.st_blocks) * 512;
}

/// Durable when it returns: whoever finds no journal may rely on that none comes back.
outcome remove_journal(const home& where, const std::filesystem::path& journal) {
  HIVE_TRY(const bool stood, remove_file(journal));
  return stood ? sync_folder(where.partials()) : outcome{};
}

failure no_room(const home& where, std::uint64_t needed) {
  const auto free = free_bytes(where);
  return fail(errc::disk_full, "needs " + format_bytes(needed) + " on " + where.root.string() +
                                   ", " + (free ? format_bytes(*free) : "an unknown amount") +
                                   " is free");
}

failure lost_write(const std::filesystem::path& data) {
  return fail(errc::disk_failed,
              "an earlier write to " + data.string() + " did not reach the disk");
}

bool aligned(std::uint64_t offset, std::span<const std::byte> bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  return (offset | bytes.size() | address) % partial::block == 0;
}

} // namespace

std::string partial_name(const std::string& content_key) {
  const auto colon = content_key.find(':');
  if (colon != std::string::npos) {
    const auto hex = content_key.substr(colon + 1);
    const auto kind = content_key.substr(0, colon);
    if (kind == "sha256" && is_hex(hex, 64)) return hex;
    if (kind == "git-sha1" && is_hex(hex, 40)) return "git-sha1-" + hex;
    if (kind == "url" && is_hex(hex, 64)) return "url-" + hex;
  }
  return "key-" + sha256_hex(content_key);
}

bool is_partial_name(std::string_view name) noexcept {
  if (name.starts_with("git-sha1-")) return is_hex(name.substr(9), 40);
  if (name.starts_with("url-") || name.starts_with("key-")) return is_hex(name.substr(4), 64);
  return is_hex(name, 64);
}

range_set resumable_ranges(const home& where, const std::string& content_key) {
  const auto read = load_journal(journal_path(where, content_key), content_key);
  struct stat seen {};
  if (!read || ::stat(data_path(where, content_key).c_str(), &seen) != 0) return {};
  return within(read->claims, static_cast<std::uint64_t>(seen.st_size));
}

std::uint64_t resumable_bytes(const home& where, const std::string& content_key) {
  return resumable_ranges(where, content_key).size();
}

std::uint64_t missing_bytes(const home& where, const std::string& content_key, std::uint64_t size) {
  struct stat seen {};
  if (::stat(data_path(where, content_key).c_str(), &seen) != 0) return size;
  return size - std::min(size, allocated_bytes(seen));
}

void purge_partial(const home& where, const std::string& content_key) noexcept {
  try {
    // Journal first: data without a journal claims nothing.
    static_cast<void>(remove_journal(where, journal_path(where, content_key)));
    ::unlink(data_path(where, content_key).c_str());
  } catch (const std::bad_alloc&) {
    // The files stay; the next start finds them as any other partial.
    return;
  }
}

partial::partial(home where, std::string content_key, std::optional<std::uint64_t> size)
  : home_(std::move(where)), key_(std::move(content_key)), size_(size),
    data_(data_path(home_, key_)), journal_(journal_path(home_, key_)) {}

partial::~partial() {
  close();
}

result<std::unique_ptr<partial>> partial::open(const home& where, const std::string& content_key,
                                               std::optional<std::uint64_t> size) {
  std::unique_ptr<partial> opened{new partial{where, content_key, size}};
  HIVE_CHECK(opened->open_data());
  HIVE_CHECK(opened->resume());
  HIVE_CHECK(opened->allocate());
  opened->try_direct();
  return opened;
}

std::unique_ptr<partial> partial::of_file(const home& where, const std::string& content_key,
                                          const std::filesystem::path& from, std::uint64_t size,
                                          bool move) {
  std::unique_ptr<partial> made{new partial{where, content_key, size}};
  if (!made->open_data() || !made->resume() || !made->durable_.empty()) return nullptr;
  if (!(move && made->move_here(from)) && !made->share_blocks(from)) {
    made->discard();
    return nullptr;
  }
  made->try_direct();
  return made;
}

/// A second name would be a second way to change the bytes.
bool partial::move_here(const std::filesystem::path& from) {
  auto file = open_file(from, O_RDWR | O_NOFOLLOW);
  struct stat seen {};
  const bool ours = file && ::fstat(file->get(), &seen) == 0 && S_ISREG(seen.st_mode) &&
                    seen.st_nlink == 1 && ::fchmod(file->get(), 0644) == 0;
  if (!ours || !rename_file(from, data_)) return false;
  close();
  fd_ = file->release();
  return true;
}

outcome partial::open_data() {
  // A crash inside commit can leave the data read-only under its old name.
  struct stat seen {};
  if (::lstat(data_.c_str(), &seen) == 0 && S_ISREG(seen.st_mode) && !(seen.st_mode & S_IWUSR))
    ::chmod(data_.c_str(), 0644);
  HIVE_TRY(auto file, open_file(data_, O_RDWR | O_CREAT | O_NOFOLLOW, 0644));
  fd_ = file.release();
  return {};
}

outcome partial::resume() {
  struct stat seen {};
  if (::fstat(fd_, &seen) != 0) return disk_failure(errno, "look at", data_);
  const auto read = load_journal(journal_, key_);
  if (read && read->size == size_)
    synced_ = within(read->claims, static_cast<std::uint64_t>(seen.st_size));
  durable_ = claimable(synced_);
  if (!durable_.empty()) {
    if (durable_ == read->claims) return {};
    // Data shorter than its journal will grow again: the journal must not be right by accident
    // then.
    HIVE_CHECK(write_journal(durable_));
    return sync_folder(home_.partials());
  }
  // Starting from nothing: an old journal must not come back after a power cut and claim new data.
  HIVE_CHECK(remove_journal(home_, journal_));
  if (::ftruncate(fd_, 0) != 0) return disk_failure(errno, "empty", data_);
  return {};
}

outcome partial::allocate() {
  if (!size_ || *size_ == 0) return {};
  // KEEP_SIZE: the length of the file goes on saying what was written, see within().
  const auto length = static_cast<off_t>(*size_);
  int got = ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, 0, length);
  while (got != 0 && errno == EINTR) got = ::fallocate(fd_, FALLOC_FL_KEEP_SIZE, 0, length);
  if (got == 0 || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return {};
  const int error = errno;
  if (error != ENOSPC && error != EDQUOT) return disk_failure(error, "allocate", data_);
  // Give back what a half-done allocation took, so that others can go on and the figures are true.
  struct stat seen {};
  if (::fstat(fd_, &seen) != 0 || ::ftruncate(fd_, seen.st_size) != 0 || ::fstat(fd_, &seen) != 0)
    return disk_failure(error, "allocate", data_);
  return no_room(home_, *size_ - std::min(*size_, allocated_bytes(seen)));
}

void partial::try_direct() {
  if (auto file = open_file(data_, O_RDWR | O_DIRECT | O_NOFOLLOW)) direct_fd_ = file->release();
}

int partial::suited_fd(std::uint64_t offset, std::span<const std::byte> bytes) const noexcept {
  return direct() && aligned(offset, bytes) ? direct_fd_ : fd_;
}

outcome partial::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const int fd = suited_fd(offset, bytes);
    auto wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    // Devices with blocks larger than ours refuse by EINVAL what is aligned to 4096 only.
    if (wrote < 0 && errno == EINVAL && fd == direct_fd_)
      wrote = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return disk_failure(wrote == 0 ? EIO : errno, "write", data_);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
  return {};
}

outcome partial::read(std::uint64_t offset, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const int fd = suited_fd(offset, bytes);
    auto got = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINVAL && fd == direct_fd_)
      got = ::pread(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk_failure(errno, "read", data_);
    if (got == 0)
      return fail(errc::disk_failed, data_.string() + " ends at byte " + std::to_string(offset) +
                                         ", more was written");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

bool partial::share_blocks(const std::filesystem::path& from) noexcept {
  const auto source = open_file(from, O_RDONLY);
  return source && ::ioctl(fd_, FICLONE, source->get()) == 0;
}

range_set partial::claimable(const range_set& synced) const {
  range_set whole;
  for (auto r : synced.ranges()) {
    r.begin = (r.begin + block - 1) / block * block;
    if (!size_ || r.end != *size_) r.end = r.end / block * block;
    whole.add(r);
  }
  return whole;
}

outcome partial::write_journal(const range_set& claims) {
  // The rename need not be made durable here: after a power cut the journal of before is found, and
  // what it claims was durable then and is now, because claims only grow between two forget()s.
  return replace_file(journal_, print_journal({key_, size_, claims}));
}

outcome partial::flush(const range_set& written) {
  if (sync_failed_) return lost_write(data_);
  auto synced = synced_;
  synced.add(written);
  if (size_) synced = within(synced, *size_);
  if (synced == synced_) return {};
  if (auto done = sync_data(fd_, data_); !done) {
    sync_failed_ = true;
    return done;
  }
  auto claims = claimable(synced);
  if (claims != durable_) HIVE_CHECK(write_journal(claims));
  synced_ = std::move(synced);
  durable_ = std::move(claims);
  return {};
}

outcome partial::forget(byte_range r) {
  auto synced = durable_;
  synced.remove(r);
  auto claims = claimable(synced);
  if (claims != durable_) {
    HIVE_CHECK(write_journal(claims));
    // Here the old journal claims more than is true from now on, so it must not come back.
    HIVE_CHECK(sync_folder(home_.partials()));
  }
  synced_ = claims;
  durable_ = std::move(claims);
  return {};
}

outcome partial::commit(const std::string& sha256, std::uint64_t size) {
  if (!is_hex(sha256, 64)) return fail(errc::bad_request, "not a SHA-256: " + sha256);
  if (blob_size(home_, sha256) == size) {
    discard();
    return {};
  }
  struct stat seen {};
  if (::fstat(fd_, &seen) != 0) return disk_failure(errno, "look at", data_);
  if (static_cast<std::uint64_t>(seen.st_size) < size)
    return fail(errc::size_mismatch, data_.string() + " has " + std::to_string(seen.st_size) +
                                         " bytes of " + std::to_string(size));
  if (sync_failed_) return lost_write(data_);
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0) return disk_failure(errno, "cut", data_);
  HIVE_CHECK(sync_data(fd_, data_));
  if (::fchmod(fd_, 0444) != 0) return disk_failure(errno, "protect", data_);
  HIVE_CHECK(move_to_blob(sha256));
  close();
  return {};
}

outcome partial::move_to_blob(const std::string& sha256) {
  const auto blob = home_.blob(sha256);
  HIVE_TRY(const bool fresh, make_folder(blob.parent_path()));
  if (fresh) HIVE_CHECK(sync_folder(home_.blobs()));
  HIVE_CHECK(rename_file(data_, blob));
  HIVE_CHECK(sync_folder(blob.parent_path()));
  HIVE_CHECK(remove_journal(home_, journal_));
  // What was kept of a damaged one has served its time.
  HIVE_CHECK(remove_file(home_.damaged(sha256)));
  return {};
}

void partial::trim() noexcept {
  struct stat seen {};
  if (fd_ < 0 || ::fstat(fd_, &seen) != 0) return;
  // Cutting a file to the length it has frees the blocks beyond; what is behind fails harmlessly.
  [[maybe_unused]] const int cut = ::ftruncate(fd_, seen.st_size);
}

void partial::discard() noexcept {
  close();
  purge_partial(home_, key_);
}

void partial::close() noexcept {
  if (direct_fd_ >= 0) ::close(std::exchange(direct_fd_, -1));
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

} // namespace hive::store
