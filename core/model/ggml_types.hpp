#pragma once
/// Names of quantisations, by the numbers GGUF files carry: of ggml's tensor types (ggml.h) and of
/// general.file_type (llama.h). Empty for a number that is not known.

#include <cstdint>
#include <string_view>

namespace hive::model {

/// "Q4_K"
std::string_view tensor_type_name(std::uint64_t number) noexcept;
/// "Q4_K_M"
std::string_view file_type_name(std::uint64_t number) noexcept;

} // namespace hive::model
