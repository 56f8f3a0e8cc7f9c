/// The header of a GGUF file.

#include "core/model/facts.hpp"
#include "core/model/memory.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hive;
  using fuzz::claim;
  model::memory_source from{{reinterpret_cast<const char*>(data), size}};
  const auto header = model::read_gguf(from);
  if (!header) {
    claim(!header.why().detail.empty(), "a failure says what happened");
    return 0;
  }
  std::uint64_t elements = 0;
  for (const auto& [type, count] : header->elements) elements += count;
  claim(elements == header->parameters, "elements add up");
  claim(header->tensors * 24 <= size, "every tensor has its bytes");
  auto facts = model::gguf_facts({*header});
  facts.weights = size;
  for (const auto& text : {facts.name, facts.architecture})
    claim(text.size() <= 600, "texts are short");
  if (const auto need = model::need_of(facts))
    claim(!model::sentence(*need, {}).empty(), "a need can be told");
  return 0;
}
