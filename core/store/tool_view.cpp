#include "core/store/tool_view.hpp"

#include "core/base/units.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/views.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t text_limit = 4u << 20;

std::optional<struct stat> look(const fs::path& at) {
  struct stat seen {};
  if (::lstat(at.c_str(), &seen) != 0) return std::nullopt;
  return seen;
}

bool same(const struct stat& a, const std::optional<struct stat>& b) {
  return b && a.st_dev == b->st_dev && a.st_ino == b->st_ino;
}

std::int64_t mtime_of(const struct stat& seen) {
  return seen.st_mtim.tv_sec * 1'000'000'000 + seen.st_mtim.tv_nsec;
}

bool is_marked(const struct stat& seen, const made_name& one) {
  return one.inode != 0 && seen.st_ino == one.inode && mtime_of(seen) == one.mtime_ns &&
         static_cast<std::uint64_t>(seen.st_size) == one.name.size;
}

void mark(made_name& one, const fs::path& at) {
  const auto seen = look(at);
  if (!seen) return;
  one.inode = seen->st_ino;
  one.mtime_ns = mtime_of(*seen);
}

failure taken(const fs::path& at) {
  return fail(errc::conflict, at.string() + " is there, and it is not hive's",
              "move it away if it is not needed, then pull with --view again");
}

bool is_blob(name_kind kind) noexcept {
  return kind == name_kind::content || kind == name_kind::shared;
}

/// Gives `fresh` the name `to` unless that is taken.
outcome rename_new(const fs::path& fresh, const fs::path& to) {
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  const int error = errno;
  // Some file systems know no such flag.
  if (error == EINVAL && !look(to)) return rename_file(fresh, to);
  return error == EEXIST || error == EINVAL ? outcome{taken(to)} : disk_failure(error, "name", to);
}

/// Hard link, else reflink, else copy; replaces nothing.
result<link_kind> place_new(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return link_kind::hard_link;
  if (errno == EEXIST) return taken(to);
  if (errno == ENOENT || errno == EACCES) return disk_failure(errno, "link", to);
  const auto fresh = temporary_beside(to);
  auto kind = duplicate(from, fresh);
  if (kind)
    if (auto named = rename_new(fresh, to); !named) kind = std::move(named).why();
  if (!kind) ::unlink(fresh.c_str());
  return kind;
}

/// Makes the names of one view.
class making {
 public:
  making(const home& where, tool_view& into, const own_text& own,
         const std::vector<view_copy>& copies)
    : where_(where), into_(into), own_(own), copies_(copies) {}

  outcome run() {
    into_.how = link_kind::hard_link;
    for (auto& one : into_.names)
      if (auto made = make(one); !made) {
        undo();
        return made;
      }
    return {};
  }

 private:
  fs::path at(const made_name& one) const { return into_.root / one.name.path; }

  outcome make(made_name& one) {
    HIVE_CHECK(make_folders(at(one).parent_path()));
    if (is_blob(one.name.kind)) return make_blob(one);
    return one.name.kind == name_kind::link ? make_link(one) : make_text(one);
  }

  outcome make_blob(made_name& one) {
    const auto to = at(one);
    const auto from = where_.blob(one.name.what);
    if (const auto seen = look(to)) {
      if (same(*seen, look(from))) one.ours = true; // also of a making that was cut off
      const bool right = one.ours && (same(*seen, look(from)) || is_marked(*seen, one));
      if (right) {
        mark(one, to);
        return {};
      }
      const bool alike =
          S_ISREG(seen->st_mode) && static_cast<std::uint64_t>(seen->st_size) == one.name.size;
      if (one.name.kind != name_kind::shared || !alike) return taken(to);
      one.ours = false;
      mark(one, to);
      return {};
    }
    HIVE_TRY(const auto kind, place_blob(one, from, to));
    into_.how = std::max(into_.how, kind);
    made(one);
    return {};
  }

  result<link_kind> place_blob(const made_name& one, const fs::path& from, const fs::path& to) {
    const auto copy = std::ranges::find(copies_, one.name.path, &view_copy::path);
    if (copy == copies_.end()) return place_new(from, to);
    HIVE_CHECK(rename_new(copy->fresh, to));
    return link_kind::copy;
  }

  outcome make_text(made_name& one) {
    const auto to = at(one);
    if (look(to)) {
      HIVE_TRY(const auto now, read_text(to, text_limit));
      if (now == one.name.what) return {};
      if (!own_(one.name.path, now) && !leads_nowhere(one, now)) {
        one.ours = false;
        return one.name.kind == name_kind::ref ? outcome{} : outcome{taken(to)};
      }
    }
    HIVE_CHECK(replace_file(to, one.name.what));
    made(one);
    return {};
  }

  /// A ref to a snapshot that is not there.
  bool leads_nowhere(const made_name& one, const std::string& now) const {
    if (one.name.kind != name_kind::ref || !is_hex(now, 40)) return false;
    const auto repo = one.name.path.substr(0, one.name.path.find('/'));
    return !look(into_.root / repo / "snapshots" / now);
  }

  outcome make_link(made_name& one) {
    const auto to = at(one);
    std::error_code none;
    if (const auto seen = look(to)) {
      if (fs::exists(to, none)) { // it leads somewhere, or is a file
        if (fs::read_symlink(to, none) != one.name.what || none) one.ours = false;
        return {};
      }
      HIVE_TRY([[maybe_unused]] const bool gone, remove_file(to));
    }
    if (::symlink(one.name.what.c_str(), to.c_str()) != 0) return disk_failure(errno, "link", to);
    made(one);
    return {};
  }

