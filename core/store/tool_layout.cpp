#include "core/store/tool_layout.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"
#include "core/base/json.hpp"
#include "core/store/views.hpp"

#include <algorithm>

namespace hive::store {

namespace {

constexpr std::string_view manifest_file = "manifest.json";
constexpr std::string_view digest_prefix = "sha256:";

failure no_place(const artifact& a, const std::string& why, std::string hint) {
  return fail(errc::unsupported, to_string(a.what) + " " + why, std::move(hint));
}

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return parts;
}

// The Hugging Face cache.

result<tool_layout> hf_layout(const artifact& a) {
  if (!has_hub_view(a))
    return no_place(a, "did not come from a Hub, so the Hugging Face cache has no place for it",
                    "dir:/a/folder takes anything");
  const auto repo = hub_folder(a.what);
  const auto snapshot = repo + "/snapshots/" + a.revision;
  tool_layout out{{}, snapshot, {}};
  for (const auto& file : a.files)
    out.names.push_back(
        {repo + "/blobs/" + hub_blob_name(file), name_kind::shared, file.sha256, file.size});
  for (const auto& file : a.files)
    out.names.push_back(
        {snapshot + "/" + file.path, name_kind::link, hub_link_target(file).string(), 0});
  if (has_ref(a))
    out.names.push_back({repo + "/refs/" + a.requested, name_kind::ref, a.revision, 0});
  return out;
}

// Ollama.

/// "registry.ollama.ai/library/llama3.2/1b"
result<std::string> ollama_place(const artifact& a) {
  const auto name = parts_of(a.what.name);
  auto tag = a.requested.empty() ? a.what.revision : a.requested;
  if (name.size() != 2)
    return no_place(a, "is not called namespace/model, so Ollama has no place for it",
                    "dir:/a/folder takes anything");
  if (tag.empty()) tag = "latest";
  if (tag.starts_with(digest_prefix))
    return no_place(a, "was asked for by its digest, and Ollama knows models by their tags",
                    "pull it by its tag");
  const auto host = a.what.host.empty() ? std::string{"registry.ollama.ai"} : a.what.host;
  return host + "/" + name[0] + "/" + name[1] + "/" + tag;
}

std::string hint_for_ollama(const artifact& a) {
  if (a.what.from != scheme::hf || a.what.kind != repo_kind::model)
    return "'ollama create' with a Modelfile that names its path makes one";
  const auto quant = a.what.selector.empty() || !looks_like_quant(a.what.selector)
                         ? std::string{}
                         : ":" + a.what.selector;
  return "pull it as ollama:hf.co/" + a.what.name + quant + ": the Hub makes one";
}

result<tool_layout> ollama_layout(const artifact& a, std::string_view manifest) {
  if (a.what.from != scheme::ollama)
    return no_place(a, "has no manifest, without which Ollama does not see it", hint_for_ollama(a));
  HIVE_TRY(const auto place, ollama_place(a));
  auto wanted = manifest_digests(manifest);
  tool_layout out{{}, "manifests/" + place, {}};
  for (const auto& file : a.files)
    if (wanted.erase(file.sha256) > 0)
      out.names.push_back(
          {"blobs/sha256-" + file.sha256, name_kind::shared, file.sha256, file.size});
  if (out.names.empty() || !wanted.empty())
    return fail(errc::entry_missing,
                "only a part of " + to_string(a.what) + " is here, and Ollama takes whole models",
                "pull it without a selection of files");
  out.names.push_back({out.opens, name_kind::text, std::string{manifest}, 0});
  return out;
}

// LM Studio and plain folders.

/// "publisher/model" of whatever it is called.
std::string publisher_and_model(const reference& what) {
  auto name = parts_of(what.name.substr(0, what.name.find('?')));
  if (what.from == scheme::file || what.from == scheme::build || what.from == scheme::url ||
      name.size() < 2) {
    auto last = name.empty() ? std::string{"model"} : name.back();
    if (ascii::lowered(last).ends_with(".gguf")) last.resize(last.size() - 5);
    return "local/" + last;
  }
  return name[name.size() - 2] + "/" + name.back();
}

tool_layout plain_layout(const artifact& a, const std::string& folder) {
  tool_layout out{{}, folder, {}};
  for (const auto& file : a.files)
    out.names.push_back({folder.empty() ? file.path : folder + "/" + file.path, name_kind::content,
                         file.sha256, file.size});
  return out;
}

result<tool_layout> layout_of(const artifact& a, const view_wish& wish, const tool_roots& roots,
                              std::string_view manifest) {
  HIVE_TRY(auto out, [&]() -> result<tool_layout> {
    switch (wish.of) {
    case tool::hf: return hf_layout(a);
    case tool::ollama: return ollama_layout(a, manifest);
    case tool::lmstudio: return plain_layout(a, publisher_and_model(a.what));
    case tool::dir: break;
    }
    return plain_layout(a, {});
  }());
  if (wish.of == tool::hf) out.root = roots.hf;
  if (wish.of == tool::ollama) out.root = roots.ollama;
  if (wish.of == tool::lmstudio) out.root = roots.lmstudio;
  if (wish.of == tool::dir) out.root = wish.folder;
  return out;
}

} // namespace

result<tool_layout> lay_out(const artifact& a, const view_wish& wish, const tool_roots& roots,
                            std::string_view manifest) {
  HIVE_TRY(auto out, layout_of(a, wish, roots, manifest));
  if (!out.root.is_absolute())
    return fail(errc::bad_config, "it is not known where " + to_string(wish) + " keeps its models",
                "HOME is not set; name the folder in hive.toml (hf_cache, ollama_models, "
                "lmstudio_models)");
  for (const auto& name : out.names) {
    HIVE_CHECK(check_relative_path(name.path));
    const bool blob = name.kind == name_kind::content || name.kind == name_kind::shared;
    if (blob && !is_hex(name.what, 64))
      return fail(errc::bad_path, name.path + " has no well-formed digest");
  }
  return out;
}

std::set<std::string> manifest_digests(std::string_view manifest) {
  std::set<std::string> found;
  const auto read = json::parse(manifest);
  if (!read) return found;
  const auto take = [&](json::node of) {
    const auto digest = of["digest"].string().value_or("");
    if (digest.starts_with(digest_prefix)) found.emplace(digest.substr(digest_prefix.size()));
  };
  take(read->root()["config"]);
  for (const auto& layer : read->root()["layers"].elements()) take(layer);
  return found;
}

} // namespace hive::store
