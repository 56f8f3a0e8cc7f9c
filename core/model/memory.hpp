#pragma once
/// What a model needs to run, beside what a machine has. Arithmetic on sizes that are known; what
/// an engine needs for itself (some hundred MiB) is not in it.

#include "core/model/facts.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hive::model {

/// The context most engines begin with when they are told none.
inline constexpr std::uint64_t usual_context = 8192;

struct memory_need {
  std::uint64_t context{0}; ///< tokens: the usual, or the model's own if that is smaller
  std::uint64_t weights{0}; ///< bytes
  std::optional<std::uint64_t> kv_cache; ///< bytes at that context, 16-bit, at most
  std::optional<std::uint64_t> total;    ///< bytes; empty while a part is not known
  friend bool operator==(const memory_need&, const memory_need&) = default;
};

/// Empty for what is no model, or one whose files cannot be read.
std::optional<memory_need> need_of(const facts& what);

/// Of a machine, as far as known; bytes.
struct memory_there {
  std::optional<std::uint64_t> memory;
  std::optional<std::uint64_t> available; ///< of it
  std::optional<std::uint64_t> devices;   ///< of all graphics devices together
};

/// Whether it fits; empty when that cannot be said.
std::optional<bool> fits(const memory_need& need, const std::optional<std::uint64_t>& there);

/// One sentence for people: what it needs, and whether that is there.
std::string sentence(const memory_need& need, const memory_there& there);

} // namespace hive::model
