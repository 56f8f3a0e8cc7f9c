#include "apps/hive/membership.hpp"

namespace hive::cli {

result<trust::node_facts> own_node(const config& values) {
  const store::home home{values.home};
  HIVE_CHECK(store::prepare(home));
  std::error_code error;
  const bool has_id = std::filesystem::exists(home.node() / "id", error);
  std::optional<store::home_lock> held;
  if (!has_id) {
    HIVE_TRY(held, store::home_lock::acquire(home));
  }
  HIVE_TRY(auto id, store::identity(home));
  return trust::node_facts{std::move(id), values.name};
}

std::string minute_of(wall_time t) {
  auto text = format_time(t).substr(0, 16);
  text[10] = ' ';
  return text;
}

} // namespace hive::cli
