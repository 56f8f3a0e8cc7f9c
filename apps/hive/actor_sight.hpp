#pragma once
/// What a watcher knows of actors, from the answers of the API. Pure.

#include "core/base/json.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hive::cli {

/// Times in seconds.
struct actor_sight {
  std::uint64_t id{0};
  std::uint64_t parent{0}; ///< 0: none
  std::string name;
  std::string label;
  std::string job;
  std::string state;
  std::string last_error;
  double age{0};
  std::uint64_t mailbox{0};
  std::uint64_t handled{0};
  std::uint64_t slow{0};
  // Empty: nobody has watched.
  std::optional<double> oldest;
  std::optional<double> p99; ///< of handling
  std::optional<double> rate;
  std::optional<double> busy;
  std::optional<std::int64_t> growth;
};

actor_sight read_actor(json::node from);

/// A place in a tree.
struct actor_place {
  std::size_t which{0}; ///< index
  std::size_t depth{0};
};
/// Children behind their parents, by id; whose parent is not among them is a root.
std::vector<actor_place> tree_of(const std::vector<actor_sight>& all);

/// What it works at, else the last thing that went wrong.
std::string subject_of(const actor_sight& one);

/// An actor of GET /v1/actors/{id}, as lines: what it is, its times, what it says of itself, its
/// links, its last messages, the newest first.
std::vector<std::string> actor_lines(json::node whole);

} // namespace hive::cli
