#pragma once
/// config.json as transformers writes it. Total: what cannot be read says nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive::model {

struct hub_config {
  std::string architecture; ///< model_type
  std::string type;         ///< of the weights: "bfloat16"
  std::string packing;      ///< quantization_config.quant_method: "awq"
  std::optional<std::uint64_t> packed_bits;
  std::optional<std::uint64_t> context_length;
  std::optional<std::uint64_t> embedding_length;
  std::optional<std::uint64_t> layers;
  std::optional<std::uint64_t> heads;
  std::optional<std::uint64_t> kv_heads;
  std::optional<std::uint64_t> head_length;
  /// Of models that keep one compressed vector per token (MLA): its length and that of the part
  /// beside it that is rotated.
  std::optional<std::uint64_t> latent_length;
  std::optional<std::uint64_t> rotated_length;
};

/// Of a model with several parts the one that makes text.
hub_config read_hub_config(std::string_view text);

/// Whether tokenizer_config.json holds a chat template.
bool has_chat_template(std::string_view tokenizer_config);

} // namespace hive::model
