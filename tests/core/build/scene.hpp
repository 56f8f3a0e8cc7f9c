#pragma once
/// A home of its own with the workplace of one build, gone with the object.

#include "core/build/workplace.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace hive::build {

struct scene {
  std::filesystem::path top; ///< symbolic links resolved; the home lies below
  store::home home;
  std::optional<workplace> place;

  scene() {
    namespace fs = std::filesystem;
    std::string name = (fs::temp_directory_path() / "hive-build-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    top = fs::canonical(name);
    home.root = top / "home";
    fs::create_directories(home.blobs());
    place.emplace(workplace::make(home, "one").value());
  }
  ~scene() {
    place.reset();
    std::filesystem::remove_all(top);
  }
  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;
};

} // namespace hive::build
