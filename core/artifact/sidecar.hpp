#pragma once
/// Files that accompany a model's weights.

#include <cstdint>
#include <string_view>

namespace hive {

/// What a GGUF file is for, as its name says.
enum class gguf_role : std::uint8_t {
  none,      ///< no GGUF file
  model,     ///< or a part of one
  projector, ///< makes images or sound readable for a model ("mmproj")
  draft,     ///< a small model that guesses ahead ("mtp-", "eagle3-")
  imatrix,   ///< figures for making quantisations; nothing runs it
};

gguf_role role_of(std::string_view path);

/// Whether weights in safetensors cannot be used without it: configuration, tokenizer, chat
/// template.
bool is_companion(std::string_view path);

/// The folder of a path with its slash; empty for one at the top.
std::string_view folder_of(std::string_view path) noexcept;

} // namespace hive
