#include "core/model/facts.hpp"
#include "tests/support/catch.hpp"

namespace hive::model {
namespace {

std::string file_of(const std::string& json, std::size_t data) {
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) out += static_cast<char>(json.size() >> (8 * i));
  return out + json + std::string(data, '\0');
}

result<safetensors_header> read_tensors(const std::string& bytes) {
  memory_source from{bytes};
  return read_safetensors(from);
}

constexpr const char* two_tensors = R"({"__metadata__":{"format":"pt"},
  "a":{"dtype":"BF16","shape":[4,8],"data_offsets":[0,64]},
  "b":{"dtype":"F32","shape":[],"data_offsets":[64,68]}})";

TEST_CASE("a safetensors header counts elements by type") {
  const auto header = read_tensors(file_of(two_tensors, 68));
  REQUIRE(header);
  CHECK(header->tensors == 2);
  CHECK(header->elements == std::map<std::string, std::uint64_t>{{"BF16", 32}, {"F32", 1}});
}

TEST_CASE("what is no safetensors file is refused") {
  const auto one = [](const std::string& tensor) { return file_of("{\"t\":" + tensor + "}", 64); };
  for (const auto& bytes : {
           std::string{"short"},
           std::string(16, '\xff'),
           file_of(two_tensors, 67), // its last tensor is cut
           file_of("[]", 0),
           file_of("{", 0),
           one(R"({"dtype":"F32","shape":[1]})"),
           one(R"({"dtype":"F32","shape":[1],"data_offsets":[8,4]})"),
           one(R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})"),
           one(R"({"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]})"),
           one(R"({"dtype":7,"shape":[1],"data_offsets":[0,4]})"),
           one(R"({"dtype":"F32","shape":1,"data_offsets":[0,4]})"),
           one("3"),
           one(R"({"dtype":"F32","shape":[[[[[[[[[1]]]]]]]]],"data_offsets":[0,4]})"),
       })
    CHECK(read_tensors(bytes).why().code == errc::not_the_artifact);
}

TEST_CASE("an index names the files of its set") {
  const auto index = read_safetensors_index(
      R"({"metadata":{"total_parameters":7,"total_size":14},"weight_map":{"a":"x","b":"y","c":"x"}})");
  REQUIRE(index);
  CHECK(index->files == std::set<std::string>{"x", "y"});
  CHECK(index->parameters == 7);
  CHECK_FALSE(read_safetensors_index("{}"));
  CHECK_FALSE(read_safetensors_index("<html>"));
}

constexpr const char* config = R"({"model_type":"qwen2","torch_dtype":"bfloat16",
  "max_position_embeddings":32768,"hidden_size":896,"num_hidden_layers":24,
  "num_attention_heads":14,"num_key_value_heads":2})";

TEST_CASE("facts of safetensors come from their headers and config.json") {
  const auto f = safetensors_facts({*read_tensors(file_of(two_tensors, 68))},
                                   read_hub_config(config), std::nullopt);
  CHECK(f.format == "safetensors");
  CHECK(f.architecture == "qwen2");
  CHECK(f.quantisation == "BF16");
  CHECK(f.parameters == 33);
  CHECK(f.context_length == 32768);
  CHECK(f.layers == 24);
  CHECK(f.kv_heads == 2);
  CHECK(f.kv_token_bytes == 24 * 2 * 64 * 2 * 2);
  CHECK(safetensors_facts({}, {}, 5).parameters == 5);
  CHECK(safetensors_facts({}, {}, {}) == facts{.format = "safetensors"});
}

TEST_CASE("packed weights are not counted as parameters") {
  const auto packed = read_hub_config(
      R"({"model_type":"llama","quantization_config":{"quant_method":"awq","bits":4}})");
  const auto f = safetensors_facts({*read_tensors(file_of(two_tensors, 68))}, packed, std::nullopt);
  CHECK(f.quantisation == "awq-4bit");
  CHECK_FALSE(f.parameters);
  const auto fp8 = read_hub_config(R"({"quantization_config":{"quant_method":"fp8"}})");
  CHECK(safetensors_facts({*read_tensors(file_of(two_tensors, 68))}, fp8, {}).parameters == 33);
}

TEST_CASE("of a model with several parts the one that makes text counts") {
  const auto c = read_hub_config(R"({"model_type":"gemma3","vision_config":{"hidden_size":1152},
    "text_config":{"num_hidden_layers":34,"hidden_size":2560,"num_attention_heads":8,
    "num_key_value_heads":4,"head_dim":256}})");
  CHECK(c.architecture == "gemma3");
  CHECK(safetensors_facts({}, c, {}).kv_token_bytes == 34 * 4 * 256 * 2 * 2);
}

TEST_CASE("a compressed cache is counted as such") {
  const auto c = read_hub_config(R"({"model_type":"deepseek_v3","num_hidden_layers":61,
    "hidden_size":7168,"num_attention_heads":128,"num_key_value_heads":128,
    "kv_lora_rank":512,"qk_rope_head_dim":64})");
  CHECK(safetensors_facts({}, c, {}).kv_token_bytes == 61 * (512 + 64) * 2);
}

TEST_CASE("a config that cannot be read says nothing") {
  for (const auto* text : {"", "[]", "{\"model_type\":7}", "{\"hidden_size\":-1}"})
    CHECK(safetensors_facts({}, read_hub_config(text), {}) == facts{.format = "safetensors"});
}

TEST_CASE("a chat template is looked for where tokenizers have it") {
  CHECK(has_chat_template(R"({"chat_template":"{{ x }}"})"));
  CHECK_FALSE(has_chat_template(R"({"chat_template":null})"));
  CHECK_FALSE(has_chat_template("no json"));
}

} // namespace
} // namespace hive::model
