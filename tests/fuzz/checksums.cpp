/// Checksum files.

#include "vendors/checksums.hpp"
#include "core/base/digest.hpp"
#include "tests/fuzz/claim.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hive;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& [name, hex] : vendors::read_checksums(text, "alone")) {
    fuzz::claim(!name.empty(), "a digest belongs to a file");
    fuzz::claim(is_hex(hex, 64), "a digest is one");
  }
  vendors::is_checksum_list(text);
  fuzz::claim(vendors::checked_by(text).size() <= size, "a name is a part of the name");
  return 0;
}
