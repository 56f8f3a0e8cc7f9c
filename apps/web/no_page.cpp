#include "apps/web/page.hpp"

namespace hive::web {

std::span<const asset> page() noexcept {
  return {};
}

} // namespace hive::web
