#pragma once
/// Headers of safetensors files, and the index of a set of them. Total: any bytes give a header or
/// errc::not_the_artifact with the reason.

#include "core/base/result.hpp"
#include "core/model/byte_source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace hive::model {

/// The Hub's own bound.
inline constexpr std::uint64_t safetensors_limit = 25'000'000;

struct safetensors_header {
  std::uint64_t tensors{0};
  std::map<std::string, std::uint64_t> elements; ///< by type: "BF16"
};

/// Checks that the tensors lie within the file.
result<safetensors_header> read_safetensors(byte_source& from);

struct safetensors_index {
  std::set<std::string> files;
  std::optional<std::uint64_t> parameters; ///< when its writer says so
};

/// "model.safetensors.index.json"; at most `safetensors_limit` bytes.
result<safetensors_index> read_safetensors_index(std::string_view text);

} // namespace hive::model
