#include "core/store/listing.hpp"

#include "core/base/json.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace hive::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 100'000;

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
    plain += coded ? static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
    if (coded) i += 2;
  }
  return plain;
}

listing refusal(int error) {
  return {error == EACCES || error == EPERM ? 403 : 404, {}};
}

/// Whether this process may read it, and look into it when it is a folder.
bool closed(const fs::path& what, bool folder) {
  return ::access(what.c_str(), folder ? R_OK | X_OK : R_OK) != 0;
}

/// Size and age of a regular file; empty for anything else.
json::object entry(const fs::path& file, const std::string& name) {
  struct stat seen {};
  if (::stat(file.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) return {};
  const auto mtime =
      static_cast<std::int64_t>(seen.st_mtim.tv_sec) * 1'000'000'000 + seen.st_mtim.tv_nsec;
  return {{"path", name}, {"size", static_cast<std::uint64_t>(seen.st_size)}, {"mtime_ns", mtime}};
}

bool below(const fs::path& inner, const fs::path& outer) {
  const auto relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

bool hidden(const fs::path& file) {
  return file.filename().native().starts_with('.');
}

listing directory(const fs::path& root) {
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

listing list_files(std::string_view url) {
  constexpr std::string_view mark = "file://";
  if (!url.starts_with(mark)) return {};
  fs::path path = percent_decoded(url.substr(mark.size()));
  if (!path.has_filename()) path = path.parent_path();
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (kind == fs::file_type::directory) return directory(path);
  if (kind != fs::file_type::regular) return refusal(error.value());
  if (closed(path, false)) return {403, path.string()};
  return {200,
          json::text(json::object{{"type", "file"},
                                  {"files", json::array{entry(path, path.filename().string())}}})};
}

} // namespace hive::store
