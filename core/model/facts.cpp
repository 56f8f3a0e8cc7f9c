#include "core/model/facts.hpp"

#include "core/base/ascii.hpp"
#include "core/base/utf8.hpp"
#include "core/model/ggml_types.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hive::model {

namespace {

using number = std::optional<std::uint64_t>;

constexpr std::uint64_t kv_bytes = 2; ///< of one element of a 16-bit cache

/// The product; empty when one is not known or it is too large to be true.
number product(std::initializer_list<number> factors) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t all = 1;
  for (const auto& factor : factors) {
    if (!factor || (*factor != 0 && all > most / *factor)) return std::nullopt;
    all *= *factor;
  }
  return all;
}

number sum(const number& a, const number& b) {
  if (!a || !b || *a > std::numeric_limits<std::uint64_t>::max() - *b) return std::nullopt;
  return *a + *b;
}

std::string shown(const std::string& text) {
  constexpr std::size_t longest = 200;
  auto out = to_utf8(text.substr(0, longest));
  std::erase_if(out, ascii::is_control);
  return out;
}

/// The type with the most elements: of a quantised file the one it is named after.
template <class Key>
const Key* commonest(const std::map<Key, std::uint64_t>& elements) {
  const auto most =
      std::ranges::max_element(elements, {}, [](const auto& entry) { return entry.second; });
  return most == elements.end() ? nullptr : &most->first;
}

std::string quantisation_of(const gguf_header& first, const std::vector<gguf_header>& set) {
  if (const auto asked = first.natural("general.file_type"))
    if (const auto name = file_type_name(*asked); !name.empty()) return std::string{name};
  std::map<std::uint32_t, std::uint64_t> elements;
  for (const auto& one : set)
    for (const auto& [type, count] : one.elements) elements[type] += count;
  const auto* type = commonest(elements);
  return type == nullptr ? std::string{} : std::string{tensor_type_name(*type)};
}

number parameters_of(const std::vector<gguf_header>& set) {
  const auto split = split_of(set.front());
  if (set.size() != (split ? split->count : 1)) return std::nullopt;
  number all = 0;
  for (const auto& one : set) all = sum(all, one.parameters);
  return all && *all > 0 ? all : std::nullopt;
}

/// Metadata of the model proper stands behind its architecture: "llama.block_count".
class own_keys {
 public:
  explicit own_keys(const gguf_header& from)
    : from_(from), prefix_(from.text("general.architecture") + ".") {}

  number natural(std::string_view key) const { return from_.natural(prefix_ + std::string{key}); }
  const gguf_array* array(std::string_view key) const {
    return from_.array(prefix_ + std::string{key});
  }

 private:
  const gguf_header& from_;
  std::string prefix_;
};

/// Heads that keep keys and values, of all layers together.
number kv_heads_of_all(const own_keys& own, const number& layers, number& most) {
  if (const auto* each = own.array("attention.head_count_kv")) {
    if (each->numbers.size() != each->count) return std::nullopt;
    std::uint64_t all = 0;
    for (const auto heads : each->numbers) {
      if (heads < 0 || heads > 65'536) return std::nullopt;
      all += static_cast<std::uint64_t>(heads);
      most = std::max(most.value_or(0), static_cast<std::uint64_t>(heads));
    }
    return all;
  }
  most = own.natural("attention.head_count_kv");
  if (!most) most = own.natural("attention.head_count");
  return product({layers, most});
}

number divided(const number& a, const number& by) {
  if (!a || !by || *by == 0) return std::nullopt;
  return *a / *by;
}

void take_sizes(facts& into, const own_keys& own) {
  into.context_length = own.natural("context_length");
  into.embedding_length = own.natural("embedding_length");
  into.layers = own.natural("block_count");
  into.heads = own.natural("attention.head_count");
  const auto head = divided(into.embedding_length, into.heads);
  const auto keys = own.natural("attention.key_length");
  const auto values = own.natural("attention.value_length");
  const auto all = kv_heads_of_all(own, into.layers, into.kv_heads);
  const auto lengths = sum(keys ? keys : head, values ? values : head);
  // A model without heads keeps a state instead, of which this says nothing.
  if (all && *all > 0) into.kv_token_bytes = product({all, lengths, kv_bytes});
}

std::string type_of(const std::vector<safetensors_header>& set, const hub_config& config) {
  if (!config.packing.empty())
    return config.packing +
           (config.packed_bits ? "-" + std::to_string(*config.packed_bits) + "bit" : "");
  std::map<std::string, std::uint64_t> elements;
  for (const auto& one : set)
    for (const auto& [type, count] : one.elements) elements[type] += count;
  const auto* type = commonest(elements);
  return type == nullptr ? config.type : *type;
}

/// Packed weights have fewer elements than the model has parameters.
number elements_of(const std::vector<safetensors_header>& set, const hub_config& config) {
  if (set.empty() || !(config.packing.empty() || config.packing == "fp8")) return std::nullopt;
  number all = 0;
  for (const auto& one : set)
    for (const auto& [type, count] : one.elements) all = sum(all, count);
  return all && *all > 0 ? all : std::nullopt;
}

number kv_token_bytes_of(const hub_config& config) {
  if (config.latent_length)
    return product(
        {config.layers, sum(config.latent_length, config.rotated_length.value_or(0)), kv_bytes});
  const auto heads = config.kv_heads ? config.kv_heads : config.heads;
  const auto length =
      config.head_length ? config.head_length : divided(config.embedding_length, config.heads);
  return product({config.layers, heads, length, 2, kv_bytes});
}

} // namespace

facts gguf_facts(const std::vector<gguf_header>& set) {
  const auto& first = set.front();
  facts out;
  out.format = "gguf";
  out.architecture = shown(first.text("general.architecture"));
  out.name = shown(first.text("general.basename"));
  if (out.name.empty()) out.name = shown(first.text("general.name"));
  out.quantisation = quantisation_of(first, set);
  out.parameters = parameters_of(set);
  if (!out.architecture.empty()) take_sizes(out, own_keys{first});
  out.tokenizer = first.has("tokenizer.ggml.model");
  out.chat_template = first.has("tokenizer.chat_template");
  return out;
}

facts safetensors_facts(const std::vector<safetensors_header>& set, const hub_config& config,
                        std::optional<std::uint64_t> declared) {
  facts out;
  out.format = "safetensors";
  out.architecture = shown(config.architecture);
  out.quantisation = shown(type_of(set, config));
  out.parameters = declared ? declared : elements_of(set, config);
  out.context_length = config.context_length;
  out.embedding_length = config.embedding_length;
  out.layers = config.layers;
  out.heads = config.heads;
  out.kv_heads = config.kv_heads ? config.kv_heads : config.heads;
  out.kv_token_bytes = kv_token_bytes_of(config);
  return out;
}

} // namespace hive::model
