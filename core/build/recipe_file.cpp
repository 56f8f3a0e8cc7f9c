#include "core/build/recipe_file.hpp"

#include "core/artifact/recipe.hpp"
#include "core/store/disk_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::build {
namespace {

namespace fs = std::filesystem;

bool lies_below(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const auto top = fs::canonical(folder, error);
  if (error) return false;
  const auto inner = file.lexically_relative(top);
  return !inner.empty() && *inner.begin() != ".." && inner != ".";
}

failure cannot_open(const fs::path& file, int error) {
  if (error == EACCES || error == EPERM)
    return fail(errc::source_unreadable, file.string() + " may not be read by this node");
  return fail(errc::entry_missing, "there is no recipe " + file.string(),
              "check the spelling; the path is one of the machine the node runs on");
}

outcome check_trust(const fs::path& file, const struct stat& seen) {
  if (!S_ISREG(seen.st_mode)) return fail(errc::bad_recipe, file.string() + " is no regular file");
  if (seen.st_uid != ::geteuid() && seen.st_uid != 0)
    return fail(errc::bad_recipe,
                file.string() + " belongs to another user than the one this node runs as",
                "a recipe runs commands: look through it, and make it yours (chown)");
  if (seen.st_mode & S_IWOTH)
    return fail(errc::bad_recipe, "everybody may write " + file.string(),
                "a recipe runs commands: look through it, then chmod o-w");
  return {};
}

} // namespace

result<std::string> read_recipe(const fs::path& file, const std::vector<fs::path>& folders) {
  if (folders.empty())
    return fail(errc::unsupported, "this node builds nothing",
                "set 'builds' (HIVE_BUILDS) to the folders whose recipes it may run");
  std::error_code error;
  const auto real = fs::canonical(file, error);
  if (error) return cannot_open(file, error.value());
  if (std::ranges::none_of(folders, [&](const fs::path& f) { return lies_below(real, f); }))
    return fail(errc::bad_recipe,
                file.string() + " does not lie below a folder whose recipes this node may run",
                "put it there, or add its folder to 'builds' (HIVE_BUILDS)");
  const auto opened = store::open_file(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!opened) return cannot_open(file, errno);
  struct stat seen {};
  if (::fstat(opened->get(), &seen) != 0) return store::disk_failure(errno, "look at", real);
  HIVE_CHECK(check_trust(file, seen));
  std::string text(largest_recipe + 1, '\0');
  const auto got = ::pread(opened->get(), text.data(), text.size(), 0);
  if (got < 0) return store::disk_failure(errno, "read", real);
  if (static_cast<std::size_t>(got) > largest_recipe)
    return fail(errc::bad_recipe, file.string() + " is larger than 64 KiB");
  text.resize(static_cast<std::size_t>(got));
  return text;
}

} // namespace hive::build
