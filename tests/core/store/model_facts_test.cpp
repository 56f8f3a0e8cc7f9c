#include "core/store/model_facts.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gguf.hpp"

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;

namespace {

struct shelf_of_files {
  scratch_home home;
  std::vector<artifact_file> files;

  shelf_of_files& put(const std::string& path, const std::string& text) {
    files.push_back({path, put_blob(home.where, text), text.size(), {}});
    return *this;
  }
  model::facts read() const { return read_model(home.where, files); }
};

std::string tensors(const std::string& json, std::size_t data) {
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) out += static_cast<char>(json.size() >> (8 * i));
  return out + json + std::string(data, '\0');
}

std::string part_of(int elements) {
  return tensors(R"({"t":{"dtype":"BF16","shape":[)" + std::to_string(elements) +
                     R"(],"data_offsets":[0,)" + std::to_string(2 * elements) + "]}}",
                 static_cast<std::size_t>(2 * elements));
}

constexpr const char* config = R"({"model_type":"qwen2","num_hidden_layers":2,"hidden_size":64,
  "num_attention_heads":4,"max_position_embeddings":4096})";

} // namespace

TEST_CASE("the model among an artifact's files is described, not what accompanies it") {
  const auto bytes = testing::small_model().bytes();
  const auto f = shelf_of_files{}
                     .put("mmproj-F16.gguf", std::string(10'000, 'x'))
                     .put("imatrix.gguf", std::string(10'001, 'x'))
                     .put("README.md", "words")
                     .put("m-Q4_K_M.gguf", bytes)
                     .read();
  CHECK(f.architecture == "llama");
  CHECK(f.path == "m-Q4_K_M.gguf");
  CHECK(f.files == 1);
  CHECK(f.weights == bytes.size());
  CHECK(f.flaw.empty());
}

TEST_CASE("of several models the largest is described") {
  auto large = testing::small_model();
  large.text("padding", std::string(500, ' ')).u32("general.alignment", 32);
  const auto f = shelf_of_files{}
                     .put("a.gguf", testing::small_model().bytes())
                     .put("b.gguf", large.bytes())
                     .read();
  CHECK(f.path == "b.gguf");
}

TEST_CASE("a split model is described as a whole") {
  const auto part = [](std::uint16_t no) {
    auto f = no == 0 ? testing::small_model() : testing::gguf_file{};
    if (no > 0) f.tensor("more", {100}, 12);
    return f.u16("split.no", no).u16("split.count", 2).bytes();
  };
  const auto f = shelf_of_files{}
                     .put("m-00002-of-00002.gguf", part(1))
                     .put("m-00001-of-00002.gguf", part(0))
                     .read();
  CHECK(f.path == "m-00001-of-00002.gguf");
  CHECK(f.files == 2);
  CHECK(f.parameters == 6564);
  CHECK(f.weights == part(0).size() + part(1).size());
}

TEST_CASE("safetensors are described with the texts beside them") {
  auto files = shelf_of_files{};
  files.put("model-00001-of-00002.safetensors", part_of(10)).put("config.json", config);
  files.put("tokenizer.json", "{}").put("tokenizer_config.json", R"({"chat_template":"x"})");
  CHECK_FALSE(files.read().parameters); // the other part is not here
  files.put("model-00002-of-00002.safetensors", part_of(5));
  const auto f = files.read();
  CHECK(f.format == "safetensors");
  CHECK(f.architecture == "qwen2");
  CHECK(f.parameters == 15);
  CHECK(f.files == 2);
  CHECK(f.context_length == 4096);
  CHECK(f.kv_token_bytes == 2 * 4 * 16 * 2 * 2);
  CHECK(f.tokenizer);
  CHECK(f.chat_template);
  files.put(
      "model.safetensors.index.json",
      R"({"metadata":{"total_parameters":99},"weight_map":{"t":"model-00001-of-00002.safetensors"}})");
  CHECK(files.read().parameters == 99);
}

TEST_CASE("a config in a folder above counts, one beside does so first") {
  auto files = shelf_of_files{};
  files.put("w/model.safetensors", part_of(10)).put("config.json", config);
  CHECK(files.read().architecture == "qwen2");
  files.put("w/config.json", R"({"model_type":"llama"})");
  CHECK(files.read().architecture == "llama");
}

TEST_CASE("a header that cannot be read is a flaw, not a failure") {
  const auto cut = testing::small_model().bytes().substr(0, 100);
  auto f = shelf_of_files{}.put("m.gguf", cut).read();
  CHECK(f.format == "gguf");
  CHECK(f.weights == 100);
  CHECK(f.flaw.find("m.gguf: the GGUF header is damaged") == 0);
  f = shelf_of_files{}.put("m.safetensors", "no").put("config.json", config).read();
  CHECK(f.format == "safetensors");
  CHECK_FALSE(f.flaw.empty());
  auto gone = shelf_of_files{};
  gone.put("m.gguf", cut);
  REQUIRE(remove_blob(gone.home.where, gone.files[0].sha256));
  CHECK_FALSE(gone.read().flaw.empty());
}

TEST_CASE("what has no model in it has no facts") {
  CHECK(shelf_of_files{}.read() == model::facts{});
  CHECK(shelf_of_files{}.put("data.csv", "1,2").put("mmproj.gguf", "x").read() == model::facts{});
}

TEST_CASE("what is known of a model survives in the database") {
  scratch_folder folder;
  auto db = database::open(folder.path() / "hive.db").value();
  artifact a;
  a.id.value = "00112233445566aa";
  a.what = parsed("hf:org/repo");
  a.revision = std::string(40, 'c');
  REQUIRE(db->put_artifact(a, {}));
  CHECK(db->artifacts_without_model().value() == std::vector{a.id});
  const auto facts = shelf_of_files{}.put("m.gguf", testing::small_model().bytes()).read();
  REQUIRE(db->put_model(a.id, facts));
  CHECK(db->get_artifact(a.id).value()->model == facts);
  CHECK(db->artifacts_without_model().value().empty());
  REQUIRE(db->put_artifact(a, {})); // without a model: what is known stays
  CHECK(db->get_artifact(a.id).value()->model == facts);
  a.model = model::facts{};
  REQUIRE(db->put_artifact(a, {}));
  CHECK(db->get_artifact(a.id).value()->model == model::facts{});
}