  void made(made_name& one) {
    one.ours = true;
    mark(one, at(one));
    fresh_.push_back(&one);
  }

  void undo() {
    for (auto one = fresh_.rbegin(); one != fresh_.rend(); ++one) {
      ::unlink(at(**one).c_str());
      remove_empty_folders(at(**one).parent_path(), into_.root);
      **one = made_name{(*one)->name};
    }
  }

  const home& where_;
  tool_view& into_;
  const own_text& own_;
  const std::vector<view_copy>& copies_;
  std::vector<made_name*> fresh_;
};

/// SHA-256s that manifests of Ollama's store name.
std::set<std::string> digests_below(const fs::path& manifests) {
  std::set<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(manifests, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code none;
    if (!at->is_regular_file(none)) continue;
    if (const auto text = read_text(at->path(), text_limit)) found.merge(manifest_digests(*text));
  }
  return found;
}

/// Names of shared contents that the tool's own index leads to, whoever made it.
result<std::set<std::string>> needed_by_tool(const tool_view& from) {
  std::set<std::string> paths;
  if (from.view == to_string(view_wish{tool::ollama, {}}))
    for (const auto& digest : digests_below(from.root / "manifests"))
      paths.insert("blobs/sha256-" + digest);
  if (from.view == to_string(view_wish{tool::hf, {}})) {
    const auto repo = from.opens.substr(0, from.opens.find('/'));
    HIVE_TRY(const auto blobs, linked_blobs(from.root / repo / "snapshots"));
    for (const auto& name : blobs) paths.insert(repo + "/blobs/" + name);
  }
  return paths;
}

/// What leads to others goes before them, and refs when their snapshot is gone.
int turn_of(name_kind kind) noexcept {
  switch (kind) {
  case name_kind::text: return 0;
  case name_kind::link: return 1;
  case name_kind::content:
  case name_kind::shared: return 2;
  case name_kind::ref: return 3;
  }
  return 3;
}

} // namespace

result<std::vector<view_copy>> copies_for(const home& where, const tool_view& of) {
  auto folder = of.root;
  while (!look(folder) && folder.has_relative_path()) folder = folder.parent_path();
  const auto there = look(folder);
  const auto here = look(where.root);
  if (!there || !here || there->st_dev == here->st_dev) return std::vector<view_copy>{};
  std::vector<view_copy> all;
  std::uint64_t needed = 0;
  for (const auto& one : of.names) {
    const auto to = of.root / one.name.path;
    if (!is_blob(one.name.kind) || look(to)) continue;
    all.push_back({one.name.path, where.blob(one.name.what), temporary_beside(to)});
    needed += one.name.size;
  }
  HIVE_TRY(const auto free, free_bytes(home{folder}));
  if (needed <= free) return all;
  return fail(errc::disk_full, "a copy in " + of.root.string() + " needs " + format_bytes(needed) +
                                   ", " + format_bytes(free) + " is free there");
}

outcome make_names(const home& where, tool_view& into, const own_text& own,
                   const std::vector<view_copy>& copies) {
  return making{where, into, own, copies}.run();
}

name_state state_of(const home& where, const fs::path& root, const made_name& one) {
  const auto at = root / one.name.path;
  const auto seen = look(at);
  if (!seen) return name_state::gone;
  std::error_code none;
  bool right = true;
  switch (one.name.kind) {
  case name_kind::content:
  case name_kind::shared:
    right = same(*seen, look(where.blob(one.name.what))) || is_marked(*seen, one);
    break;
  case name_kind::text: right = read_text(at, text_limit) == one.name.what; break;
  case name_kind::link: right = fs::exists(at, none); break;
  case name_kind::ref: break; // others move it on
  }
  return right ? name_state::stands : name_state::changed;
}

outcome take_names(const home& where, const tool_view& from,
                   const std::function<bool(const std::string& path)>& kept) {
  auto names = from.names;
  std::ranges::stable_sort(names, {}, [](const auto& one) { return turn_of(one.name.kind); });
  std::optional<std::set<std::string>> needed; // once what leads to them is gone
  for (const auto& one : names) {
    const auto at = from.root / one.name.path;
    if (!one.ours || kept(one.name.path)) continue;
    if (one.name.kind == name_kind::shared) {
      if (!needed) {
        HIVE_TRY(needed, needed_by_tool(from));
      }
      if (needed->contains(one.name.path)) continue;
    }
    std::error_code none;
    const bool moved_on =
        one.name.kind == name_kind::ref &&
        (read_text(at, text_limit) != one.name.what || fs::exists(from.root / from.opens, none));
    const bool relinked =
        one.name.kind == name_kind::link && (fs::read_symlink(at, none) != one.name.what || none);
    if (moved_on || relinked || state_of(where, from.root, one) != name_state::stands) continue;
    HIVE_TRY([[maybe_unused]] const bool gone, remove_file(at));
    remove_empty_folders(at.parent_path(), from.root);
  }
  return {};
}

result<bool> take_content(const home& where, const tool_view& from, const std::string& sha256) {
  bool any = false;
  const auto blob = look(where.blob(sha256));
  for (const auto& one : from.names) {
    if (!is_blob(one.name.kind) || one.name.what != sha256) continue;
    const auto at = from.root / one.name.path;
    const auto seen = look(at);
    if (!seen || !same(*seen, blob)) continue;
    HIVE_TRY([[maybe_unused]] const bool gone, remove_file(at));
    any = true;
  }
  return any;
}

} // namespace hive::store
