#include "core/artifact/selection.hpp"

#include "core/artifact/cut_files.hpp"
#include "core/artifact/pattern.hpp"
#include "core/artifact/quant.hpp"
#include "core/artifact/safe_path.hpp"
#include "core/artifact/shards.hpp"
#include "core/artifact/sidecar.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace hive {

namespace {

constexpr std::array<std::string_view, 13> weight_suffixes{
    ".gguf", ".safetensors", ".bin",  ".pt",     ".pth", ".onnx", ".onnx_data",
    ".h5",   ".msgpack",     ".ckpt", ".tflite", ".ot",  ".npz"};

using path_set = std::unordered_set<std::string_view>;

/// A few of `words`, as a sentence shows them.
template <class Words>
std::string listed(const Words& words, std::size_t most) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& word : words) {
    if (shown == most)
      return text.append(", … (").append(std::to_string(words.size())).append(" in all)");
    text.append(shown++ == 0 ? "" : ", ").append(word);
  }
  return text;
}

failure nothing_chosen(std::span<const std::string> paths, const file_wish& wish) {
  std::string detail = wish.selector.empty() ? std::string{"no file matches the patterns"}
                                             : "no file matches \"" + wish.selector + "\"";
  if (const auto quants = quants_of(paths); !quants.empty())
    return fail(errc::entry_missing, detail, "choose one of these: " + listed(quants, 40));
  if (paths.empty()) return fail(errc::entry_missing, "the repository has no files");
  return fail(errc::entry_missing, detail, "there are these files: " + listed(paths, 10));
}

/// The parts of the set of `any` that `have` lacks, a few of them.
std::vector<std::string> missing_parts(const shard& any, const path_set& have) {
  constexpr std::size_t enough = 6;
  std::vector<std::string> missing;
  for (std::uint32_t n = 1; n <= any.count && missing.size() < enough; ++n)
    if (auto path = shard_path(any, n); !have.contains(path)) missing.push_back(std::move(path));
  return missing;
}

failure parts_missing(const std::vector<std::string>& missing) {
  return fail(errc::entry_missing,
              "the set of files is not whole, there is no " + listed(missing, 5),
              "ask the repository's owner to complete it, or choose another file");
}

void take_set(const shard& any, path_set& chosen, const path_set& have) {
  const auto take = [&](const std::string& path) {
    if (const auto found = have.find(path); found != have.end()) chosen.insert(*found);
  };
  for (std::uint32_t n = 1; n <= any.count; ++n) take(shard_path(any, n));
  take(index_path(any));
}

/// The first whole set among the files of that role that carry the tag, in the order of `paths`.
result<path_set> choose_quant_among(gguf_role role, std::span<const std::string> paths,
                                    const path_set& have, const file_wish& wish) {
  std::optional<failure> why;
  std::set<std::string> torn;
  for (const auto& path : paths) {
    if (role_of(path) != role || !carries_quant(path, wish.selector)) continue;
    path_set chosen;
    const auto part = parse_shard(path);
    if (!part) return path_set{path};
    if (torn.contains(shard_path(*part, part->count))) continue;
    if (const auto missing = missing_parts(*part, have); !missing.empty()) {
      if (!why) why = parts_missing(missing);
      torn.insert(shard_path(*part, part->count));
      continue;
    }
    take_set(*part, chosen, have);
    return chosen;
  }
  return why ? std::move(*why) : nothing_chosen(paths, wish);
}

/// All pieces of a file that was cut.
outcome take_pieces(const std::vector<std::string>& pieces, path_set& chosen,
                    const path_set& have) {
  if (const auto missing = missing_pieces(pieces); !missing.empty()) return parts_missing(missing);
  for (const auto& piece : pieces) chosen.insert(*have.find(piece));
  return {};
}

/// A model that carries the tag, or else one that was cut.
result<path_set> choose_model(std::span<const std::string> paths, const path_set& have,
                              const file_wish& wish) {
  auto chosen = choose_quant_among(gguf_role::model, paths, have, wish);
  if (chosen) return chosen;
  for (const auto& [whole, pieces] : cut_files(paths)) {
    if (role_of(whole) != gguf_role::model || !carries_quant(whole, wish.selector)) continue;
    path_set all;
    HIVE_CHECK(take_pieces(pieces, all, have));
    return all;
  }
  return chosen;
}

/// The projector for `model`: of those in its folder, else in the nearest one above, the one with
/// the nearest number of bits; of two as near the finer. Null: there is none.
const std::string* projector_for(std::string_view model, int bits,
                                 std::span<const std::string> paths) {
  constexpr int usual_bits = 16; // of a projector whose name does not say
  const std::string* best = nullptr;
  std::tuple<std::size_t, int, int> least; // depth and bits count downwards
  for (const auto& path : paths) {
    if (role_of(path) != gguf_role::projector || !model.starts_with(folder_of(path))) continue;
    const auto tag = quant_of(path);
    const int own = tag ? bits_of(*tag).value_or(usual_bits) : usual_bits;
    const std::tuple far{model.size() - folder_of(path).size(), std::abs(own - bits), -own};
    if (best != nullptr && far >= least) continue;
    best = &path;
    least = far;
  }
  return best;
}

