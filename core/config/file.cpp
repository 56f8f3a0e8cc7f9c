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

} // namespace

result<std::map<std::string, std::string>> read_toml(const std::filesystem::path& file) {
  HIVE_TRY(const std::string content, content_of(file));
  std::map<std::string, std::string> values;
  try {
    for (auto&& [key, value] : toml::parse(content)) {
      auto text = text_of(value);
      const std::string name{key.str()};
      if (!text) return wrong(file, name + " is neither a text nor a whole number");
      values.emplace(name, std::move(*text));
    }
  } catch (const toml::parse_error& e) {
    return wrong(file, "line " + std::to_string(e.source().begin.line) + ": " +
                           std::string{e.description()});
  }
  return values;
}

} // namespace hive
