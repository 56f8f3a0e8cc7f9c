#pragma once
/// Under which other tool's names an artifact is wanted. The text in settings and in the API is
/// "hf", "ollama", "lmstudio", or "dir:" and an absolute path.

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

enum class tool : std::uint8_t {
  hf = 0,       ///< the Hugging Face cache
  ollama = 1,   ///< Ollama's store
  lmstudio = 2, ///< LM Studio's models
  dir = 3,      ///< a plain folder
};

struct view_wish {
  tool of{tool::hf};
  std::filesystem::path folder; ///< dir only
  friend bool operator==(const view_wish&, const view_wish&) = default;
};

std::string to_string(const view_wish& wish);
/// errc::bad_request says what there is.
result<view_wish> parse_view(std::string_view text);
/// Texts with commas between; nothing is none.
result<std::vector<view_wish>> parse_views(std::string_view list);

} // namespace hive
