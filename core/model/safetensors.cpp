#include "core/model/safetensors.hpp"

#include "core/base/json.hpp"

#include <limits>
#include <span>
#include <utility>

namespace hive::model {

namespace {

constexpr std::uint64_t length_bytes = 8;
constexpr std::size_t deepest_header = 8;
constexpr std::size_t most_element_types = 64;
constexpr std::size_t longest_type = 16;

failure wrong(const std::string& why) {
  return fail(errc::not_the_artifact, "the safetensors header is damaged: " + why);
}

/// Elements of one tensor; empty when they are more than can be counted.
std::optional<std::uint64_t> elements_of(json::node shape) {
  std::uint64_t count = 1;
  for (const auto& extent : shape.elements()) {
    const auto n = extent.natural();
    if (!n || (*n != 0 && count > std::numeric_limits<std::uint64_t>::max() / *n))
      return std::nullopt;
    count *= *n;
  }
  return count;
}

outcome check_offsets(json::node offsets, std::uint64_t data, std::string_view name) {
  const auto pair = offsets.elements();
  const auto begin = pair.size() == 2 ? pair[0].natural() : std::nullopt;
  const auto end = pair.size() == 2 ? pair[1].natural() : std::nullopt;
  if (begin && end && *begin <= *end && *end <= data) return {};
  return wrong("the tensor " + std::string{name.substr(0, 100)} + " does not lie in the file");
}

outcome take_tensor(safetensors_header& into, std::string_view name, json::node tensor,
                    std::uint64_t data) {
  const auto type = tensor["dtype"].string();
  const auto count = elements_of(tensor["shape"]);
  if (!type || type->size() > longest_type || !tensor["shape"].is_array() || !count)
    return wrong("the tensor " + std::string{name.substr(0, 100)} + " has no type or shape");
  HIVE_CHECK(check_offsets(tensor["data_offsets"], data, name));
  auto& sum = into.elements[std::string{*type}];
  if (*count > std::numeric_limits<std::uint64_t>::max() - sum)
    return wrong("tensors larger than can be");
  sum += *count;
  ++into.tensors;
  if (into.elements.size() > most_element_types) return wrong("more types than there are");
  return {};
}

} // namespace

result<safetensors_header> read_safetensors(byte_source& from) {
  if (from.size() < length_bytes) return fail(errc::not_the_artifact, "it is no safetensors file");
  std::string raw(length_bytes, '\0');
  HIVE_CHECK(from.read(0, std::span{raw}));
  std::uint64_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;)
    length = length << 8 | static_cast<unsigned char>(raw[i]);
  if (length > safetensors_limit) return wrong(std::to_string(length) + " bytes of it");
  if (length > from.size() - length_bytes) return wrong("the file ends within it");
  std::string text(static_cast<std::size_t>(length), '\0');
  HIVE_CHECK(from.read(length_bytes, std::span{text}));
  const auto read = json::parse(text, deepest_header);
  if (!read) return wrong(read.why().detail);
  if (!read->root().is_object()) return wrong("it is no JSON object");
  safetensors_header header;
  for (const auto& [name, tensor] : read->root().members())
    if (name != "__metadata__")
      HIVE_CHECK(take_tensor(header, name, tensor, from.size() - length_bytes - length));
  return header;
}

result<safetensors_index> read_safetensors_index(std::string_view text) {
  if (text.size() > safetensors_limit)
    return fail(errc::not_the_artifact, "the index of the safetensors files is too large");
  const auto read = json::parse(text, deepest_header);
  if (!read)
    return fail(errc::not_the_artifact,
                "the index of the safetensors files is damaged: " + read.why().detail);
  safetensors_index index;
  index.parameters = read->root()["metadata"]["total_parameters"].natural();
  for (const auto& [tensor, file] : read->root()["weight_map"].members())
    if (const auto name = file.string()) index.files.emplace(*name);
  if (index.files.empty())
    return fail(errc::not_the_artifact, "the index of the safetensors files names none");
  return index;
}

} // namespace hive::model
