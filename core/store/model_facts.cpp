#include "core/store/model_facts.hpp"

#include "core/artifact/shards.hpp"
#include "core/artifact/sidecar.hpp"
#include "core/store/disk_file.hpp"
#include "core/store/file_bytes.hpp"

#include <algorithm>
#include <map>

namespace hive::store {

namespace {

using file_list = std::vector<const artifact_file*>;

constexpr std::size_t most_files = 512; ///< of one set; larger ones are described by their first
constexpr std::size_t text_limit = 4u << 20;

/// Files of weights that are loaded together, by the path of the first.
struct weights {
  file_list files; ///< in order of path
  std::uint64_t bytes{0};
};

std::map<std::string, weights> sets_of(const std::vector<artifact_file>& files,
                                       bool (*wanted)(std::string_view)) {
  std::map<std::string, weights> sets;
  for (const auto& file : files) {
    if (!wanted(file.path)) continue;
    const auto part = parse_shard(file.path);
    auto& set = sets[part ? shard_path(*part, 1) : file.path];
    set.files.push_back(&file);
    set.bytes += file.size;
  }
  for (auto& [first, set] : sets)
    std::ranges::sort(set.files, {}, [](const auto* file) { return file->path; });
  return sets;
}

/// Null: there is none.
const weights* largest(const std::map<std::string, weights>& sets) {
  const auto most =
      std::ranges::max_element(sets, {}, [](const auto& entry) { return entry.second.bytes; });
  return most == sets.end() ? nullptr : &most->second;
}

template <class Header>
result<std::vector<Header>> read_headers(const home& where, const file_list& files,
                                         result<Header> (*read)(model::byte_source&)) {
  std::vector<Header> headers;
  for (const auto* file : files) {
    if (headers.size() == most_files) break;
    HIVE_TRY(auto from, file_bytes::open(where.blob(file->sha256)));
    auto header = read(from);
    if (!header) {
      auto why = std::move(header).why();
      why.detail = file->path + ": " + why.detail;
      return why;
    }
    headers.push_back(std::move(*header));
  }
  return headers;
}

/// The text of the file called `name` in the folder `of` or the nearest above; empty: none.
std::string text_beside(const home& where, const std::vector<artifact_file>& files,
                        std::string_view of, std::string_view name) {
  for (auto folder = folder_of(of);; folder = folder_of(folder.substr(0, folder.size() - 1))) {
    const auto path = std::string{folder}.append(name);
    const auto found = std::ranges::find(files, path, &artifact_file::path);
    if (found != files.end())
      return read_text(where.blob(found->sha256), text_limit).value_or(std::string{});
    if (folder.empty()) return {};
  }
}

bool has_beside(const std::vector<artifact_file>& files, std::string_view of,
                std::string_view beginning) {
  const auto start = std::string{folder_of(of)}.append(beginning);
  return std::ranges::any_of(files, [&](const auto& file) { return file.path.starts_with(start); });
}

void describe(model::facts& what, const weights& set) {
  what.path = set.files.front()->path;
  what.files = set.files.size();
  what.weights = set.bytes;
}

model::facts unreadable(const char* format, const failure& why) {
  model::facts what;
  what.format = format;
  what.flaw = why.detail;
  return what;
}

model::facts gguf_model(const home& where, const weights& set) {
  const auto headers = read_headers<model::gguf_header>(where, set.files, model::read_gguf);
  auto what = headers ? model::gguf_facts(*headers) : unreadable("gguf", headers.why());
  describe(what, set);
  return what;
}

model::facts safetensors_model(const home& where, const std::vector<artifact_file>& files,
                               const weights& set) {
  const auto& first = set.files.front()->path;
  const auto headers =
      read_headers<model::safetensors_header>(where, set.files, model::read_safetensors);
  const auto config = model::read_hub_config(text_beside(where, files, first, "config.json"));
  std::optional<std::uint64_t> declared;
  const auto part = parse_shard(first);
  if (part)
    if (const auto index = model::read_safetensors_index(
            text_beside(where, files, first, index_path(*part).substr(folder_of(first).size()))))
      declared = index->parameters;
  auto what = headers ? model::safetensors_facts(*headers, config, declared)
                      : unreadable("safetensors", headers.why());
  const bool whole = headers && headers->size() == (part ? part->count : 1);
  if (!whole) what.parameters = declared;
  what.tokenizer = has_beside(files, first, "tokenizer.") || has_beside(files, first, "vocab.");
  what.chat_template =
      has_beside(files, first, "chat_template.") ||
      model::has_chat_template(text_beside(where, files, first, "tokenizer_config.json"));
  describe(what, set);
  return what;
}

} // namespace

model::facts read_model(const home& where, const std::vector<artifact_file>& files) {
  const auto ggufs =
      sets_of(files, [](std::string_view path) { return role_of(path) == gguf_role::model; });
  if (const auto* set = largest(ggufs)) return gguf_model(where, *set);
  const auto tensors =
      sets_of(files, [](std::string_view path) { return path.ends_with(".safetensors"); });
  if (const auto* set = largest(tensors)) return safetensors_model(where, files, *set);
  return {};
}

} // namespace hive::store
