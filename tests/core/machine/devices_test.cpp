#include "core/machine/devices.hpp"
#include "tests/support/catch.hpp"

using namespace hive::machine;

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;
const std::optional<std::uint64_t> unknown;

} // namespace

TEST_CASE("nvidia-smi's lines become devices, and what it does not know stays unknown") {
  const auto found =
      read_nvidia_smi("00000000:01:00.0, NVIDIA GeForce RTX 4090, 24564, 1187, 550.54.14\n"
                      "00000000:41:00.0, NVIDIA H100 80GB HBM3, 81559, 0, 550.54.14\n"
                      "00000000:C1:00.0, NVIDIA GB10, [N/A], [Not Supported], 580.95.05\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0] == device{"0000:01:00.0", "nvidia", "NVIDIA GeForce RTX 4090", "nvidia 550.54.14",
                           24564 * mebibyte, 1187 * mebibyte});
  CHECK(found[1].memory_used == 0u);
  CHECK(found[2] ==
        device{"0000:c1:00.0", "nvidia", "NVIDIA GB10", "nvidia 580.95.05", unknown, unknown});
}

TEST_CASE("what is no answer of nvidia-smi names no devices") {
  for (const auto* text :
       {"", "\n", "No devices were found\n",
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        "00000000:01:00.0, NVIDIA GeForce RTX 4090, 24564\n", "a,b,c,d,e\n"}) {
    CAPTURE(text);
    CHECK(read_nvidia_smi(text).empty());
  }
  CHECK_FALSE(read_nvidia_smi("0:01:00.0, X, 99999999999999999999, -1, \n").front().memory_total);
}

TEST_CASE("rocm-smi's object becomes devices, whatever its capitals and warnings") {
  const auto found = read_rocm_smi(
      "WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status\n"
      R"json({"card1": {"VRAM Total Memory (B)": "17163091968", "VRAM Total Used Memory (B)": "14434304",
          "Card Series": "Radeon RX 7800 XT", "Card Model": "0x747e", "PCI Bus": "0000:2D:00.0"},
          "card0": {"VRAM Total Memory (B)": "N/A", "Card series": "AMD INSTINCT MI250",
          "PCI Bus": "0000:03:00.0"},
          "system": {"Driver version": "6.7.0"}})json");
  REQUIRE(found.size() == 2);
  CHECK(found[0] == device{"0000:2d:00.0", "amd", "Radeon RX 7800 XT", "amdgpu 6.7.0",
                           17'163'091'968u, 14'434'304u});
  CHECK(found[1] ==
        device{"0000:03:00.0", "amd", "AMD INSTINCT MI250", "amdgpu 6.7.0", unknown, unknown});
  for (const auto* text : {"", "{", "[]", "{}", "{\"card0\": 3}", "{\"card0\": {\"PCI Bus\": 3}}",
                           "ERROR: no AMD GPUs detected"}) {
    CAPTURE(text);
    CHECK(read_rocm_smi(text).empty());
  }
}

TEST_CASE("the kernel's files name devices that compute, and nothing else") {
  CHECK(read_card({"0000:03:00.0", "0x1002\n", "amdgpu", "", "17163091968\n", "14434304\n"}) ==
        device{"0000:03:00.0", "amd", "", "amdgpu", 17'163'091'968u, 14'434'304u});
  CHECK(read_card({"0000:00:02.0", "0x8086\n", "i915", "", "", ""}) ==
        device{"0000:00:02.0", "intel", "", "i915", unknown, unknown});
  CHECK(read_card({"0000:01:00.0", "0x10DE\n", "nvidia", "", "", ""})->vendor == "nvidia");
  CHECK_FALSE(read_card({"0000:04:00.0", "0x1a03\n", "ast", "", "", ""})); // a server's display
  CHECK_FALSE(read_card({"0000:00:01.0", "0x1af4\n", "virtio-pci", "", "", ""}));
  CHECK_FALSE(read_card({"", "0x10de", "nvidia", "", "", ""}));
}

TEST_CASE("one device told by two sources is one device, and the vendor's tool knows better") {
  const device card{"0000:01:00.0", "nvidia", "", "nvidia", unknown, unknown};
  const device other{"0000:00:02.0", "intel", "", "i915", unknown, unknown};
  const device tool{"0000:01:00.0", "nvidia", "NVIDIA L4", "nvidia 550.1", 100, unknown};
  CHECK(merged({card, other}, {tool}) == std::vector{other, tool});
  CHECK(merged({}, {tool}) == std::vector{tool});
  const device silent{"0000:01:00.0", "nvidia", "", "", unknown, unknown};
  CHECK(merged({tool}, {silent}) == std::vector{tool});
}
