#include "core/base/version.hpp"

namespace hive {

std::string_view version() noexcept {
  return HIVE_VERSION;
}

} // namespace hive
