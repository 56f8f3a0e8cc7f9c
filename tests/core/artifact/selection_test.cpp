#include "core/artifact/quant.hpp"
#include "core/artifact/selection.hpp"
#include "core/artifact/shards.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace hive;

namespace {

using paths = std::vector<std::string>;

const paths gguf_repo{"README.md",
                      "imatrix-Q4_K_M.gguf",
                      "Model-7B-Q4_K_M.gguf",
                      "Model-7B-Q4_K_S.gguf",
                      "Model-7B-Q8_0-00001-of-00002.gguf",
                      "Model-7B-Q8_0-00002-of-00002.gguf",
                      "Model-7B-UD-IQ2_XXS.gguf",
                      "Model-7B-BF16-00001-of-00003.gguf",
                      "Model-7B-BF16-00003-of-00003.gguf",
                      "sub/Model-7B-Q4_K_M.gguf"};

const paths torch_repo{"README.md",
                       "config.json",
                       "model-00001-of-00002.safetensors",
                       "model-00002-of-00002.safetensors",
                       "model.safetensors.index.json",
                       "onnx/model.onnx",
                       "onnx/model.onnx_data",
                       "pytorch_model.bin"};

paths chosen(const paths& from, file_wish wish) {
  const auto files = choose_files(from, wish);
  if (!files) return {"failed: " + files.why().detail};
  return *files;
}

} // namespace

TEST_CASE("nothing wished for means everything") {
  CHECK(chosen(torch_repo, {}) == torch_repo);
}

TEST_CASE("a quant picks the first whole model that carries it and nothing else") {
  CHECK(chosen(gguf_repo, {"Q4_K_M", {}, {}}) == paths{"Model-7B-Q4_K_M.gguf"});
  CHECK(chosen(gguf_repo, {"q4_k_m", {}, {}}) == paths{"Model-7B-Q4_K_M.gguf"});
  CHECK(chosen(gguf_repo, {"Q4_K_S", {}, {}}) == paths{"Model-7B-Q4_K_S.gguf"});
  CHECK(chosen(gguf_repo, {"Q8_0", {}, {}}) ==
        paths{"Model-7B-Q8_0-00001-of-00002.gguf", "Model-7B-Q8_0-00002-of-00002.gguf"});
  CHECK(chosen(gguf_repo, {"IQ2_XXS", {}, {}}) == paths{"Model-7B-UD-IQ2_XXS.gguf"});
  CHECK(chosen(gguf_repo, {"UD-IQ2_XXS", {}, {}}) == paths{"Model-7B-UD-IQ2_XXS.gguf"});
}

TEST_CASE("a quant brings the projector with the nearest number of bits") {
  struct row {
    paths repo;
    std::string quant;
    std::string projector; ///< empty: none
  };
  const std::vector<row> rows{
      {{"mmproj-F16.gguf", "mmproj-Q8_0.gguf"}, "Q4_K_M", "mmproj-Q8_0.gguf"},
      {{"mmproj-F32.gguf", "mmproj-BF16.gguf"}, "Q8_0", "mmproj-BF16.gguf"},
      {{"mmproj-F32.gguf", "mmproj-F16.gguf", "mmproj-Q8_0.gguf"}, "F16", "mmproj-F16.gguf"},
      {{"mmproj-Q4_K.gguf", "mmproj-Q8_0.gguf"}, "Q6_K", "mmproj-Q8_0.gguf"},  // as near: the finer
      {{"mmproj-F16.gguf", "mmproj-BF16.gguf"}, "Q4_0", "mmproj-F16.gguf"},    // alike: the first
      {{"mmproj-model.gguf", "mmproj-F32.gguf"}, "Q4_0", "mmproj-model.gguf"}, // untold: 16 bits
      {{"a/mmproj-F16.gguf"}, "Q4_0", ""},                                     // another model's
      {{}, "Q4_0", ""},
  };
  for (const auto& [repo, quant, projector] : rows) {
    INFO(quant << " with " << projector);
    auto all = repo;
    all.push_back("m-" + quant + ".gguf");
    auto expected = projector.empty() ? paths{} : paths{projector};
    expected.push_back("m-" + quant + ".gguf");
    CHECK(chosen(all, {quant, {}, {}}) == expected);
  }
  CHECK(chosen({"mmproj-Q4_0.gguf", "a/mmproj-F16.gguf", "a/m-Q4_0.gguf"}, {"Q4_0", {}, {}}) ==
        paths{"a/mmproj-F16.gguf", "a/m-Q4_0.gguf"}); // the one beside it
  CHECK(chosen({"mmproj-F16.gguf", "a/m-Q4_0.gguf"}, {"Q4_0", {}, {}}).size() == 2);
  CHECK(chosen({"mmproj-F16.gguf", "m-Q4_0.gguf"}, {"Q4_0", {}, {"*mmproj*"}}) ==
        paths{"m-Q4_0.gguf"});
}

