#pragma once
/// The libraries this program runs with.

#include <string>
#include <vector>

namespace hive::cli {

struct library {
  std::string name;
  std::string version;
};

std::vector<library> libraries();

} // namespace hive::cli
