#pragma once
/// How other tools lay out what they keep: the names an artifact has with them, in the order to
/// make them. Pure.
///
/// hf:       a Hub cache (views.hpp has the same for our own).
/// ollama:   blobs/sha256-<hex> first, manifests/<host>/<namespace>/<model>/<tag> last. Only what
///           came from a registry has a manifest.
/// lmstudio: <publisher>/<model>/<file>.
/// dir:      the files as they are.

#include "core/artifact/view_wish.hpp"
#include "core/base/result.hpp"
#include "core/store/database.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hive::store {

/// Where the tools of this machine keep what they have.
struct tool_roots {
  std::filesystem::path hf;
  std::filesystem::path ollama;
  std::filesystem::path lmstudio;
};

enum class name_kind : std::uint8_t {
  content = 0, ///< shows a blob under a name of the tool's choosing
  shared = 1,  ///< the same, named by its digest: whoever put it there, it is the same
  text = 2,    ///< a small file of its own
  link = 3,    ///< a symbolic link
  ref = 4,     ///< a text that says which revision counts; other tools move it on
};

struct view_name {
  std::string path; ///< below the root
  name_kind kind{name_kind::content};
  std::string what;      ///< SHA-256 of the blob; the text; the link's target
  std::uint64_t size{0}; ///< of the blob
  friend bool operator==(const view_name&, const view_name&) = default;
};

struct tool_layout {
  std::filesystem::path root;
  std::string opens; ///< below the root: what a person is told
  std::vector<view_name> names;
};

/// `manifest` is the text of the artifact's manifest.json; ollama only. errc::unsupported when the
/// tool has no place for such an artifact, errc::entry_missing when files of it are not here,
/// errc::bad_path for a path that would lead out of the root.
result<tool_layout> lay_out(const artifact& a, const view_wish& wish, const tool_roots& roots,
                            std::string_view manifest);

/// The SHA-256s a manifest names; none when it is no manifest.
std::set<std::string> manifest_digests(std::string_view manifest);

} // namespace hive::store
