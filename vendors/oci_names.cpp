#include "vendors/oci_names.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace hive::vendors {

namespace {

struct role {
  std::string_view media_type;
  std::string_view name;
};

/// A projector is named as llama.cpp looks for one.
constexpr std::array<role, 22> roles{{
    {"application/vnd.ollama.image.model", "model.gguf"},
    {"application/vnd.ollama.image.projector", "mmproj.gguf"},
    {"application/vnd.ollama.image.adapter", "adapter.gguf"},
    {"application/vnd.ollama.image.draft", "draft.gguf"},
    {"application/vnd.ollama.image.embed", "embed"},
    {"application/vnd.ollama.image.template", "template"},
    {"application/vnd.ollama.image.prompt", "prompt"},
    {"application/vnd.ollama.image.system", "system"},
    {"application/vnd.ollama.image.params", "params.json"},
    {"application/vnd.ollama.image.messages", "messages.json"},
    {"application/vnd.ollama.image.license", "license"},
    {"application/vnd.ollama.image.json", "data.json"},
    {"application/vnd.ollama.image.tensor", "tensor"},
    {"application/vnd.docker.ai.gguf.v3", "model.gguf"},
    {"application/vnd.docker.ai.gguf.v3.lora", "adapter.gguf"},
    {"application/vnd.docker.ai.gguf.v3.mmproj", "mmproj.gguf"},
    {"application/vnd.docker.ai.mmproj", "mmproj.gguf"},
    {"application/vnd.docker.ai.safetensors", "model.safetensors"},
    {"application/vnd.docker.ai.license", "license"},
    {"application/vnd.docker.ai.chat.template.jinja", "template.jinja"},
    {"application/vnd.docker.ai.vllm.config.tar", "vllm-config.tar"},
    {"application/vnd.docker.ai.model.file", "file"},
}};

constexpr std::array<role, 6> model_pack{{
    {"weight", "weights"},
    {"weight.config", "weights-config"},
    {"config", "model-config"},
    {"doc", "doc"},
    {"code", "code"},
    {"dataset", "dataset"},
}};

/// An archive is kept as it came; its name says so.
std::string_view archive_suffix(std::string_view media_type) noexcept {
  if (media_type.ends_with("tar+gzip") || media_type.ends_with("tar.gzip")) return ".tar.gz";
  if (media_type.ends_with("tar+zstd")) return ".tar.zst";
  return media_type.ends_with(".tar") ? ".tar" : "";
}

std::string role_of(std::string_view media_type) {
  media_type = media_type.substr(0, media_type.find(';'));
  const auto known = std::ranges::find(roles, media_type, &role::media_type);
  if (known != roles.end()) return std::string{known->name};
  std::string name = media_type.ends_with("json") ? "layer.json" : "layer";
  constexpr std::string_view pack = "application/vnd.cncf.model.";
  if (media_type.starts_with(pack)) {
    const auto kind = media_type.substr(pack.size(), media_type.find(".v1") - pack.size());
    const auto part = std::ranges::find(model_pack, kind, &role::media_type);
    if (part != model_pack.end()) name = part->name;
  }
  return name.append(archive_suffix(media_type));
}

/// The name its maker gave it, empty when that cannot be one here.
std::string given_name(const oci_blob& what) {
  if (!check_relative_path(what.title)) return {};
  const auto suffix = archive_suffix(what.media_type);
  return what.title + std::string{what.title.ends_with(suffix) ? "" : suffix};
}

/// "dir/model.gguf" as "dir/model-2.gguf".
std::string numbered(const std::string& name, std::size_t number) {
  const auto base = name.rfind('/') + 1; // npos + 1 is 0
  const auto dot = std::min(name.find('.', base + 1), name.size());
  return name.substr(0, dot) + "-" + std::to_string(number) + name.substr(dot);
}

class naming {
 public:
  naming() { taken_.insert(manifest_name); }

  std::string take(const std::string& wanted) {
    auto& count = asked_[ascii::lowered(wanted)];
    for (auto name = wanted;; name = numbered(wanted, ++count + 1))
      if (taken_.insert(ascii::lowered(name)).second) return name;
  }

 private:
  std::set<std::string> taken_;
  std::map<std::string, std::size_t> asked_; ///< how often a name had to be numbered
};

} // namespace

std::vector<std::pair<std::string, oci_blob>> named_contents(const oci_manifest& what) {
  std::vector<std::pair<std::string, oci_blob>> out;
  out.emplace_back("", what.config);
  for (const auto& layer : what.layers) out.emplace_back("", layer);
  naming names;
  for (std::size_t i = 1; i < out.size(); ++i)
    if (const auto given = given_name(out[i].second); !given.empty())
      out[i].first = names.take(given);
  out[0].first = names.take("config.json");
  for (auto& [name, blob] : out)
    if (name.empty()) name = names.take(role_of(blob.media_type));
  return out;
}

} // namespace hive::vendors
