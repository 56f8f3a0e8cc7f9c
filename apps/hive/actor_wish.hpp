#pragma once
/// What is asked about actors, as typed on the command line or behind '/' in hive top. Pure.

#include <cstddef>
#include <cstdint>
#include <string>

namespace hive::cli {

struct actor_wish {
  std::string name;  ///< part of a name or label
  std::string job;   ///< the beginning of its id
  std::string state; ///< whole
  std::string under; ///< an id
  std::string node;  ///< a member of the hive; empty: the node that is asked
  std::string by{"id"};
  std::string window{"2s"};
  std::size_t limit{0}; ///< 0: page by page
};

/// "/v1/actors?…"
std::string path_of(const actor_wish& wish);

/// "state:fetching job:01HZ under:7 gguf": words without a colon are parts of a name or label.
/// Replaces the filters of `into`.
void read_filter(const std::string& text, actor_wish& into);

} // namespace hive::cli
