#include "core/config/file.hpp"

#include <toml++/toml.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace hive {

namespace {

constexpr std::uintmax_t largest_file = 1u << 20;

failure wrong(const std::filesystem::path& file, const std::string& why) {
  return fail(errc::bad_config, file.string() + ": " + why);
}

result<std::string> content_of(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return wrong(file, "there is no such file");
  if (std::filesystem::file_size(file, error) > largest_file || error)
    return wrong(file, "it is larger than 1 MiB");
  std::ifstream in{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  if (!in.good() && !in.eof()) return wrong(file, "it cannot be read");
  return text;
}

std::optional<std::string> text_of(const toml::node& value) {
  if (const auto* text = value.as_string()) return text->get();
  if (const auto* number = value.as_integer()) return std::to_string(number->get());
  return std::nullopt;
}

/// A text, a whole number, or a list of texts with commas between them.
std::optional<std::string> list_of(const toml::node& value) {
  const auto* list = value.as_array();
  if (list == nullptr) return text_of(value);
  std::string all;
  for (const auto& one : *list) {
    const auto* text = one.as_string();
    if (text == nullptr) return std::nullopt;
    all.append(all.empty() ? "" : ",").append(text->get());
  }
  return all;
}

/// One entry of the schedule, still as text.
result<limits::window_text> window_text_of(const toml::table& entry) {
  limits::window_text text;
  for (auto&& [key, value] : entry) {
    const std::string name{key.str()};
    auto* const into = name == "from"       ? &text.from
                       : name == "to"       ? &text.to
                       : name == "download" ? &text.download
                       : name == "upload"   ? &text.upload
                                            : nullptr;
    if (into != nullptr) {
      *into = text_of(value);
      if (!*into) return fail(errc::bad_config, name + ": is neither a text nor a whole number");
    } else if (const auto* days = value.as_array(); name == "days" && days != nullptr) {
      text.days.emplace();
      for (const auto& day : *days) text.days->push_back(text_of(day).value_or(""));
    } else if (name == "days") {
      return fail(errc::bad_config, "days: is no list like [\"mon\", \"tue\"]");
    } else {
      return fail(errc::bad_config, name + ": there is no such key",
                  "an entry has from, to, days, download and upload");
    }
  }
  return text;
}

/// [limits]: only the schedule lives there.
result<limits::schedule> read_limits(const std::filesystem::path& file, const toml::node& from) {
  limits::schedule hours;
  const auto* const table = from.as_table();
  if (table == nullptr) return wrong(file, "limits is no table");
  for (auto&& [key, value] : *table) {
    const auto* const entries = value.as_array();
    if (key.str() != "schedule" || entries == nullptr)
      return wrong(file,
                   "limits." + std::string{key.str()} + ": only [[limits.schedule]] is known");
    for (const auto& entry : *entries) {
      const auto where = "limits.schedule " + std::to_string(hours.size() + 1) + ": ";
      const auto* const fields = entry.as_table();
      if (fields == nullptr) return wrong(file, where + "is no table");
      const auto text = window_text_of(*fields);
      if (!text) return wrong(file, where + text.why().detail);
      const auto read = limits::read_window(*text);
      if (!read) return wrong(file, where + read.why().detail);
      hours.push_back(*read);
    }
  }
  return hours;
}

} // namespace

result<settings_file> read_toml(const std::filesystem::path& file) {
  HIVE_TRY(const std::string content, content_of(file));
  settings_file found;
  try {
    for (auto&& [key, value] : toml::parse(content)) {
      const std::string name{key.str()};
      if (name == "limits") {
        HIVE_TRY(found.hours, read_limits(file, value));
        continue;
      }
      auto text = list_of(value);
      if (!text)
        return wrong(file, name + " is neither a text nor a whole number nor a list of texts");
      found.values.emplace(name, std::move(*text));
    }
  } catch (const toml::parse_error& e) {
    return wrong(file, "line " + std::to_string(e.source().begin.line) + ": " +
                           std::string{e.description()});
  }
  return found;
}

} // namespace hive
