#include "core/machine/sensors.hpp"

#include "core/base/ascii.hpp"
#include "core/machine/devices.hpp"
#include "core/machine/proc.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>
#include <string>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace hive::machine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_text = 64u << 10;

/// Files of /proc and /sys have no size of their own; nothing for one that is not there.
std::string text_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text(most_text, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return text;
}

std::chrono::milliseconds since_boot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec});
}

std::optional<std::uint64_t> usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(CPU_COUNT(&set));
}

std::optional<std::uint64_t> entries_of(const fs::path& folder) {
  std::error_code error;
  std::uint64_t count = 0;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error))
    ++count;
  if (error || count == 0) return std::nullopt;
  return count;
}

std::optional<extent> disk_of(const fs::path& store) {
  std::error_code error;
  const auto space = fs::space(store, error);
  if (error) return std::nullopt;
  return extent{space.capacity, space.available};
}

card_files files_of(const fs::path& card) {
  std::error_code error;
  return {fs::canonical(card, error).filename().string(),
          text_of(card / "vendor"),
          fs::read_symlink(card / "driver", error).filename().string(),
          text_of(card / "product_name"),
          text_of(card / "mem_info_vram_total"),
          text_of(card / "mem_info_vram_used")};
}

/// "card0", not its outputs ("card0-DP-1") or render nodes.
bool names_card(const std::string& name) {
  return name.starts_with("card") && ascii::is_number(name.substr(4));
}

} // namespace

reading take_reading(const fs::path& store, const fs::path& root) {
  reading now;
  now.time = wall_now();
  now.since_boot = since_boot();
  now.cpus = usable_cpus();
  now.load = read_loadavg(text_of(root / "proc/loadavg"));
  now.memory = read_meminfo(text_of(root / "proc/meminfo"));
  now.disk = disk_of(store);
  now.resident = read_statm(text_of(root / "proc/self/statm"),
                            static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  now.open_files = entries_of(root / "proc/self/fd");
  if (rlimit most{}; ::getrlimit(RLIMIT_NOFILE, &most) == 0) now.most_open_files = most.rlim_cur;
  return now;
}

std::vector<device> list_cards(const fs::path& root) {
  std::vector<device> found;
  std::error_code error;
  for (fs::directory_iterator at{root / "sys/class/drm", error}, end; !error && at != end;
       at.increment(error)) {
    if (!names_card(at->path().filename().string())) continue;
    if (auto card = read_card(files_of(at->path() / "device"))) found.push_back(std::move(*card));
  }
  return merged(std::move(found), {});
}

struct device_survey::tool {
  const char* program;
  const char* also; ///< where it may be besides $PATH
  std::vector<std::string> arguments;
  std::vector<device> (*read)(std::string_view);

  static const std::array<tool, 2>& all() {
    static const std::array<tool, 2> tools{
        {{"nvidia-smi",
          "",
          {std::string{nvidia_question}, "--format=csv,noheader,nounits"},
          read_nvidia_smi},
         {"rocm-smi",
          "/opt/rocm/bin",
          {"--showbus", "--showproductname", "--showmeminfo", "vram", "--showdriverversion",
           "--json"},
          read_rocm_smi}}};
    return tools;
  }
};

device_survey::device_survey(fs::path root, std::chrono::milliseconds limit)
  : root_(std::move(root)), limit_(limit) {}

/// A tool that is not here, or cannot be started, is passed over.
void device_survey::begin_next() {
  for (; next_ < tool::all().size(); ++next_) {
    const auto& one = tool::all()[next_];
    const auto program = find_program(one.program, one.also);
    if (program.empty()) continue;
    if (auto started = command::start(program, one.arguments, limit_)) {
      asked_.emplace(std::move(*started));
      return;
    }
  }
}

std::optional<std::vector<device>> device_survey::step() {
  if (!asked_) {
    found_ = list_cards(root_);
    begin_next();
  } else if (const auto said = asked_->look()) {
    asked_.reset();
    if (*said) found_ = merged(std::move(found_), tool::all()[next_].read(**said));
    ++next_;
    begin_next();
  }
  if (asked_) return std::nullopt;
  next_ = 0;
  return std::move(found_);
}

} // namespace hive::machine
