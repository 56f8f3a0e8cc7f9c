#pragma once
/// Files that are cut into numbered parts: "model-00001-of-00003.gguf" and its brothers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

/// One part of a set. `stem` is what stands before "-00001-of-00003", `suffix` what follows
/// (".gguf").
struct shard {
  std::string_view stem;
  std::uint32_t number{0}; ///< from 1
  std::uint32_t count{0};
  std::string_view suffix;
};

/// Empty when `path` is no part of a set.
std::optional<shard> parse_shard(std::string_view path) noexcept;

/// The path of part `number` of the same set.
std::string shard_path(const shard& any, std::uint32_t number);

/// The path of the set's index, as transformers writes it ("model.safetensors.index.json"); empty
/// for a format that has none.
std::string index_path(const shard& any);

} // namespace hive
