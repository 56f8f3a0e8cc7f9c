#include "vendors/foreign_stores.hpp"

#include "core/store/views.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hive::vendors {

namespace {

/// `pattern` below a root: {repo} is the Hub cache's folder of the plan's repository, {sha256} and
/// {git-sha1} the digest a file is expected by. A pattern with something the plan lacks is skipped.
struct layout {
  std::string_view store;
  std::string_view pattern;
};

constexpr std::array<layout, 3> layouts{{
    {"the Hugging Face cache", "{repo}/blobs/{sha256}"},
    {"the Hugging Face cache", "{repo}/blobs/{git-sha1}"},
    {"the Ollama store", "blobs/sha256-{sha256}"},
}};

bool fill(std::string& text, std::string_view name, const std::string& value) {
  const auto at = text.find(name);
  if (at == std::string::npos) return true;
  if (value.empty()) return false;
  text.replace(at, name.size(), value);
  return true;
}

std::optional<std::string> below_root(const layout& how, const std::string& repo,
                                      const digest& content) {
  const bool git = content.kind == digest_kind::git_sha1;
  std::string text{how.pattern};
  const bool filled = fill(text, "{repo}", repo) &&
                      fill(text, "{sha256}", git ? std::string{} : content.hex) &&
                      fill(text, "{git-sha1}", git ? content.hex : std::string{});
  if (!filled) return std::nullopt;
  return text;
}

} // namespace

void name_copies(download_plan& plan, const std::vector<std::filesystem::path>& roots) {
  const bool hub = plan.what.from == scheme::hf || plan.what.from == scheme::space;
  const auto repo = hub ? store::hub_folder(plan.what) : std::string{};
  for (auto& file : plan.files) {
    if (!file.expected) continue;
    for (const auto& root : roots)
      for (const auto& how : layouts)
        if (const auto name = below_root(how, repo, *file.expected))
          file.copies.push_back({root / *name, std::string{how.store}});
  }
}

} // namespace hive::vendors
