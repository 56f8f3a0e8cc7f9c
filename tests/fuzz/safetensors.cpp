/// A safetensors header; and the same bytes as an index, a config.json and a tokenizer's.

#include "core/model/facts.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hive;
  using fuzz::claim;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  model::memory_source from{text};
  const auto header = model::read_safetensors(from);
  if (!header) claim(!header.why().detail.empty(), "a failure says what happened");
  const auto index = model::read_safetensors_index(text);
  if (index) claim(!index->files.empty(), "an index names files");
  const auto config = model::read_hub_config(text);
  claim(config.architecture.size() <= 100, "texts are short");
  std::vector<model::safetensors_header> set;
  if (header) set.push_back(*header);
  claim(model::safetensors_facts(set, config, {}).format == "safetensors", "facts have a format");
  static_cast<void>(model::has_chat_template(text));
  return 0;
}