result<path_set> choose_quant(std::span<const std::string> paths, const path_set& have,
                              const file_wish& wish) {
  const auto is_model = [](const std::string& path) { return role_of(path) == gguf_role::model; };
  const auto was_model = [](const auto& cut) { return role_of(cut.first) == gguf_role::model; };
  if (std::ranges::none_of(paths, is_model) && std::ranges::none_of(cut_files(paths), was_model))
    return choose_quant_among(gguf_role::projector, paths, have, wish);
  HIVE_TRY(auto chosen, choose_model(paths, have, wish));
  const auto* projector = projector_for(*chosen.begin(), bits_of(wish.selector).value_or(0), paths);
  if (projector != nullptr) chosen.insert(*projector);
  return chosen;
}

/// What the safetensors among `chosen` cannot be used without, beside or above them.
void take_companions(path_set& chosen, std::span<const std::string> paths) {
  std::set<std::string_view> folders;
  for (const auto path : chosen)
    if (path.ends_with(".safetensors")) folders.insert(folder_of(path));
  const auto serves = [&](const std::string& path) {
    return std::ranges::any_of(folders,
                               [&](auto folder) { return folder.starts_with(folder_of(path)); });
  };
  for (const auto& path : paths)
    if (is_companion(path) && serves(path)) chosen.insert(path);
}

/// By path or glob; a part of a set brings the whole set, and so does the name of what was cut.
result<path_set> choose_pattern(std::span<const std::string> paths, const path_set& have,
                                const file_wish& wish) {
  const bool exact = have.contains(wish.selector);
  path_set chosen;
  std::set<std::string> sets;
  for (const auto& path : paths) {
    if (exact ? path != wish.selector : !matches(wish.selector, path)) continue;
    chosen.insert(path);
    const auto part = parse_shard(path);
    if (!part || !sets.insert(shard_path(*part, part->count)).second) continue;
    if (const auto missing = missing_parts(*part, have); !missing.empty())
      return parts_missing(missing);
    take_set(*part, chosen, have);
  }
  for (const auto& [whole, pieces] : cut_files(paths)) {
    const bool meant = matches(wish.selector, whole) ||
                       std::ranges::any_of(pieces, [&](auto& one) { return chosen.contains(one); });
    if (meant) HIVE_CHECK(take_pieces(pieces, chosen, have));
  }
  take_companions(chosen, paths);
  return chosen;
}

/// Length and text, so that no two lists of texts read alike.
void append(std::string& key, std::string_view text) {
  key.append(" ").append(std::to_string(text.size())).append(":").append(text);
}

void append_list(std::string& key, std::string_view name, const std::vector<std::string>& list) {
  key.append(" ").append(name);
  for (const auto& text : std::set<std::string>{list.begin(), list.end()}) append(key, text);
}

} // namespace

std::string wish_key(const reference& what, const file_wish& wish) {
  auto repository = what;
  repository.selector.clear();
  std::string key = to_string(repository);
  append(key, looks_like_quant(wish.selector) ? ascii::lowered(wish.selector) : wish.selector);
  append_list(key, "include", wish.include);
  append_list(key, "exclude", wish.exclude);
  return key;
}

result<std::vector<std::string>> choose_files(std::span<const std::string> paths,
                                              const file_wish& wish) {
  const path_set have{paths.begin(), paths.end()};
  std::optional<path_set> chosen;
  if (!wish.selector.empty()) {
    const bool quant = looks_like_quant(wish.selector) && !have.contains(wish.selector);
    HIVE_TRY(chosen, quant ? choose_quant(paths, have, wish) : choose_pattern(paths, have, wish));
  }
  std::vector<std::string> files;
  for (const auto& path : paths)
    if ((!chosen || chosen->contains(path)) && selected(path, wish.include, wish.exclude))
      files.push_back(path);
  if (files.empty()) return nothing_chosen(paths, wish);
  return files;
}

std::vector<std::string> quants_of(std::span<const std::string> paths) {
  std::set<std::string> tags;
  const auto take = [&](const std::string& path) {
    if (role_of(path) != gguf_role::model) return;
    if (auto tag = quant_of(path)) tags.insert(std::move(*tag));
  };
  for (const auto& path : paths) take(path);
  for (const auto& [whole, pieces] : cut_files(paths)) take(whole);
  return {tags.begin(), tags.end()};
}

std::vector<quant_choice> quant_choices(std::span<const std::string> paths) {
  std::vector<quant_choice> all;
  for (auto& tag : quants_of(paths))
    if (auto chosen = choose_files(paths, {tag, {}, {}}); chosen)
      all.push_back({std::move(tag), std::move(*chosen)});
  return all;
}

int fetch_order(std::string_view path) noexcept {
  constexpr std::array<std::string_view, 6> small{".json", ".txt",   ".jinja",
                                                  ".yaml", ".jsonl", ".toml"};
  constexpr std::array<std::string_view, 4> names{"tokenizer", "config", "vocab", "merges"};
  const auto name = file_name(path);
  const auto ends = [&](std::string_view suffix) { return name.ends_with(suffix); };
  const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
  if (std::any_of(small.begin(), small.end(), ends)) return 0;
  if (std::any_of(names.begin(), names.end(), begins)) return 0;
  return std::any_of(weight_suffixes.begin(), weight_suffixes.end(), ends) ? 2 : 1;
}

} // namespace hive
