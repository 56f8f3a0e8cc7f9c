#pragma once
/// Recipes: how an artifact is made on this machine, from sources that cannot change. The keys of
/// the file are in docs/api.md. Reading is pure and total: any text gives a recipe or
/// errc::bad_recipe with the line.

#include "core/artifact/reference.hpp"
#include "core/base/digest.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

/// Where the sources' files lie in the folder of a build; read-only.
inline constexpr std::string_view recipe_inputs = "in";
/// The largest text that is read as a recipe, in bytes.
inline constexpr std::size_t largest_recipe = 64u << 10;

struct recipe_source {
  reference what;
  std::string path;                 ///< folder of its files: "in", or below it
  std::vector<std::string> include; ///< globs, as core/artifact/pattern.hpp
  std::vector<std::string> exclude;
  std::optional<digest> expected; ///< SHA-256 of its only file
  std::size_t line{0};            ///< where it stands, from 1
  friend bool operator==(const recipe_source&, const recipe_source&) = default;
};

struct recipe_step {
  std::vector<std::string> run; ///< program and arguments
  friend bool operator==(const recipe_step&, const recipe_step&) = default;
};

struct recipe_limits {
  std::chrono::seconds time{std::chrono::hours{6}}; ///< all steps together
  std::uint64_t disk{100'000'000'000};              ///< bytes of everything the steps write
  std::optional<std::uint64_t> memory;              ///< bytes of one process
  bool network{false};
  friend bool operator==(const recipe_limits&, const recipe_limits&) = default;
};

struct recipe {
  std::string name;
  std::string version;
  std::vector<recipe_source> sources;
  std::vector<recipe_step> steps;
  std::vector<std::string> outputs; ///< globs
  recipe_limits limits;
  friend bool operator==(const recipe&, const recipe&) = default;
};

result<recipe> parse_recipe(std::string_view text);

/// A file of a source: where it lies in the folder of the build, and what it is.
struct recipe_input {
  std::string path;
  digest what;
};

/// SHA-256, 64 hex characters, over everything that decides what comes out: equal digests, equal
/// builds. Comments, the order of keys, where a source comes from and the limits of time, disk and
/// memory are not part of it.
std::string recipe_digest(const recipe& how, std::vector<recipe_input> inputs);

} // namespace hive
