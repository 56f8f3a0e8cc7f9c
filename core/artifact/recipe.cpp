#include "core/artifact/recipe.hpp"

#include "core/artifact/safe_path.hpp"
#include "core/base/ascii.hpp"
#include "core/base/json.hpp"
#include "core/base/spelling.hpp"
#include "core/base/units.hpp"
#include "core/base/utf8.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <utility>

namespace hive {

namespace {

constexpr std::size_t longest_text = 64u << 10;
constexpr std::size_t most_entries = 64;
constexpr std::size_t most_words = 1024;
constexpr std::chrono::seconds longest_time{std::chrono::days{7}};
constexpr std::uint64_t most_bytes = 1ull << 50;

using texts = std::vector<std::string>;
using keys = std::initializer_list<std::string_view>;

failure wrong(const toml::source_region& where, const std::string& why, std::string hint = {}) {
  return fail(errc::bad_recipe, "line " + std::to_string(where.begin.line) + ": " + why,
              std::move(hint));
}

/// A table of the recipe, and what it is called before people.
struct section {
  const toml::table& from;
  std::string name;

  failure bad(std::string_view key, const std::string& why) const {
    const auto* const value = from.get(key);
    return wrong(value ? value->source() : from.source(),
                 name + " " + std::string{key} + ": " + why);
  }

  outcome check_keys(keys known) const {
    for (auto&& [key, value] : from) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      const auto word = key.str().substr(0, 64);
      const auto near =
          std::ranges::min(known, {}, [&](std::string_view k) { return edit_distance(word, k); });
      return wrong(key.source(), name + " has no key \"" + to_utf8(word) + "\"",
                   "did you mean " + std::string{near} + "?");
    }
    return {};
  }

  bool has(std::string_view key) const { return from.contains(key); }

  result<std::string> text(std::string_view key) const {
    const auto* const value = from.get_as<std::string>(key);
    if (value == nullptr) return bad(key, has(key) ? "is no text" : "is missing");
    if (value->get().empty()) return bad(key, "is empty");
    if (value->get().size() > longest_text) return bad(key, "is too long");
    if (value->get().find('\0') != std::string::npos) return bad(key, "has a zero byte");
    return value->get();
  }

  result<texts> list(std::string_view key) const {
    texts found;
    if (!has(key)) return found;
    const auto* const values = from.get_as<toml::array>(key);
    if (values == nullptr) return bad(key, "is no list of texts");
    for (const auto& entry : *values) {
      const auto* const value = entry.as_string();
      if (value == nullptr) return bad(key, "is no list of texts");
      if (value->get().size() > longest_text) return bad(key, "has a text that is too long");
      if (value->get().find('\0') != std::string::npos) return bad(key, "has a zero byte");
      if (found.size() == most_words) return bad(key, "has more than 1024 texts");
      found.push_back(value->get());
    }
    return found;
  }

