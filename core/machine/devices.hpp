#pragma once
/// Devices as their vendors' tools and the kernel tell of them. Pure; a figure that a source does
/// not give, or gives as "[N/A]", is empty.

#include "core/machine/reading.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::machine {

/// What `nvidia_question` asks nvidia-smi for: one line of CSV per device, sizes in MiB.
inline constexpr std::string_view nvidia_question =
    "--query-gpu=pci.bus_id,name,memory.total,memory.used,driver_version";
std::vector<device> read_nvidia_smi(std::string_view csv);

/// The JSON of `rocm-smi --showbus --showproductname --showmeminfo vram --showdriverversion
/// --json`.
std::vector<device> read_rocm_smi(std::string_view text);

/// The files of one /sys/class/drm/card*/device folder that count.
struct card_files {
  std::string bus;        ///< name of the folder the link leads to
  std::string vendor;     ///< "0x10de"
  std::string driver;     ///< name of the driver's folder
  std::string name;       ///< product_name, of some AMD cards
  std::string vram_total; ///< mem_info_vram_total, amdgpu
  std::string vram_used;  ///< mem_info_vram_used
};
/// Empty for what computes nothing: displays of servers and of virtual machines.
std::optional<device> read_card(const card_files& files);

/// All devices of `known` and of `more`, each once, by bus address; what `more` says counts where
/// both say something.
std::vector<device> merged(std::vector<device> known, const std::vector<device>& more);

} // namespace hive::machine
