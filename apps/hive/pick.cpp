#include "apps/hive/pick.hpp"

#include "apps/hive/sight.hpp"
#include "core/artifact/selection.hpp"
#include "core/artifact/shards.hpp"
#include "core/artifact/sidecar.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace hive::cli {
namespace {

constexpr std::array<std::string_view, 6> other_weights{".safetensors", ".bin",  ".pt",
                                                        ".pth",         ".onnx", ".h5"};

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

bool is_weight_of_another_kind(const std::string& path) {
  return std::ranges::any_of(other_weights, [&](auto end) { return path.ends_with(end); });
}

} // namespace

artifact_sight read_artifact(json::node from) {
  artifact_sight out;
  out.id = from["id"].text();
  out.ref = from["ref"].text();
  out.source = from["source"].text();
  out.revision = from["revision"].text();
  out.requested = from["requested"].text();
  out.path = from["path"].text();
  out.created = from["created_at"].text();
  out.used = from["last_used_at"].text();
  out.pinned = from["pinned"].boolean().value_or(false);
  out.bytes = from["bytes"].natural().value_or(0);
  out.damaged = from["health"].text() == "damaged";
  out.file_count = from["file_count"].natural().value_or(0);
  for (const auto& file : from["files"].elements()) out.files.push_back(file["path"].text());
  out.memory = from["memory"]["human"].text();
  for (const auto& view : from["views"].elements())
    out.views.push_back(
        {view["view"].text(), view["path"].text(), view["state"].text(), view["detail"].text()});
  return out;
}

bool same_source(const reference& asked, const artifact_sight& a) {
  const auto have = parse_reference(a.ref);
  if (!have || have->from != asked.from || have->kind != asked.kind || have->host != asked.host ||
      have->name != asked.name)
    return false;
  return asked.revision.empty() || asked.revision == a.requested ||
         asked.revision == have->revision || a.revision.starts_with(asked.revision);
}

bool meant_exactly(const reference& asked, const artifact_sight& a) {
  if (!same_source(asked, a)) return false;
  return asked.selector.empty() || lower(asked.selector) == lower(parse_reference(a.ref)->selector);
}

result<std::vector<std::string>> chosen_of(const reference& asked, const artifact_sight& a) {
  if (asked.selector.empty()) return a.files;
  return choose_files(a.files, file_wish{asked.selector, {}, {}});
}

std::optional<std::string> single_model(const std::vector<std::string>& chosen) {
  std::set<std::string> models; // a split set counts once, by its first part
  for (const auto& path : chosen) {
    const auto low = lower(path);
    if (is_weight_of_another_kind(low)) return std::nullopt;
    if (role_of(path) != gguf_role::model) continue;
    const auto part = parse_shard(path);
    models.insert(part ? shard_path(*part, 1) : path);
  }
  if (models.size() != 1) return std::nullopt;
  return *models.begin();
}

} // namespace hive::cli
