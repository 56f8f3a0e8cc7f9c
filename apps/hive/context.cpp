#include "apps/hive/context.hpp"

namespace hive::cli {

outcome context::load() {
  std::optional<std::filesystem::path> file;
  if (config_file) file = *config_file;
  HIVE_TRY(settings, load_config(flags, process_environment(), file));
  return {};
}

setting_origin context::origin_of(std::string_view key) const noexcept {
  for (const auto& one : settings.settings)
    if (one.key == key) return one.from;
  return setting_origin::built_in;
}

} // namespace hive::cli
