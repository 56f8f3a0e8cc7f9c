#include "core/model/facts.hpp"
#include "core/model/ggml_types.hpp"
#include "core/model/gguf.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gguf.hpp"

namespace hive::model {
namespace {

using testing::gguf_file;

result<gguf_header> read_gguf(const std::string& bytes) {
  memory_source from{bytes};
  return read_gguf(from);
}

std::string little(std::uint64_t value, std::size_t width) {
  std::string out;
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

TEST_CASE("a GGUF header gives its metadata and what its tensors add up to") {
  const auto header = read_gguf(testing::small_model().bytes());
  REQUIRE(header);
  CHECK(header->version == 3);
  CHECK(header->tensors == 2);
  CHECK(header->parameters == 6464);
  CHECK(header->elements == std::map<std::uint32_t, std::uint64_t>{{0, 64}, {12, 6400}});
  CHECK(header->text("general.architecture") == "llama");
  CHECK(header->natural("llama.block_count") == 2);
  CHECK(header->array("tokenizer.ggml.tokens")->count == 2);
  CHECK_FALSE(header->natural("general.name"));
  CHECK(header->text("llama.block_count").empty());
}

TEST_CASE("values of every kind of metadata are read") {
  gguf_file f{2};
  f.i32("negative", -5).u16("small", 65535).f32("real", 0.5F).boolean("yes", true);
  f.raw("i8", 1, little(0xff, 1)).raw("u64", 10, little(1ULL << 40, 8)).numbers("n", {3, -1});
  f.raw("i64", 11, little(7, 8)).raw("f64", 12, little(0x3fe0000000000000, 8));
  f.text("long", std::string(70'000, 'x'));
  const auto header = read_gguf(f.bytes());
  REQUIRE(header);
  CHECK(header->version == 2);
  CHECK_FALSE(header->natural("negative"));
  CHECK(std::get<std::int64_t>(header->values.at("negative")) == -5);
  CHECK(std::get<std::int64_t>(header->values.at("i8")) == -1);
  CHECK(header->natural("small") == 65535);
  CHECK(header->natural("u64") == 1ULL << 40);
  CHECK(header->natural("i64") == 7);
  CHECK(std::get<double>(header->values.at("real")) == 0.5);
  CHECK(std::get<double>(header->values.at("f64")) == 0.5);
  CHECK(std::get<bool>(header->values.at("yes")));
  CHECK(header->array("n")->numbers == std::vector<std::int64_t>{3, -1});
  CHECK(header->has("long"));
  CHECK(header->text("long").empty());
}

TEST_CASE("what is no GGUF file of this machine's kind is refused in plain words") {
  struct row {
    std::string bytes;
    errc code;
    const char* says;
  };
  const auto whole = testing::small_model().bytes();
  auto swapped = whole;
  std::swap(swapped[4], swapped[7]);
  const std::vector<row> rows{
      {"", errc::not_the_artifact, "ends within it"},
      {"GGU", errc::not_the_artifact, "ends within it"},
      {"PK\3\4....................", errc::not_the_artifact, "no GGUF file"},
      {swapped, errc::unsupported, "big-endian"},
      {gguf_file{1}.bytes(), errc::unsupported, "version 1"},
      {gguf_file{4}.bytes(), errc::unsupported, "version 4"},
      {whole.substr(0, whole.size() - 1), errc::not_the_artifact, "ends within it"},
      {gguf_file{}.text("a", "1").text("a", "2").bytes(), errc::not_the_artifact, "twice"},
      {gguf_file{}.raw("a", 13, "").bytes(), errc::not_the_artifact, "no known type"},
      {gguf_file{}.raw("a", 9, little(13, 4)).bytes(), errc::not_the_artifact, "no known type"},
      {gguf_file{}.raw("", 4, little(1, 4)).bytes(), errc::not_the_artifact, "without a name"},
      {gguf_file{}.tensor("t", {1ULL << 40, 1ULL << 40}, 0).bytes(), errc::not_the_artifact,
       "larger than can be"},
      {gguf_file{}.tensor("t", {1ULL << 63}, 0).tensor("u", {1ULL << 63}, 0).bytes(),
       errc::not_the_artifact, "larger than can be"},
      {gguf_file{}.tensor("t", std::vector<std::uint64_t>(9, 1), 0).bytes(), errc::not_the_artifact,
       "9 dimensions"},
      {gguf_file{}.tensor("t", {1}, 70'000).bytes(), errc::not_the_artifact, "type 70000"},
      {gguf_file{}.tensor(std::string(2000, 'n'), {1}, 0).bytes(), errc::not_the_artifact,
       "a tensor's name of 2000 bytes"},
  };
  for (const auto& one : rows) {
    INFO(one.says);
    const auto got = read_gguf(one.bytes);
    REQUIRE_FALSE(got);
    CHECK(got.why().code == one.code);
    CHECK(got.why().detail.find(one.says) != std::string::npos);
  }
}

TEST_CASE("lengths and counts that lie cost nothing") {
  const auto huge = little(~0ULL, 8);
  for (const auto& bytes : {
           gguf_file{}.raw("a", 8, huge).bytes(),                      // a text
           gguf_file{}.raw("a", 9, little(4, 4) + huge).bytes(),       // numbers
           gguf_file{}.raw("a", 9, little(8, 4) + huge).bytes(),       // texts
           gguf_file{}.raw("a", 9, little(9, 4) + huge).bytes(),       // arrays
           "GGUF" + little(3, 4) + huge + little(0, 8),                // tensors
           "GGUF" + little(3, 4) + little(0, 8) + huge,                // entries
           "GGUF" + little(3, 4) + little(0, 8) + little(1, 8) + huge, // a key
       })
    CHECK(read_gguf(bytes).why().code == errc::not_the_artifact);
  std::string nested;
  for (int i = 0; i < 6; ++i) nested += little(9, 4) + little(1, 8);
  CHECK(read_gguf(gguf_file{}.raw("a", 9, nested).bytes()).why().detail.find("nested") !=
        std::string::npos);
}

TEST_CASE("a part of a set says which it is") {
  CHECK_FALSE(split_of(*read_gguf(testing::small_model().bytes())));
  const auto part = read_gguf(
      gguf_file{}.u16("split.no", 1).u16("split.count", 3).i32("split.tensors.count", 300).bytes());
  CHECK(split_of(*part) == gguf_split{1, 3, 300});
  CHECK_FALSE(split_of(*read_gguf(gguf_file{}.u16("split.no", 0).u16("split.count", 1).bytes())));
}

TEST_CASE("a model's facts come from its header") {
  const auto f = gguf_facts({*read_gguf(testing::small_model().bytes())});
  CHECK(f.format == "gguf");
  CHECK(f.name == "Small");
  CHECK(f.architecture == "llama");
  CHECK(f.quantisation == "Q4_K_M");
  CHECK(f.parameters == 6464);
  CHECK(f.context_length == 4096);
  CHECK(f.embedding_length == 64);
  CHECK(f.layers == 2);
  CHECK(f.heads == 4);
  CHECK(f.kv_heads == 2);
  CHECK(f.kv_token_bytes == 2 * 2 * (16 + 16) * 2); // layers, heads, keys and values, bytes
  CHECK(f.tokenizer);
  CHECK(f.chat_template);
}

TEST_CASE("what a header does not say stays empty") {
  auto f = gguf_facts({*read_gguf(gguf_file{}.bytes())});
  CHECK(f == facts{.format = "gguf"});
  f = gguf_facts({*read_gguf(gguf_file{}
                                 .text("general.architecture", "mamba")
                                 .u32("mamba.block_count", 4)
                                 .u32("mamba.embedding_length", 64)
                                 .u32("mamba.attention.head_count", 0)
                                 .bytes())});
  CHECK_FALSE(f.kv_token_bytes);
  f = gguf_facts({*read_gguf(gguf_file{}
                                 .text("general.architecture", "x")
                                 .u32("x.block_count", 0xffffffff)
                                 .u32("x.embedding_length", 0xffffffff)
                                 .u32("x.attention.head_count", 1)
                                 .raw("x.attention.head_count_kv", 10, little(1ULL << 62, 8))
                                 .bytes())});
  CHECK_FALSE(f.kv_token_bytes);
}

TEST_CASE("layers that keep nothing are not counted") {
  auto file = gguf_file{};
  file.text("general.architecture", "h").u32("h.block_count", 4).u32("h.embedding_length", 64);
  file.u32("h.attention.head_count", 4).numbers("h.attention.head_count_kv", {0, 2, 0, 1});
  file.u32("h.attention.key_length", 32).u32("h.attention.value_length", 8);
  const auto f = gguf_facts({*read_gguf(file.bytes())});
  CHECK(f.kv_heads == 2);
  CHECK(f.kv_token_bytes == 3 * (32 + 8) * 2);
}

TEST_CASE("a set of files has the parameters of all, when all are there") {
  const auto part = [](std::uint16_t no) {
    auto f = no == 0 ? testing::small_model() : gguf_file{};
    if (no > 0) f.tensor("more", {100}, 12);
    return *read_gguf(f.u16("split.no", no).u16("split.count", 2).bytes());
  };
  CHECK(gguf_facts({part(0), part(1)}).parameters == 6564);
  CHECK_FALSE(gguf_facts({part(0)}).parameters);
}

TEST_CASE("without a file type the tensors name the quantisation") {
  struct row {
    std::uint32_t file_type;
    std::string expected;
  };
  for (const auto& [type, expected] :
       std::vector<row>{{7, "Q8_0"}, {1024 + 17, "Q5_K_M"}, {999, "Q4_K"}}) {
    const auto f = gguf_facts({*read_gguf(gguf_file{}
                                              .u32("general.file_type", type)
                                              .tensor("a", {640}, 12)
                                              .tensor("b", {64}, 0)
                                              .bytes())});
    CHECK(f.quantisation == expected);
  }
  CHECK(tensor_type_name(30) == "BF16");
  CHECK(tensor_type_name(34) == "TQ1_0");
  CHECK(tensor_type_name(42) == "Q2_0");
  CHECK(tensor_type_name(31).empty());
  CHECK(tensor_type_name(9999).empty());
  CHECK(file_type_name(32) == "BF16");
  CHECK(file_type_name(38) == "MXFP4_MOE");
  CHECK(file_type_name(4).empty());
}

TEST_CASE("names in a header reach nobody's terminal as they are") {
  const auto f =
      gguf_facts({*read_gguf(gguf_file{}.text("general.name", "a\x1b[31m\n\xff").bytes())});
  CHECK(f.name == "a[31m\xef\xbf\xbd");
}

} // namespace
} // namespace hive::model