TEST_CASE("drafts and importance matrices are never chosen by a quant") {
  const paths repo{"mtp-m-Q8_0.gguf",    "eagle3-m-Q8_0.gguf", "dflash-m-Q8_0.gguf",
                   "dspark-m-Q8_0.gguf", "imatrix-Q8_0.gguf",  "m.imatrix.Q8_0.gguf"};
  CHECK_FALSE(choose_files(repo, {"Q8_0", {}, {}}));
  auto more = repo;
  more.push_back("m-Q8_0.gguf");
  CHECK(chosen(more, {"Q8_0", {}, {}}) == paths{"m-Q8_0.gguf"});
  CHECK(chosen(more, {"mtp-m-Q8_0.gguf", {}, {}}) == paths{"mtp-m-Q8_0.gguf"});
  CHECK(chosen(repo, {"eagle3-*", {}, {}}) == paths{"eagle3-m-Q8_0.gguf"});
}

TEST_CASE("a repository of projectors only is chosen from by quant") {
  CHECK(chosen({"mmproj-F16.gguf"}, {"F16", {}, {}}) == paths{"mmproj-F16.gguf"});
  CHECK_FALSE(choose_files(paths{"mmproj-F16.gguf", "m-Q4_0.gguf"}, {"F16", {}, {}}));
}

TEST_CASE("safetensors bring what they cannot be used without") {
  const paths repo{"README.md",
                   "config.json",
                   "tokenizer.json",
                   "tokenizer_config.json",
                   "chat_template.jinja",
                   "model.safetensors",
                   "pytorch_model.bin",
                   "unet/config.json",
                   "unet/weights.safetensors",
                   "vae/config.json"};
  CHECK(chosen(repo, {"model.safetensors", {}, {}}) ==
        paths{"config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
              "model.safetensors"});
  CHECK(chosen(repo, {"unet/*.safetensors", {}, {}}) ==
        paths{"config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
              "unet/config.json", "unet/weights.safetensors"});
  CHECK(chosen(repo, {"*.bin", {}, {}}) == paths{"pytorch_model.bin"});
  CHECK(chosen(repo, {"model.safetensors", {}, {"*.json", "*.jinja"}}) ==
        paths{"model.safetensors"});
}

TEST_CASE("a tag counts only as a whole word of the name") {
  CHECK_FALSE(choose_files(paths{"m-IQ4_XS.gguf"}, {"Q4_XS", {}, {}}));
  CHECK_FALSE(choose_files(paths{"m-Q4_K_M.gguf"}, {"Q4_K", {}, {}}));
  CHECK(choose_files(paths{"m_Q4_K_M.gguf"}, {"Q4_K_M", {}, {}}));
  CHECK(choose_files(paths{"m.q4_k_m.gguf"}, {"Q4_K_M", {}, {}}));
  CHECK(choose_files(paths{"Q4_K_M.gguf"}, {"Q4_K_M", {}, {}}));
  CHECK(choose_files(paths{"Q4_K_M/m-00001-of-00001.gguf"}, {"q4_k_m", {}, {}}));
  CHECK_FALSE(choose_files(paths{"Q4_K_M/m-Q8_0.gguf"}, {"q4_k_m", {}, {}}));
}

TEST_CASE("a set that lacks parts is refused by naming them, unless another is whole") {
  const auto torn = choose_files(gguf_repo, {"BF16", {}, {}});
  REQUIRE_FALSE(torn);
  CHECK(torn.why().code == errc::entry_missing);
  CHECK(torn.why().detail.find("Model-7B-BF16-00002-of-00003.gguf") != std::string::npos);
  auto repaired = gguf_repo;
  repaired.push_back("other/Model-BF16.gguf");
  CHECK(chosen(repaired, {"BF16", {}, {}}) == paths{"other/Model-BF16.gguf"});
}

