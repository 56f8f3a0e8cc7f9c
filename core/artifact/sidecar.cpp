#include "core/artifact/sidecar.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace hive {

namespace {

constexpr std::array<std::string_view, 4> drafts{"mtp-", "eagle3-", "dflash-", "dspark-"};
constexpr std::array<std::string_view, 10> companions{"config.json",
                                                      "generation_config.json",
                                                      "merges.txt",
                                                      "vocab.json",
                                                      "vocab.txt",
                                                      "special_tokens_map.json",
                                                      "added_tokens.json",
                                                      "preprocessor_config.json",
                                                      "processor_config.json",
                                                      "spiece.model"};
constexpr std::array<std::string_view, 3> companion_beginnings{"tokenizer", "chat_template.",
                                                               "tiktoken."};

} // namespace

gguf_role role_of(std::string_view path) {
  const auto name = ascii::lowered(file_name(path));
  if (!name.ends_with(".gguf")) return gguf_role::none;
  if (name.find("imatrix") != std::string::npos) return gguf_role::imatrix;
  if (name.find("mmproj") != std::string::npos) return gguf_role::projector;
  const bool draft = std::ranges::any_of(drafts, [&](auto s) { return name.starts_with(s); });
  return draft ? gguf_role::draft : gguf_role::model;
}

bool is_companion(std::string_view path) {
  const auto name = file_name(path);
  return std::ranges::find(companions, name) != companions.end() ||
         std::ranges::any_of(companion_beginnings,
                             [&](auto start) { return name.starts_with(start); });
}

std::string_view folder_of(std::string_view path) noexcept {
  return path.substr(0, path.rfind('/') + 1); // npos + 1 is 0
}

} // namespace hive
