#include "core/config/config.hpp"

#include "core/base/ascii.hpp"
#include "core/base/json.hpp"
#include "core/base/redact.hpp"
#include "core/config/file.hpp"
#include "core/config/rules.hpp"
#include "core/config/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace hive {

namespace {

namespace fs = std::filesystem;

std::optional<std::string> value_of(const environment& env, std::string_view name) {
  auto value = env(name);
  // A variable that is set to nothing is as good as none.
  if (value && value->empty()) value.reset();
  return value;
}

bool is_true(const std::optional<std::string>& value) {
  if (!value) return false;
  const auto up = ascii::uppered(*value);
  return up == "1" || up == "ON" || up == "YES" || up == "TRUE";
}

/// $VARIABLE when that is an absolute path, else ~/`otherwise`; empty without a home directory.
fs::path base_directory(const environment& env, std::string_view variable, const char* otherwise) {
  if (const auto set = value_of(env, variable); set && fs::path{*set}.is_absolute()) return *set;
  const auto user = value_of(env, "HOME");
  return user ? fs::path{*user} / otherwise : fs::path{};
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "hive";
  return name.data();
}

std::string flag_of(std::string_view key) {
  std::string flag = "--";
  for (const char c : key) flag += c == '_' ? '-' : c;
  return flag;
}

failure unknown(std::string_view key, const std::string& where) {
  return fail(errc::bad_config,
              where + ": there is no setting \"" + std::string{key.substr(0, 64)} + "\"",
              "did you mean " + std::string{nearest_key(key)} + "?");
}

/// Collects values from the weakest source to the strongest, remembering where each came from.
class loading {
 public:
  loading(const std::map<std::string, std::string>& flags, const environment& env)
    : flags_(flags), env_(env), origins_(config_table().size()) {}

  result<loaded_config> run(const std::optional<fs::path>& file) {
    for (const auto& [key, value] : flags_)
      if (find_row(key) == nullptr) return unknown(key, "command line");
    HIVE_CHECK(take_defaults());
    HIVE_CHECK(take_hub_login());
    HIVE_CHECK(take_file(file));
    for (const auto& row : config_table()) {
      HIVE_CHECK(take_environment(row));
      HIVE_CHECK(take_flag(row));
    }
    HIVE_CHECK(finish_home());
    return std::move(*this).report();
  }

 private:
  struct place {
    setting_origin from{setting_origin::built_in};
    std::string source;
  };

  place& origin_of(const config_row& row) {
    return origins_[static_cast<std::size_t>(&row - config_table().data())];
  }

  outcome take(const config_row& row, std::string value, setting_origin from, std::string source) {
    const bool path =
        row.rule == rules::readable_file || row.rule == rules::folder || row.key == "home";
    if (const auto user = value_of(env_, "HOME"); path && user && value.starts_with("~/"))
      value.replace(0, 1, *user);
    const auto flaw = assign(row, values_, value);
    if (!flaw.empty()) {
      // What stands before an '@' may be a password.
      const bool hidden = row.secret || value.find('@') != std::string::npos;
      const auto shown = hidden
                             ? std::string{"the value"}
                             : std::string{"\""}.append(redact(value.substr(0, 100))).append("\"");
      return fail(errc::bad_config,
                  std::string{row.key} + " (" + source + "): " + shown + " " + flaw,
                  "correct it there; 'hive doctor' lists every setting with its origin");
    }
    origin_of(row) = {from, std::move(source)};
    return {};
  }

  outcome take_defaults() {
    values_.name = host_name();
    if (const auto data = base_directory(env_, "XDG_DATA_HOME", ".local/share"); !data.empty())
      values_.home = data / "hive";
    take_tool_folders();
    values_.adopt = known_stores();
    const auto user = base_directory(env_, "HOME", "");
    const auto docker = value_of(env_, "DOCKER_CONFIG");
    values_.registry_auth =
        first_readable({docker ? fs::path{*docker} / "config.json" : user / ".docker/config.json"});
    values_.identity_key =
        first_readable({user / ".ollama/id_ed25519", "/usr/share/ollama/.ollama/id_ed25519"});
    return {};
  }

