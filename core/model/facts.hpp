#pragma once
/// What a model is, put together from the headers of its files. Pure. Whatever they do not say is
/// empty.

#include "core/model/gguf.hpp"
#include "core/model/hub_config.hpp"
#include "core/model/safetensors.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hive::model {

struct facts {
  std::string format{};       ///< "gguf", "safetensors"; empty: there is no model in it
  std::string path{};         ///< of the file they were read from; of a set the first
  std::uint64_t files{0};     ///< of weights that are loaded together
  std::uint64_t weights{0};   ///< bytes of those files
  std::string name{};         ///< as its makers call it: "Qwen2.5"
  std::string architecture{}; ///< "qwen2"
  std::string quantisation{}; ///< "Q4_K_M", "BF16", "awq-4bit"
  std::optional<std::uint64_t> parameters{};
  std::optional<std::uint64_t> context_length{}; ///< tokens it was made for
  std::optional<std::uint64_t> embedding_length{};
  std::optional<std::uint64_t> layers{};
  std::optional<std::uint64_t> heads{};
  std::optional<std::uint64_t> kv_heads{}; ///< the most that a layer has
  /// Bytes of a 16-bit KV cache for one token, where every layer keeps every token: an upper bound
  /// for models some of whose layers look at a window only.
  std::optional<std::uint64_t> kv_token_bytes{};
  bool tokenizer{false};
  bool chat_template{false};
  std::string flaw{}; ///< why its files could not be read
  friend bool operator==(const facts&, const facts&) = default;
};

/// Of one file, or of a set, whose first has the metadata. `set` is not empty. The tensors count
/// only when the whole set is there.
facts gguf_facts(const std::vector<gguf_header>& set);

/// Of the files of one set and the texts beside them; `declared` are the parameters the index says.
facts safetensors_facts(const std::vector<safetensors_header>& set, const hub_config& config,
                        std::optional<std::uint64_t> declared);

} // namespace hive::model
