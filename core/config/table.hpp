#pragma once
/// The one table of settings: key, member, variables, and what values are fine.

#include "core/config/config.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hive {

using config_member =
    std::variant<std::string config::*, std::uint64_t config::*, std::filesystem::path config::*>;

/// A text as it is stored, or what is wrong with it ("is not host:port").
using text_rule = tl::expected<std::string, std::string> (*)(std::string text);

struct config_row {
  std::string_view key;
  config_member member;
  std::vector<std::string_view> variables; ///< the first that is set and not empty counts
  text_rule rule{nullptr};                 ///< texts and paths
  std::uint64_t least{0};                  ///< numbers
  std::uint64_t most{UINT64_MAX};
  bool bytes{false};  ///< a number that may be written as a size
  bool secret{false}; ///< never shown, not even in errors
};

std::span<const config_row> config_table();

/// The row of `key`; null when there is none.
const config_row* find_row(std::string_view key);
/// The key nearest to a misspelt one.
std::string_view nearest_key(std::string_view key);

/// Stores `text` into the row's member; empty when that went well, else what is wrong with it.
std::string assign(const config_row& row, config& to, const std::string& text);
/// The member's value as `hive doctor` shows it.
std::string shown_value(const config_row& row, const config& from);

} // namespace hive