  static std::string first_readable(std::initializer_list<fs::path> files) {
    for (const auto& file : files)
      if (file.is_absolute() && rules::readable_file(file.string())) return file.string();
    return {};
  }

  /// Where other tools keep models when none of their variables says.
  void take_tool_folders() {
    if (const auto home = value_of(env_, "HF_HOME")) {
      values_.hf_cache = fs::path{*home} / "hub";
    } else if (const auto base = base_directory(env_, "XDG_CACHE_HOME", ".cache"); !base.empty()) {
      values_.hf_cache = base / "huggingface" / "hub";
    }
    const auto user = value_of(env_, "HOME");
    if (!user) return;
    values_.ollama_models = fs::path{*user} / ".ollama" / "models";
    values_.lmstudio_models = fs::path{*user} / ".lmstudio" / "models";
    if (const auto read = json::parse(text_of(fs::path{*user} / ".lmstudio" / "settings.json")))
      if (const auto folder = read->root()["downloadsFolder"].string(); folder && !folder->empty())
        values_.lmstudio_models = *folder;
  }

  /// A small file of another program; empty when there is none.
  static std::string text_of(const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return {};
    std::ifstream in{file, std::ios::binary};
    std::string text(1u << 20, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
  }

  /// Where other programs keep models, by their own variables and defaults.
  std::string known_stores() const {
    std::vector<fs::path> found;
    if (const auto cache = value_of(env_, "HF_HUB_CACHE")) {
      found.emplace_back(*cache);
    } else {
      found.emplace_back(values_.hf_cache);
    }
    if (const auto models = value_of(env_, "OLLAMA_MODELS")) found.emplace_back(*models);
    found.emplace_back(values_.ollama_models);
    found.emplace_back("/usr/share/ollama/.ollama/models");
    std::string list;
    for (const auto& folder : found) {
      // Unknown, or relative: of somebody else's folder.
      if (folder.empty() || !rules::folder_list(folder.string())) continue;
      list += (list.empty() ? "" : ":") + folder.string();
    }
    return list;
  }

  bool implicit_token() const { return !is_true(value_of(env_, "HF_HUB_DISABLE_IMPLICIT_TOKEN")); }

  /// The token that `hf auth login` left, where Hugging Face's own tools look for it.
  outcome take_hub_login() {
    if (!implicit_token()) return {};
    fs::path file;
    if (const auto path = value_of(env_, "HF_TOKEN_PATH")) {
      file = *path;
    } else if (const auto home = value_of(env_, "HF_HOME")) {
      file = fs::path{*home} / "token";
    } else if (const auto cache = base_directory(env_, "XDG_CACHE_HOME", ".cache");
               !cache.empty()) {
      file = cache / "huggingface" / "token";
    }
    if (file.empty()) return {};
    auto text = text_of(file);
    if (text.empty()) return {};
    return take(*find_row("hub_token"), std::move(text), setting_origin::file, file.string());
  }

  outcome take_file(const std::optional<fs::path>& given) {
    fs::path file;
    if (given) {
      file = *given;
    } else {
      HIVE_TRY(const fs::path home, home_without_file());
      std::error_code error;
      if (home.empty() || !fs::exists(home / "hive.toml", error)) return {};
      file = home / "hive.toml";
    }
    HIVE_TRY(auto found, read_toml(file));
    values_.hours = std::move(found.hours);
    for (auto& [key, value] : found.values) {
      const auto* row = find_row(key);
      if (row == nullptr) return unknown(key, file.string());
      if (key == "home" && !given)
        return fail(errc::bad_config,
                    file.string() + ": home cannot be set by the file it leads to",
                    "set HIVE_HOME, or name a file with --config");
      HIVE_CHECK(take(*row, std::move(value), setting_origin::file, file.string()));
    }
    return {};
  }

  /// Where hive.toml is looked for: home as flag, variable and default say.
  result<fs::path> home_without_file() {
    const auto& row = *find_row("home");
    const auto before = values_.home;
    HIVE_CHECK(take_environment(row));
    HIVE_CHECK(take_flag(row));
    auto home = std::exchange(values_.home, before);
    origin_of(row) = {};
    return home;
  }

  outcome take_environment(const config_row& row) {
    for (const auto variable : row.variables) {
      const bool of_hub = row.key == "hub_token" && !variable.starts_with("HIVE_");
      if (of_hub && !implicit_token()) continue;
      if (auto value = value_of(env_, variable))
        return take(row, std::move(*value), setting_origin::environment, std::string{variable});
    }
    return {};
  }

  outcome take_flag(const config_row& row) {
    const auto flag = flags_.find(std::string{row.key});
    if (flag == flags_.end()) return {};
    return take(row, flag->second, setting_origin::flag, flag_of(row.key));
  }

  outcome finish_home() {
    if (values_.home.empty())
      return fail(errc::bad_config, "home: there is no HOME to put hive's home below",
                  "set HIVE_HOME to a folder of your own");
    std::error_code error;
    const auto absolute = fs::absolute(values_.home, error);
    if (!error) values_.home = absolute.lexically_normal();
    return {};
  }

  /// Proxy variables are the network library's to read; here they are only shown.
  void show_proxy(setting& row) const {
    constexpr std::array<std::string_view, 5> proxies{"https_proxy", "HTTPS_PROXY", "http_proxy",
                                                      "all_proxy", "ALL_PROXY"};
    constexpr std::array<std::string_view, 2> exceptions{"no_proxy", "NO_PROXY"};
    std::span<const std::string_view> names;
    if (row.key == "proxy") names = proxies;
    if (row.key == "no_proxy") names = exceptions;
    if (row.from != setting_origin::built_in) return;
    for (const auto name : names) {
      const auto value = value_of(env_, name);
      if (!value) continue;
      const auto proxy = row.key == "proxy" ? rules::proxy_address(*value) : *value;
      row = {row.key, proxy ? redact(*proxy) : "unreadable", setting_origin::environment,
             std::string{name}};
      return;
    }
  }

  loaded_config report() && {
    loaded_config loaded;
    for (const auto& row : config_table()) {
      auto& [from, source] = origin_of(row);
      auto& shown = loaded.settings.emplace_back(
          setting{std::string{row.key}, shown_value(row, values_), from, std::move(source)});
      show_proxy(shown);
    }
    loaded.values = std::move(values_);
    return loaded;
  }

  const std::map<std::string, std::string>& flags_;
  const environment& env_;
  config values_;
  std::vector<place> origins_;
};

} // namespace

std::string_view to_string(setting_origin o) noexcept {
  constexpr std::array<std::string_view, 4> names{"default", "file", "environment", "flag"};
  const auto at = static_cast<std::size_t>(o);
  return at < names.size() ? names[at] : "unknown";
}

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  for (std::string_view rest = list; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    if (end > 0) words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<std::filesystem::path> folders_of(const std::string& list) {
  std::vector<std::filesystem::path> folders;
  if (list == "off") return folders;
  for (std::string_view rest = list; !rest.empty();) {
    const auto end = std::min(rest.find(':'), rest.size());
    if (end > 0) folders.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return folders;
}

environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string{name}.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
  };
}

limits::configuration limits_of(const loaded_config& from) {
  auto made = limits::default_configuration();
  made.hours = from.values.hours;
  for (const auto& row : limits::limit_table()) {
    const auto found = std::find_if(from.settings.begin(), from.settings.end(),
                                    [&](const setting& s) { return s.key == row.name; });
    if (found == from.settings.end()) continue;
    const auto member = std::get<std::uint64_t config::*>(find_row(row.name)->member);
    made.values[static_cast<std::size_t>(row.what)] = {
        from.values.*member, std::string{to_string(found->from)}, found->source};
  }
  return made;
}

result<loaded_config> load_config(const std::map<std::string, std::string>& flags,
                                  const environment& env, const std::optional<fs::path>& file) {
  return loading{flags, env}.run(file);
}

} // namespace hive
