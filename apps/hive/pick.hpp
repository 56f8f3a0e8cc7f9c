#pragma once
/// Which artifact a reference means, and which path of it a tool wants. Pure.

#include "core/artifact/reference.hpp"
#include "core/base/json.hpp"
#include "core/base/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hive::cli {

/// A view in another tool's folder.
struct tool_sight {
  std::string view;
  std::string path;
  std::string state; ///< "ok", else what is wrong
  std::string detail;
};

/// A line of GET /v1/artifacts.
struct artifact_sight {
  std::string id;
  std::string ref;
  std::string source; ///< the reference without revision and selection
  std::string revision;
  std::string requested;
  std::string path;
  std::string created;
  std::string used; ///< empty: never
  std::uint64_t bytes{0};
  std::uint64_t file_count{0};
  bool damaged{false};
  bool pinned{false};
  std::vector<std::string> files; ///< paths; only of a full answer
  std::vector<tool_sight> views;  ///< in other tools' folders
  std::string memory;             ///< what running it needs, a sentence; the same
};

artifact_sight read_artifact(json::node from);

/// Same repository, and the revision (branch, tag, or the start of a commit) if one is asked for.
/// Whether the selector's files are in it is `chosen_of`'s question.
bool same_source(const reference& asked, const artifact_sight& a);

/// Whether `asked` means `a` itself: the same source and, if one is asked for, exactly its
/// selector. Half a repository is never removed by naming a part of it.
bool meant_exactly(const reference& asked, const artifact_sight& a);

/// The files of `a` that `asked` selects; errc::entry_missing when it has none of them.
result<std::vector<std::string>> chosen_of(const reference& asked, const artifact_sight& a);

/// The one file a tool is given: the only GGUF model among `chosen` (of a split set the first part)
/// when no other weights are there. Empty: the folder is what a tool opens.
std::optional<std::string> single_model(const std::vector<std::string>& chosen);

} // namespace hive::cli