TEST_CASE("a quant that is not there is answered with those that are") {
  const auto none = choose_files(gguf_repo, {"Q5_K_M", {}, {}});
  REQUIRE_FALSE(none);
  CHECK(none.why().code == errc::entry_missing);
  CHECK(none.why().hint == "choose one of these: BF16, IQ2_XXS, Q4_K_M, Q4_K_S, Q8_0");
  const auto plain = choose_files(torch_repo, {"Q4_K_M", {}, {}});
  REQUIRE_FALSE(plain);
  CHECK(plain.why().hint.find("config.json") != std::string::npos);
  CHECK_FALSE(choose_files(paths{}, {}));
}

TEST_CASE("a path or glob picks files; a part brings its set and index") {
  CHECK(chosen(torch_repo, {"config.json", {}, {}}) == paths{"config.json"});
  CHECK(chosen(torch_repo, {"*.json", {}, {}}) ==
        paths{"config.json", "model.safetensors.index.json"});
  CHECK(chosen(torch_repo, {"onnx/", {}, {}}) == paths{"onnx/model.onnx", "onnx/model.onnx_data"});
  const paths set{"config.json", "model-00001-of-00002.safetensors",
                  "model-00002-of-00002.safetensors", "model.safetensors.index.json"};
  CHECK(chosen(torch_repo, {"model-00002-of-00002.safetensors", {}, {}}) == set);
  CHECK(chosen(torch_repo, {"*-00001-of-*", {}, {}}) == set);
  CHECK(chosen(gguf_repo, {"*Q8_0*", {}, {}}).size() == 2);
  const auto torn = choose_files(gguf_repo, {"*BF16*", {}, {}});
  REQUIRE_FALSE(torn);
  CHECK(torn.why().detail.find("00002-of-00003") != std::string::npos);
  CHECK(choose_files(torch_repo, {"nowhere/*", {}, {}}).why().code == errc::entry_missing);
}

TEST_CASE("a file whose name looks like a pattern is found by its name") {
  CHECK(chosen({"a[1].txt", "a1.txt"}, {"a[1].txt", {}, {}}) == paths{"a[1].txt"});
}

TEST_CASE("include and exclude hold in addition") {
  CHECK(chosen(torch_repo, {"", {"*.json"}, {"config*"}}) == paths{"model.safetensors.index.json"});
  CHECK(chosen(torch_repo, {"onnx/", {}, {"*_data"}}) == paths{"onnx/model.onnx"});
  CHECK_FALSE(choose_files(torch_repo, {"", {"*.gguf"}, {}}));
}

TEST_CASE("equal wishes have equal keys, different ones different keys") {
  const auto what = parse_reference("hf:org/repo:Q4_K_M").value();
  const auto plain = parse_reference("org/repo").value();
  CHECK(wish_key(what, {"Q4_K_M", {}, {}}) == wish_key(plain, {"q4_k_m", {}, {}}));
  CHECK(wish_key(plain, {"", {"a", "b"}, {}}) == wish_key(plain, {"", {"b", "a", "a"}, {}}));
  const auto key = wish_key(plain, {});
  CHECK(wish_key(plain, {"x", {}, {}}) != key);
  CHECK(wish_key(plain, {"", {"x"}, {}}) != wish_key(plain, {"", {}, {"x"}}));
  CHECK(wish_key(plain, {"", {"a b"}, {}}) != wish_key(plain, {"", {"a", "b"}, {}}));
  CHECK(wish_key(parse_reference("org/repo@main").value(), {}) != key);
  CHECK(wish_key(plain, {"File.bin", {}, {}}) != wish_key(plain, {"file.bin", {}, {}}));
}