  /// "50G", or a whole number.
  result<std::uint64_t> bytes(std::string_view key) const {
    std::optional<std::uint64_t> value;
    if (const auto* const number = from.get_as<std::int64_t>(key); number && number->get() >= 0)
      value = static_cast<std::uint64_t>(number->get());
    if (const auto* const words = from.get_as<std::string>(key))
      if (const auto size = parse_bytes(words->get())) value = *size;
    if (!value) return bad(key, "is no size like \"50G\"");
    if (*value == 0 || *value > most_bytes) return bad(key, "is not between 1 byte and 1 PiB");
    return *value;
  }
};

bool is_label(std::string_view text) noexcept {
  return text.size() <= 64 && std::ranges::all_of(text, [](char c) {
           return ascii::is_alnum(c) || c == '.' || c == '-' || c == '_';
         });
}

result<std::string> read_label(const section& from, std::string_view key) {
  HIVE_TRY(auto text, from.text(key));
  if (!is_label(text))
    return from.bad(key, "has other characters than letters, digits, '.', '-' and '_', or is "
                         "longer than 64");
  return text;
}

/// "90s", "30m", "2h", "1d"; a number alone is seconds.
std::optional<std::chrono::seconds> read_time(std::string_view text) {
  std::uint64_t unit = 1;
  if (!text.empty() && !ascii::is_digit(text.back())) {
    const char last = text.back();
    unit = last == 's' ? 1 : last == 'm' ? 60 : last == 'h' ? 3600 : last == 'd' ? 86'400 : 0;
    text.remove_suffix(1);
  }
  const auto count = ascii::number(text);
  const auto most = static_cast<std::uint64_t>(longest_time.count());
  if (unit == 0 || !count || *count == 0 || *count > most / unit) return std::nullopt;
  return std::chrono::seconds{*count * unit};
}

/// A glob of what lies in the build's folder.
outcome check_glob(const section& from, std::string_view key, const std::string& glob) {
  const bool climbs = ("/" + glob + "/").find("/../") != std::string::npos;
  if (glob.empty() || glob.front() == '/' || climbs || glob.size() > 1024)
    return from.bad(key, "\"" + to_utf8(glob.substr(0, 100)) +
                             "\" is no pattern of files in the build's folder");
  return {};
}

result<recipe_source> read_source(const section& from) {
  HIVE_CHECK(from.check_keys({"ref", "path", "include", "exclude", "sha256"}));
  recipe_source source;
  source.line = from.from.source().begin.line;
  HIVE_TRY(const auto ref, from.text("ref"));
  auto what = parse_reference(ref);
  if (!what) return from.bad("ref", what.why().detail);
  source.what = std::move(*what);
  if (source.what.from == scheme::build) return from.bad("ref", "a build is no source of another");
  source.path = recipe_inputs;
  if (from.has("path")) {
    HIVE_TRY(source.path, from.text("path"));
  }
  const bool inside =
      source.path == recipe_inputs || source.path.starts_with(std::string{recipe_inputs} + "/");
  if (const auto safe = check_relative_path(source.path); !safe || !inside)
    return from.bad("path", "is not \"in\" or a folder below it, like \"in/model\"");
  HIVE_TRY(source.include, from.list("include"));
  HIVE_TRY(source.exclude, from.list("exclude"));
  if (from.has("sha256")) {
    HIVE_TRY(const auto hex, from.text("sha256"));
    if (!is_hex(hex, 64)) return from.bad("sha256", "is not 64 lower-case hex characters");
    source.expected = digest{digest_kind::sha256, hex};
  }
  return source;
}

result<recipe_step> read_step(const section& from) {
  HIVE_CHECK(from.check_keys({"run", "shell"}));
  if (from.has("run") == from.has("shell"))
    return from.bad("run", "a step has either run = [\"program\", \"argument\"] or shell = \"…\"");
  recipe_step step;
  if (from.has("shell")) {
    HIVE_TRY(auto script, from.text("shell"));
    step.run = {"/bin/sh", "-e", "-c", std::move(script)};
    return step;
  }
  HIVE_TRY(step.run, from.list("run"));
  if (step.run.empty() || step.run.front().empty()) return from.bad("run", "names no program");
  return step;
}

result<recipe_limits> read_limits(const section& from) {
  HIVE_CHECK(from.check_keys({"time", "disk", "memory", "network"}));
  recipe_limits limits;
  if (from.has("time")) {
    const auto* const number = from.from.get_as<std::int64_t>("time");
    const auto* const words = from.from.get_as<std::string>("time");
    const auto time = read_time(number  ? std::to_string(number->get())
                                : words ? words->get()
                                        : std::string{});
    if (!time) return from.bad("time", "is no time like \"90s\", \"30m\" or \"2h\", up to 7d");
    limits.time = *time;
  }
  if (from.has("disk")) {
    HIVE_TRY(limits.disk, from.bytes("disk"));
  }
  if (from.has("memory")) {
    HIVE_TRY(limits.memory, from.bytes("memory"));
  }
  if (from.has("network")) {
    const auto* const open = from.from.get_as<bool>("network");
    if (open == nullptr) return from.bad("network", "is neither true nor false");
    limits.network = open->get();
  }
  return limits;
}

/// Every entry of [[name]], by `read`.
template <class Entry>
outcome read_entries(const toml::table& all, const std::string& name,
                     result<Entry> (*read)(const section&), std::vector<Entry>& into) {
  const auto* const value = all.get(name);
  if (value == nullptr) return {};
  const auto* const entries = value->as_array();
  if (entries == nullptr || !entries->is_array_of_tables())
    return wrong(value->source(), name + " is written as [[" + name + "]]");
  for (const auto& entry : *entries) {
    if (into.size() == most_entries)
      return wrong(entry.source(), "more than 64 entries of [[" + name + "]]");
    HIVE_TRY(auto made, read({*entry.as_table(), "[[" + name + "]]"}));
    into.push_back(std::move(made));
  }
  return {};
}

result<const toml::table*> table_of(const toml::table& all, std::string_view name) {
  const auto* const value = all.get(name);
  if (value == nullptr) return nullptr;
  if (value->is_table()) return value->as_table();
  return wrong(value->source(), std::string{name} + " is written as [" + std::string{name} + "]");
}

result<recipe> read_recipe(const toml::table& all) {
  const section whole{all, "a recipe"};
  HIVE_CHECK(whole.check_keys({"recipe", "source", "step", "output", "limits"}));
  if (!whole.has("recipe")) return wrong(all.source(), "the recipe has no [recipe]");
  if (!whole.has("step")) return wrong(all.source(), "the recipe has no [[step]]");
  if (!whole.has("output")) return wrong(all.source(), "the recipe has no [output]");
  recipe made;
  HIVE_TRY(const auto* const head, table_of(all, "recipe"));
  const section names{*head, "[recipe]"};
  HIVE_CHECK(names.check_keys({"name", "version"}));
  HIVE_TRY(made.name, read_label(names, "name"));
  HIVE_TRY(made.version, read_label(names, "version"));
  HIVE_CHECK(read_entries(all, "source", read_source, made.sources));
  HIVE_CHECK(read_entries(all, "step", read_step, made.steps));
  if (made.steps.empty()) return whole.bad("step", "is empty");
  HIVE_TRY(const auto* const output, table_of(all, "output"));
  const section outputs{*output, "[output]"};
  HIVE_CHECK(outputs.check_keys({"files"}));
  HIVE_TRY(made.outputs, outputs.list("files"));
  if (made.outputs.empty()) return outputs.bad("files", "names nothing the build makes");
  for (const auto& glob : made.outputs) HIVE_CHECK(check_glob(outputs, "files", glob));
  HIVE_TRY(const auto* const limits, table_of(all, "limits"));
  if (limits != nullptr) {
    HIVE_TRY(made.limits, read_limits({*limits, "[limits]"}));
  }
  return made;
}

json::array json_of(const texts& from) {
  json::array out;
  for (const auto& one : from) out.emplace_back(one);
  return out;
}

} // namespace

result<recipe> parse_recipe(std::string_view text) {
  if (text.size() > largest_recipe) return fail(errc::bad_recipe, "it is larger than 64 KiB");
  if (!is_utf8(text)) return fail(errc::bad_recipe, "it is not UTF-8");
  try {
    return read_recipe(toml::parse(text));
  } catch (const toml::parse_error& e) {
    return wrong(e.source(), std::string{e.description()});
  }
}

std::string recipe_digest(const recipe& how, std::vector<recipe_input> inputs) {
  std::ranges::sort(inputs, {}, &recipe_input::path);
  json::array files;
  for (const auto& input : inputs)
    files.emplace_back(json::array{input.path, to_string(input.what)});
  json::array steps;
  for (const auto& step : how.steps) steps.emplace_back(json_of(step.run));
  auto outputs = how.outputs;
  std::ranges::sort(outputs);
  return sha256_hex(
      json::text(json::array{"hive build 1", how.name, how.version, std::move(files),
                             std::move(steps), json_of(outputs), how.limits.network}));
}

} // namespace hive
