#include "core/store/home.hpp"

#include "core/store/disk_file.hpp"

#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

constexpr std::size_t small_file = 4096;

std::filesystem::path lock_path(const home& where) {
  return where.node() / "lock";
}

/// "pid url" as the holder wrote it.
struct holder {
  std::string pid;
  std::string url;
};

holder read_holder(const home& where) {
  const auto text = read_text(lock_path(where), small_file);
  if (!text) return {};
  const auto line = text->substr(0, text->find('\n'));
  const auto space = line.find(' ');
  if (space == std::string::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

outcome write_holder(int fd, const std::string& url, const std::filesystem::path& what) {
  const auto line = std::to_string(::getpid()) + " " + url + "\n";
  // Readers take the first line only, so the new one first and the rest cut off afterwards.
  HIVE_CHECK(write_all(fd, 0, std::as_bytes(std::span{line}), what));
  if (::ftruncate(fd, static_cast<off_t>(line.size())) != 0)
    return disk_failure(errno, "write", what);
  return {};
}

failure locked_by(const home& where) {
  const auto who = read_holder(where);
  auto detail = where.root.string() + " is in use by process " + (who.pid.empty() ? "?" : who.pid);
  if (!who.url.empty()) detail += " at " + who.url;
  return fail(errc::home_locked, std::move(detail));
}

/// holder_url holds a shared lock for microseconds; a start that meets it must not give up.
constexpr std::chrono::milliseconds lock_patience{100};

failure unwritable(const failure& why) {
  if (why.code == errc::disk_full) return why;
  return fail(errc::home_unwritable, why.detail);
}

} // namespace

std::filesystem::path home::blob(std::string_view sha256) const {
  return blobs() / sha256.substr(0, 2) / sha256;
}

std::filesystem::path home::pieces(std::string_view sha256) const {
  return root / "pieces" / sha256.substr(0, 2) / sha256;
}

outcome prepare(const home& where) {
  for (const auto& folder : {where.root, where.blobs(), where.partials(), where.hub()}) {
    if (auto made = make_folders(folder); !made) return unwritable(made.why());
  }
  if (auto made = make_folders(where.node(), 0700); !made) return unwritable(made.why());
  if (::chmod(where.node().c_str(), 0700) != 0)
    return unwritable(disk_failure(errno, "protect", where.node()));
  for (const auto& folder : {where.root, where.blobs(), where.partials(), where.hub()}) {
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
      return unwritable(disk_failure(errno, "write into", folder));
  }
  // A power cut must not take away the folder of a blob whose own name was made durable, nor bring
  // back a journal. Later only what is new is synced.
  for (const auto& folder :
       {where.root, where.blobs().parent_path(), where.blobs(), where.partials()}) {
    if (auto synced = sync_folder(folder); !synced) return unwritable(synced.why());
  }
  return {};
}

result<home_lock> home_lock::acquire(const home& where) {
  const auto path = lock_path(where);
  auto file = lock_file(path, lock_patience);
  if (!file)
    return file.why().code == errc::home_locked ? locked_by(where) : unwritable(file.why());
  HIVE_CHECK(write_holder(file->get(), {}, path));
  return home_lock{file->release()};
}

home_lock::~home_lock() {
  if (fd_ >= 0) ::close(fd_);
}

home_lock::home_lock(home_lock&& other) noexcept : fd_(other.fd_) {
  other.fd_ = -1;
}

home_lock& home_lock::operator=(home_lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

outcome home_lock::announce(const std::string& url) {
  return write_holder(fd_, url, "node/lock");
}

std::string holder_url(const home& where) {
  const auto file = open_file(lock_path(where), O_RDONLY);
  if (!file) return {};
  // The file outlives its holder: only a lock that cannot be had proves that someone is there.
  if (::flock(file->get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) return {};
  return read_holder(where).url;
}

result<node_id> identity(const home& where) {
  const auto path = where.node() / "id";
  auto text = read_text(path, small_file);
  if (text) {
    if (text->ends_with('\n')) text->pop_back();
    if (is_ulid(*text)) return node_id{*text};
    return fail(errc::bad_config, path.string() + " holds no node id",
                "remove that file to get a new identity");
  }
  if (text.why().code != errc::not_found) return std::move(text).why();
  auto id = node_id{new_ulid()};
  HIVE_CHECK(replace_file(path, id.value + "\n", 0600));
  HIVE_CHECK(sync_folder(where.node()));
  return id;
}

} // namespace hive::store
