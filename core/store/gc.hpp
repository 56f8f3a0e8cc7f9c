#pragma once
/// What `hive gc` takes away, and in which order. Pure: the catalog says what there is and carries
/// the plan out, one entry after the other.

#include "core/base/result.hpp"
#include "core/store/database.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::store {

enum class gc_kind : std::uint8_t { artifact = 0, content = 1, partial = 2 };
std::string_view to_string(gc_kind k) noexcept;

enum class gc_reason : std::uint8_t {
  // Why it goes.
  superseded = 0,  ///< its reference and branch have a newer revision here
  over_budget = 1, ///< used longer ago than what stays
  unheld = 2,      ///< a content that no artifact has
  stale = 3,       ///< an unfinished file nobody went on with for a day
  // Why it stays.
  pinned = 4,
  in_use = 5, ///< a job counts on it
  recent = 6, ///< a pull may go on with it: not a day old
  failed = 7, ///< removing it went wrong
};
std::string_view to_string(gc_reason r) noexcept;

/// An artifact as gc looks at it.
struct gc_artifact {
  artifact what;
  bool wished{false}; ///< asking for something again would find it
  bool in_use{false}; ///< a running job counts on it
};

/// What lies here and belongs to no artifact.
struct gc_leftover {
  std::string name;              ///< SHA-256 of a content, content key of a partial
  std::uint64_t bytes{0};        ///< on the disk
  std::optional<gc_reason> keep; ///< why it must stay
};

struct gc_survey {
  std::vector<gc_artifact> artifacts;
  std::vector<gc_leftover> contents;
  std::vector<gc_leftover> partials;
};

struct gc_entry {
  gc_kind kind{gc_kind::artifact};
  std::string name;     ///< id, SHA-256 or content key
  std::string ref;      ///< of an artifact
  std::string revision; ///< of an artifact
  gc_reason reason{gc_reason::unheld};
  std::uint64_t bytes{0}; ///< that it frees, or would
  std::string detail{};   ///< what went wrong
  friend bool operator==(const gc_entry&, const gc_entry&) = default;
};

struct gc_report {
  std::uint64_t budget{0};       ///< bytes; 0: none
  std::vector<gc_entry> removed; ///< in this order; of a plan: to be removed
  std::vector<gc_entry> kept;    ///< what would have gone, and why it does not
  std::uint64_t before{0};       ///< bytes of all contents here, each once
  std::uint64_t freed{0};        ///< of contents and partials
  std::uint64_t left{0};         ///< bytes of the contents that remain
  friend bool operator==(const gc_report&, const gc_report&) = default;
};

/// Bytes that are left above the budget.
std::uint64_t over_budget(const gc_report& of) noexcept;

/// Superseded revisions; then, with a budget, the least recently used until the contents that
/// remain fit into it; and leftovers. Never what is pinned or in use. An artifact all of whose
/// contents stay for others is not removed for the budget's sake.
gc_report plan_gc(const gc_survey& here, std::uint64_t budget);

/// A plan being carried out.
class gc_run {
 public:
  explicit gc_run(gc_report plan);
  /// The entry whose turn it is; null: all have had theirs.
  const gc_entry* next() const noexcept;
  /// How that entry went: the bytes it freed, or why it is still here. The next one's turn.
  void went(const result<std::uint64_t>& freed);
  /// What has been done.
  const gc_report& so_far() const noexcept { return done_; }

 private:
  std::vector<gc_entry> todo_;
  std::size_t at_{0};
  gc_report done_;
};

} // namespace hive::store
