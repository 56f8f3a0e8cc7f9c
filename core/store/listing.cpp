#include "core/store/listing.hpp"

#include "core/artifact/shards.hpp"
#include "core/base/file_version.hpp"
#include "core/base/json.hpp"
#include "core/model/gguf.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/file_bytes.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 100'000;
constexpr std::size_t most_text = 4u << 20;

/// A file that has not changed for so long is taken to be finished.
constexpr std::chrono::seconds quiet{2};

listing refusal(int error) {
  return {error == EACCES || error == EPERM ? 403 : 404, {}};
}

/// Whether this process may read it, and look into it when it is a folder.
bool closed(const fs::path& what, bool folder) {
  return ::access(what.c_str(), folder ? R_OK | X_OK : R_OK) != 0;
}

/// Whether somebody may be in the middle of writing it. Whoever opens a file to write keeps others
/// from having a read lease on it; where there are no leases, a moment's quiet has to do.
bool being_written(const fs::path& file, const struct stat& seen) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto changed =
      std::chrono::seconds{seen.st_mtim.tv_sec} + std::chrono::nanoseconds{seen.st_mtim.tv_nsec};
  if (std::chrono::abs(now - changed) >= quiet) return false;
  const auto opened = open_file(file, O_RDONLY | O_NONBLOCK);
  if (!opened) return true;
  // A writer who comes while we hold the lease makes the kernel send us a signal: one that is
  // ignored unless asked for, instead of SIGIO, which ends a process.
  const bool alone = ::fcntl(opened->get(), F_SETSIG, SIGURG) == 0 &&
                     ::fcntl(opened->get(), F_SETLEASE, F_RDLCK) == 0;
  if (alone) ::fcntl(opened->get(), F_SETLEASE, F_UNLCK);
  return !alone;
}

/// What a part of a split GGUF says of itself: [its number from 0, parts, tensors of the set,
/// tensors in it]. Null for anything else, and for what cannot be read.
json::value split_of(const fs::path& file) {
  const auto part = parse_shard(file.native());
  if (!part || part->suffix != ".gguf") return nullptr;
  auto bytes = file_bytes::open(file);
  const auto header = bytes ? model::read_gguf(*bytes) : result<model::gguf_header>{bytes.why()};
  const auto split = header ? model::split_of(*header) : std::nullopt;
  if (!split) return nullptr;
  return json::array{split->number, split->count, split->tensors, header->tensors};
}

/// What is said of a regular file; empty for anything else.
json::object entry(const fs::path& file, const std::string& name) {
  struct stat seen {};
  if (::stat(file.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) return {};
  json::object made{{"path", name},
                    {"size", static_cast<std::uint64_t>(seen.st_size)},
                    {"version", file_version(seen)}};
  if (being_written(file, seen)) made.emplace("busy", true);
  if (auto split = split_of(file); !split.is_null()) made.emplace("split", std::move(split));
  return made;
}

bool below(const fs::path& inner, const fs::path& outer) {
  const auto relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

bool hidden(const fs::path& file) {
  return file.filename().native().starts_with('.');
}

listing folder_listing(const fs::path& root) {
  std::error_code error;
  const auto top = fs::canonical(root, error);
  if (error) return refusal(error.value());
  json::array files;
  fs::recursive_directory_iterator at{root, error};
  if (error) return refusal(error.value());
  for (; at != fs::recursive_directory_iterator{}; at.increment(error)) {
    if (hidden(at->path())) {
      at.disable_recursion_pending();
      continue;
    }
    if (at->is_symlink(error)) {
      const auto target = fs::canonical(at->path(), error);
      if (error || !below(target, top)) {
        error.clear();
        continue;
      }
    }
    std::error_code none;
    const bool folder = at->symlink_status(none).type() == fs::file_type::directory;
    auto found = entry(at->path(), at->path().lexically_relative(root).string());
    if ((folder || !found.empty()) && closed(at->path(), folder)) return {403, at->path().string()};
    if (!found.empty()) files.emplace_back(std::move(found));
    if (files.size() > most_files) return {413, {}};
  }
  if (error) return refusal(error.value()); // it ended there
  return {200, json::text(json::object{{"type", "directory"}, {"files", std::move(files)}})};
}

} // namespace

listing list_files(fs::path path) {
  if (!path.has_filename()) path = path.parent_path();
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::directory) return folder_listing(path);
  if (kind != fs::file_type::regular) return refusal(error.value());
  if (closed(path, false)) return {403, path.string()};
  return {200,
          json::text(json::object{{"type", "file"},
                                  {"files", json::array{entry(path, path.filename().string())}}})};
}

result<listing> read_file(const fs::path& path) {
  struct stat seen {};
  if (::stat(path.c_str(), &seen) != 0) return refusal(errno);
  if (!S_ISREG(seen.st_mode)) return listing{404, {}};
  if (closed(path, false)) return listing{403, {}};
  HIVE_TRY(auto text, read_text(path, most_text));
  return listing{200, std::move(text)};
}

} // namespace hive::store