TEST_CASE("quantisation tags are told from paths and globs") {
  for (const auto tag :
       {"Q4_K_M", "q4_k_m", "Q8_0", "Q4_0_4_4", "IQ2_XS", "iq4_nl", "BF16", "F16", "f32", "Q6_K",
        "Q4", "UD-Q4_K_XL", "i1-Q4_K_M", "TQ1_0", "MXFP4", "MXFP4_MOE"})
    CHECK(looks_like_quant(tag));
  for (const std::string text :
       {"", "Q", "Q9_0", "Q0", "*Q4_K_M*", "Q4_K_M.gguf", "model", "config.json", "QX", "Q4_",
        "Q4__K", "IQ", "F15", "README", "sub/Q4_K_M", "latest"})
    CHECK_FALSE(looks_like_quant(text));
  CHECK_FALSE(looks_like_quant("Q4_" + std::string(100, 'K')));
  CHECK(quant_of("a/Model.i1-Q4_K_M.gguf") == "Q4_K_M");
  CHECK(quant_of("Model-Q2-7B-f16.gguf") == "F16");
  CHECK(quant_of("bf16/model.gguf") == "BF16");
  CHECK(quant_of("model.gguf") == std::nullopt);
  CHECK(bits_of("Q4_K_M") == 4);
  CHECK(bits_of("ud-iq2_xxs") == 2);
  CHECK(bits_of("BF16") == 16);
  CHECK(bits_of("fp32") == 32);
  CHECK(bits_of("TQ1_0") == 1);
  CHECK(bits_of("MXFP4_MOE") == 4);
  CHECK_FALSE(bits_of("model"));
  CHECK(quants_of(gguf_repo) == paths{"BF16", "IQ2_XXS", "Q4_K_M", "Q4_K_S", "Q8_0"});
}

TEST_CASE("quantisations that can be chosen come with what choosing them takes") {
  const paths all{"README.md",
                  "m-Q4_K_M.gguf",
                  "m-Q8_0-00001-of-00002.gguf",
                  "m-Q8_0-00002-of-00002.gguf",
                  "m-F16-00001-of-00002.gguf",
                  "mmproj-F16.gguf"};
  const auto choices = quant_choices(all);
  REQUIRE(choices.size() == 2); // the set of F16 is not whole
  CHECK(choices[0].tag == "Q4_K_M");
  CHECK(choices[0].paths == paths{"m-Q4_K_M.gguf", "mmproj-F16.gguf"});
  CHECK(choices[1].tag == "Q8_0");
  CHECK(choices[1].paths.size() == 3);
  CHECK(quant_choices(paths{"config.json", "model.safetensors"}).empty());
}

TEST_CASE("parts of a set are told from other files") {
  const auto part = parse_shard("d/m-00002-of-00010.gguf");
  REQUIRE(part);
  CHECK(part->stem == "d/m");
  CHECK(part->number == 2);
  CHECK(part->count == 10);
  CHECK(shard_path(*part, 7) == "d/m-00007-of-00010.gguf");
  CHECK(index_path(*part).empty());
  CHECK(index_path(*parse_shard("pytorch_model-00001-of-00002.bin")) ==
        "pytorch_model.bin.index.json");
  for (const auto text :
       {"m.gguf", "-00001-of-00002.gguf", "m-0001-of-0002.gguf", "m-00003-of-00002.gguf",
        "m-00000-of-00002.gguf", "m-00001-of-00002.txt", "m-0000a-of-00002.gguf",
        "m-00001_of-00002.gguf", "m00001-of-00002.gguf", ".gguf", ""})
    CHECK_FALSE(parse_shard(text));
}

TEST_CASE("many torn sets of hostile size are judged quickly") {
  paths many;
  for (std::uint32_t n = 1; n < 20'000; ++n)
    many.push_back(shard_path(shard{"m-Q4_K_M", 1, 99'999, ".gguf"}, n));
  CHECK_FALSE(choose_files(many, {"Q4_K_M", {}, {}}));
  CHECK_FALSE(choose_files(many, {"*", {}, {}}));
}

TEST_CASE("configuration and tokenizer come before other files, weights last") {
  const std::pair<std::string, int> table[] = {{"config.json", 0},
                                               {"tokenizer.model", 0},
                                               {"sub/merges.txt", 0},
                                               {"vocab.bpe", 0},
                                               {"model.safetensors.index.json", 0},
                                               {"chat_template.jinja", 0},
                                               {"README.md", 1},
                                               {".gitattributes", 1},
                                               {"a.py", 1},
                                               {"m.gguf", 2},
                                               {"d/m.safetensors", 2},
                                               {"m.bin", 2},
                                               {"m.pt", 2},
                                               {"onnx/m.onnx", 2},
                                               {"m.onnx_data", 2}};
  for (const auto& [path, order] : table) {
    INFO(path);
    CHECK(fetch_order(path) == order);
  }
}
