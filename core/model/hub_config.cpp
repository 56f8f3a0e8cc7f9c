#include "core/model/hub_config.hpp"

#include "core/base/json.hpp"

namespace hive::model {

namespace {

constexpr std::size_t deepest = 32;

std::string text_of(json::node from) {
  return std::string{from.string().value_or("").substr(0, 100)};
}

/// The object that tells of layers: config.json itself, or the part that makes text.
json::node body_of(json::node root) {
  if (!root["num_hidden_layers"].is_null()) return root;
  for (const auto* part : {"text_config", "llm_config", "language_config"})
    if (root[part].is_object()) return root[part];
  return root;
}

/// The first of the names under which makers keep a number.
std::optional<std::uint64_t> first_of(json::node from, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (const auto value = from[name].natural()) return value;
  return std::nullopt;
}

} // namespace

hub_config read_hub_config(std::string_view text) {
  hub_config out;
  const auto read = json::parse(text, deepest);
  if (!read) return out;
  const auto root = read->root();
  const auto body = body_of(root);
  out.architecture = text_of(root["model_type"]);
  for (const auto* name : {"dtype", "torch_dtype"})
    for (const auto& part : {root, body})
      if (out.type.empty()) out.type = text_of(part[name]);
  const auto packing = root["quantization_config"];
  out.packing = text_of(packing["quant_method"]);
  out.packed_bits = packing["bits"].natural();
  out.context_length = first_of(body, {"max_position_embeddings", "n_positions", "max_seq_len"});
  out.embedding_length = first_of(body, {"hidden_size", "n_embd", "d_model"});
  out.layers = first_of(body, {"num_hidden_layers", "n_layer", "n_layers"});
  out.heads = first_of(body, {"num_attention_heads", "n_head", "n_heads"});
  out.kv_heads = first_of(body, {"num_key_value_heads"});
  out.head_length = first_of(body, {"head_dim"});
  out.latent_length = first_of(body, {"kv_lora_rank"});
  out.rotated_length = first_of(body, {"qk_rope_head_dim"});
  return out;
}

bool has_chat_template(std::string_view tokenizer_config) {
  const auto read = json::parse(tokenizer_config, deepest);
  return read && !read->root()["chat_template"].is_null();
}

} // namespace hive::model
