#include "core/model/ggml_types.hpp"

#include <array>
#include <cstddef>

namespace hive::model {

namespace {

/// Added to a file type that was derived from the tensors instead of being asked for.
constexpr std::uint64_t guessed = 1024;

constexpr std::array<std::string_view, 43> tensor_types{
    "F32",     "F16",   "Q4_0",   "Q4_1",  "",      "",       "Q5_0", "Q5_1",    "Q8_0",
    "Q8_1",    "Q2_K",  "Q3_K",   "Q4_K",  "Q5_K",  "Q6_K",   "Q8_K", "IQ2_XXS", "IQ2_XS",
    "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S", "IQ2_S", "IQ4_XS", "I8",   "I16",     "I32",
    "I64",     "F64",   "IQ1_M",  "BF16",  "",      "",       "",     "TQ1_0",   "TQ2_0",
    "",        "",      "",       "MXFP4", "NVFP4", "Q1_0",   "Q2_0"};

constexpr std::array<std::string_view, 41> file_types{
    "F32",   "F16",     "Q4_0",      "Q4_1",   "",       "",        "",       "Q8_0",   "Q5_0",
    "Q5_1",  "Q2_K",    "Q3_K_S",    "Q3_K_M", "Q3_K_L", "Q4_K_S",  "Q4_K_M", "Q5_K_S", "Q5_K_M",
    "Q6_K",  "IQ2_XXS", "IQ2_XS",    "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S",  "IQ4_NL", "IQ3_S",
    "IQ3_M", "IQ2_S",   "IQ2_M",     "IQ4_XS", "IQ1_M",  "BF16",    "",       "",       "",
    "TQ1_0", "TQ2_0",   "MXFP4_MOE", "NVFP4",  "Q1_0"};

} // namespace

std::string_view tensor_type_name(std::uint64_t number) noexcept {
  return number < tensor_types.size() ? tensor_types[static_cast<std::size_t>(number)] : "";
}

std::string_view file_type_name(std::uint64_t number) noexcept {
  number &= ~guessed;
  return number < file_types.size() ? file_types[static_cast<std::size_t>(number)] : "";
}

} // namespace hive::model
