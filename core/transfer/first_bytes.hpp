#pragma once
/// What the beginning of a content gives away: a Git LFS pointer or a web page instead of the file,
/// a .gguf that is none. Pure.

#include "core/artifact/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace hive::transfer {

struct suspicion {
  std::string what;    ///< "a Git LFS pointer", "a web page", "no GGUF file"
  bool certain{false}; ///< false: the expected digest will tell
};

/// `head` is the beginning, 4096 bytes of it or everything there is.
std::optional<suspicion> suspect(std::span<const std::byte> head, const plan_file& file);

} // namespace hive::transfer
