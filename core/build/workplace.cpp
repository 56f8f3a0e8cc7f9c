#include "core/build/workplace.hpp"

#include "core/artifact/pattern.hpp"
#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"
#include "core/base/file_version.hpp"
#include "core/base/utf8.hpp"
#include "core/net/local_url.hpp"
#include "core/store/blob_store.hpp"
#include "core/store/disk_file.hpp"

#include <algorithm>
#include <csignal>
#include <functional>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace hive::build {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_outputs = 10'000;
constexpr std::size_t most_named = 8;
constexpr std::size_t deepest = 64;
constexpr std::size_t largest_environment = 1u << 20;

fs::path builds_of(const store::home& where) {
  return where.root / "build";
}

/// Calls `see(path, stat)` for everything below `folder`, following no link; folders that cannot be
/// entered are passed over. `see` says whether to go into a folder.
void walk(const fs::path& folder, std::size_t depth,
          const std::function<bool(const fs::path&, const struct stat&)>& see) {
  std::error_code error;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    struct stat seen {};
    if (::lstat(at->path().c_str(), &seen) != 0) continue;
    const bool enter = see(at->path(), seen);
    if (enter && S_ISDIR(seen.st_mode) && depth < deepest) walk(at->path(), depth + 1, see);
  }
}

/// Also what its owner has locked.
void remove_tree(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  if (!error) return;
  ::chmod(folder.c_str(), 0700);
  walk(folder, 0, [](const fs::path& what, const struct stat& seen) {
    if (S_ISDIR(seen.st_mode)) ::chmod(what.c_str(), 0700);
    return true;
  });
  fs::remove_all(folder, error);
}

std::string_view kind_of(const struct stat& seen) noexcept {
  if (S_ISLNK(seen.st_mode)) return "a symbolic link";
  if (S_ISDIR(seen.st_mode)) return "a folder";
  if (S_ISFIFO(seen.st_mode)) return "a pipe";
  if (S_ISSOCK(seen.st_mode)) return "a socket";
  return "a device";
}

/// Path, and what it is.
struct found_file {
  std::string path;
  struct stat seen {};
};

std::vector<found_file> files_of(const fs::path& folder) {
  std::vector<found_file> found;
  walk(folder, 0, [&](const fs::path& what, const struct stat& seen) {
    if (what.filename().native().starts_with('.')) return false;
    auto path = what.lexically_relative(folder).string();
    if (path == recipe_inputs) return false;
    if (S_ISDIR(seen.st_mode)) return true;
    if (found.size() <= most_outputs) found.push_back({std::move(path), seen});
    return false;
  });
  std::ranges::sort(found, {}, &found_file::path);
  return found;
}

/// A name as a failure may show it.
std::string shown(std::string_view path) {
  auto text = to_utf8(path.substr(0, 120));
  std::ranges::replace_if(text, ascii::is_control, '?');
  return text;
}

failure nothing_matches(const std::string& glob, const std::vector<found_file>& all) {
  std::string left;
  for (std::size_t i = 0; i < std::min(all.size(), most_named); ++i)
    left += (i == 0 ? "" : ", ") + shown(all[i].path);
  if (all.size() > most_named) left += " and " + std::to_string(all.size() - most_named) + " more";
  return fail(errc::build_failed,
              "no file is called \"" + glob + "\" after the last step; there " +
                  (left.empty() ? "are none" : "are " + left),
              "make a step write it, or correct [output] files; '*' crosses '/'");
}

plan_file planned(const fs::path& folder, const found_file& file) {
  // Whoever made it may have locked it.
  const auto place = folder / file.path;
  ::chmod(place.c_str(), 0644);
  file_source from;
  from.url = net::local_url(place.string());
  from.checks = {{"etag", file_version(file.seen)}};
  from.given = true;
  return {
      file.path, static_cast<std::uint64_t>(file.seen.st_size), std::nullopt, {std::move(from)}};
}

bool is_number(const fs::path& name) {
  return ascii::is_number(name.native());
}

/// Whether the process is one of a build below `folder`.
bool is_marked(const fs::path& process, const std::string& folder) {
  const auto environment = store::read_text(process / "environ", largest_environment);
  if (!environment) return false;
  const auto mark = std::string(1, '\0') + build_mark + "=" + folder + "/";
  return (std::string(1, '\0') + *environment).find(mark) != std::string::npos;
}

} // namespace

result<workplace> workplace::make(const store::home& where, const std::string& name) {
  const auto folder = builds_of(where) / name;
  remove_tree(folder);
  workplace made{where, folder};
  for (const auto& one : {folder, made.inputs(), made.scratch()})
    HIVE_CHECK(store::make_folders(one, 0700));
  return made;
}

workplace::workplace(workplace&& from) noexcept
  : where_(std::move(from.where_)), folder_(std::exchange(from.folder_, {})) {}

workplace::~workplace() {
  if (!folder_.empty()) remove_tree(folder_);
}

outcome workplace::add_input(const std::string& path, const std::string& sha256,
                             bool sealed) const {
  const auto to = folder_ / path;
  HIVE_CHECK(store::make_folders(to.parent_path(), 0755));
  const auto blob = where_.blob(sha256);
  if (sealed) {
    HIVE_TRY([[maybe_unused]] const auto how, store::place(blob, to));
  } else {
    HIVE_TRY([[maybe_unused]] const auto how, store::duplicate(blob, to));
  }
  return {};
}

std::uint64_t workplace::bytes() const {
  std::uint64_t sum = 0;
  walk(folder_, 0, [&](const fs::path& what, const struct stat& seen) {
    if (what == inputs()) return false;
    sum += static_cast<std::uint64_t>(seen.st_blocks) * 512;
    return true;
  });
  return sum;
}

result<std::vector<plan_file>> workplace::outputs(const std::vector<std::string>& globs) const {
  const auto all = files_of(folder_);
  if (all.size() > most_outputs)
    return fail(errc::build_failed, "the steps left more than 10,000 files",
                "let the last step remove what is not wanted");
  for (const auto& glob : globs)
    if (std::ranges::none_of(all, [&](const auto& f) { return matches(glob, f.path); }))
      return nothing_matches(glob, all);
  std::vector<plan_file> out;
  std::vector<std::string> paths;
  for (const auto& file : all) {
    if (!selected(file.path, globs, {})) continue;
    if (!S_ISREG(file.seen.st_mode))
      return fail(errc::build_failed, shown(file.path) + " is " + std::string{kind_of(file.seen)} +
                                          ", and an output is a file");
    HIVE_CHECK(check_relative_path(file.path));
    paths.push_back(file.path);
    out.push_back(planned(folder_, file));
  }
  HIVE_CHECK(check_no_collisions(paths));
  return out;
}

swept sweep(const store::home& where) {
  swept done;
  const auto folder = builds_of(where);
  std::error_code error;
  for (fs::directory_iterator at{"/proc", error}, end; !error && at != end; at.increment(error)) {
    if (!is_number(at->path().filename()) || !is_marked(at->path(), folder.string())) continue;
    const auto process = ascii::number(at->path().filename().native());
    if (process && ::kill(static_cast<pid_t>(*process), SIGKILL) == 0) ++done.programs;
  }
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    remove_tree(at->path());
    ++done.folders;
  }
  return done;
}

} // namespace hive::build
