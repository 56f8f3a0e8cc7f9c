#pragma once
/// The folder of one build, below hive's home (`build/<name>`): its inputs in "in", everything else
/// made by the steps. It goes with the object; what a killed hive leaves of it, the next start
/// removes. Reads and writes the disk: not for an actor that must not block.

#include "core/artifact/plan.hpp"
#include "core/artifact/recipe.hpp"
#include "core/base/result.hpp"
#include "core/store/home.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hive::build {

class workplace {
 public:
  /// Makes it, empty.
  static result<workplace> make(const store::home& where, const std::string& name);
  ~workplace();
  workplace(workplace&& from) noexcept;
  workplace& operator=(workplace&&) = delete;

  const std::filesystem::path& folder() const noexcept { return folder_; }
  std::filesystem::path inputs() const { return folder_ / recipe_inputs; }
  std::filesystem::path scratch() const { return folder_ / ".tmp"; }

  /// Puts the blob at `path` ("in/…"). `sealed`: inputs cannot be written by who uses them, so a
  /// second name is enough; else they are files of their own (reflink, or a copy).
  outcome add_input(const std::string& path, const std::string& sha256, bool sealed) const;

  /// Bytes on the disk of everything but the inputs. What cannot be looked at counts as nothing.
  std::uint64_t bytes() const;

  /// The regular files whose path matches one of `globs`, as files of a plan whose source is theirs
  /// to be moved. Inputs and hidden names are passed over. errc::build_failed names a glob nothing
  /// matches, and what matches but is no regular file; bad_path a name that is not safe.
  result<std::vector<plan_file>> outputs(const std::vector<std::string>& globs) const;

 private:
  workplace(store::home where, std::filesystem::path folder)
    : where_(std::move(where)), folder_(std::move(folder)) {}

  store::home where_;
  std::filesystem::path folder_; ///< empty once moved from
};

/// Before any build of this home: kills what is left of the programs of builds, and removes their
/// folders. How many of each.
struct swept {
  std::size_t programs{0};
  std::size_t folders{0};
};
swept sweep(const store::home& where);

/// The variable that tells a build's programs from all others: its value is the build's folder.
inline constexpr const char* build_mark = "HIVE_BUILD";

} // namespace hive::build
