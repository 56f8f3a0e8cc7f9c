#include "core/machine/devices.hpp"

#include "core/base/ascii.hpp"
#include "core/base/json.hpp"
#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hive::machine {
namespace {

constexpr std::size_t most_devices = 64;

/// "00000000:01:00.0" and "0000:01:00.0" are one address; domains have four digits here.
std::string bus_of(std::string_view text) {
  auto bus = ascii::lowered(ascii::trimmed(text));
  const auto colon = bus.find(':');
  if (colon != std::string::npos && colon > 4) bus.erase(0, colon - 4);
  return bus;
}

/// A tool's word for something it does not know is none.
std::string known_text(std::string_view text) {
  text = ascii::trimmed(text);
  const auto low = ascii::lowered(text);
  if (low == "n/a" || low.starts_with("[") || low == "unknown") return {};
  return to_utf8(text);
}

std::optional<std::uint64_t> scaled(std::string_view text, std::uint64_t unit) {
  const auto value = ascii::number(ascii::trimmed(text));
  if (!value || *value > UINT64_MAX / unit) return std::nullopt;
  return *value * unit;
}

/// "name version", or what is known of it.
std::string driver_text(std::string_view name, const std::string& version) {
  return std::string{name} + (version.empty() ? "" : " " + version);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The text of the first of `names` that `card` has; releases of rocm-smi differ in capitals.
std::string member(json::node card, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    for (const auto& [key, value] : card.members())
      if (ascii::lowered(key) == name) {
        auto text = known_text(value.string().value_or(""));
        if (!text.empty()) return text;
      }
  return {};
}

} // namespace

std::vector<device> read_nvidia_smi(std::string_view csv) {
  constexpr std::uint64_t mebibyte = 1u << 20;
  std::vector<device> found;
  for (const auto line : split(csv, '\n')) {
    const auto fields = split(line, ',');
    if (fields.size() != 5 || bus_of(fields[0]).find(':') == std::string::npos) continue;
    if (found.size() == most_devices) break;
    found.push_back({bus_of(fields[0]), "nvidia", known_text(fields[1]),
                     driver_text("nvidia", known_text(fields[4])), scaled(fields[2], mebibyte),
                     scaled(fields[3], mebibyte)});
  }
  return found;
}

std::vector<device> read_rocm_smi(std::string_view text) {
  // Warnings may come before the object.
  const auto parsed = json::parse(text.substr(std::min(text.find('{'), text.size())));
  if (!parsed) return {};
  const auto root = parsed->root();
  const auto version = member(root["system"], {"driver version"});
  std::vector<device> found;
  for (const auto& [name, card] : root.members()) {
    const auto bus = member(card, {"pci bus"});
    if (!name.starts_with("card") || bus.empty() || found.size() == most_devices) continue;
    found.push_back({bus_of(bus), "amd", member(card, {"card series", "card model"}),
                     driver_text("amdgpu", version),
                     scaled(member(card, {"vram total memory (b)"}), 1),
                     scaled(member(card, {"vram total used memory (b)"}), 1)});
  }
  return found;
}

std::optional<device> read_card(const card_files& files) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> vendors{
      {{"0x10de", "nvidia"}, {"0x1002", "amd"}, {"0x8086", "intel"}}};
  const auto id = ascii::lowered(ascii::trimmed(files.vendor));
  const auto vendor = std::ranges::find(vendors, id, [](const auto& row) { return row.first; });
  if (vendor == vendors.end() || files.bus.find(':') == std::string::npos) return std::nullopt;
  return device{bus_of(files.bus),        std::string{vendor->second}, known_text(files.name),
                known_text(files.driver), scaled(files.vram_total, 1), scaled(files.vram_used, 1)};
}

std::vector<device> merged(std::vector<device> known, const std::vector<device>& more) {
  for (const auto& one : more) {
    const auto at = std::ranges::find(known, one.bus, &device::bus);
    if (at == known.end()) {
      known.push_back(one);
      continue;
    }
    if (!one.name.empty()) at->name = one.name;
    if (!one.driver.empty()) at->driver = one.driver;
    if (one.memory_total) at->memory_total = one.memory_total;
    if (one.memory_used) at->memory_used = one.memory_used;
  }
  std::ranges::sort(known, {}, &device::bus);
  return known;
}

} // namespace hive::machine
