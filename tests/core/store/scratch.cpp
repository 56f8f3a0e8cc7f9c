#include "tests/core/store/scratch.hpp"

#include "core/base/digest.hpp"
#include "core/base/ids.hpp"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/mount.h>
#include <sys/stat.h>

namespace hive::store::test {

namespace fs = std::filesystem;

scratch_folder::scratch_folder() : path_(fs::temp_directory_path() / ("hive-store-" + new_ulid())) {
  fs::create_directories(path_);
}

scratch_folder::~scratch_folder() {
  std::error_code none;
  fs::remove_all(path_, none);
}

scratch_home::scratch_home() : where{folder.path() / "home"} {
  if (!prepare(where)) throw std::runtime_error("no home to test in");
}

small_disk::small_disk(fs::path folder, std::size_t bytes) : folder_(std::move(folder)) {
  fs::create_directories(folder_);
  const auto options = "size=" + std::to_string(bytes);
  mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options.c_str()) == 0;
}

small_disk::~small_disk() {
  if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
}

std::string read_file(const fs::path& what) {
  std::ifstream in{what, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const fs::path& what, std::string_view text) {
  fs::create_directories(what.parent_path());
  std::ofstream{what, std::ios::binary} << text;
}

bool same_file(const fs::path& a, const fs::path& b) {
  struct stat x {};
  struct stat y {};
  return ::stat(a.c_str(), &x) == 0 && ::stat(b.c_str(), &y) == 0 && x.st_dev == y.st_dev &&
         x.st_ino == y.st_ino;
}

std::string put_blob(const home& where, const std::string& text) {
  const auto name = sha256_hex(text);
  write_file(where.blob(name), text);
  ::chmod(where.blob(name).c_str(), 0444);
  return name;
}

reference parsed(std::string_view text) {
  auto what = parse_reference(text);
  if (!what) throw std::runtime_error("bad sample: " + what.why().detail);
  return *what;
}

pattern::pattern(std::uint64_t offset, std::size_t length)
  : memory_(length + 4096), length_(length) {
  auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
  data_ = memory_.data() + (4096 - address % 4096) % 4096;
  for (std::size_t i = 0; i < length; i += 8) {
    const std::uint64_t word = (offset + i) * 0x9e3779b97f4a7c15u ^ 0x5bd1e995u;
    std::memcpy(data_ + i, &word, 8);
  }
}

} // namespace hive::store::test
