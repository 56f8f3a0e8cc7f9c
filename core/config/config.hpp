#pragma once
/// Settings: a plain struct with defaults on its members, one table that maps keys to members, and
/// where each value came from. Order: flag, environment, file (hive.toml), default. Read once, in
/// apps/, then handed down as values.

#include "core/base/result.hpp"
#include "core/limits/limit.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive {

struct config {
  std::filesystem::path home;           ///< HIVE_HOME; default $XDG_DATA_HOME/hive
  std::string listen{"127.0.0.1:7835"}; ///< host:port; port 0 picks a free one
  std::string peer_listen;              ///< host:port for other nodes; empty: none
  std::string peers;      ///< host:port of nodes of the hive to begin with, separated by commas
  std::string mdns{"on"}; ///< or "off": whether nodes of a hive find each other by multicast DNS
  std::string labels;     ///< of this node in its hive: words, separated by commas
  std::string name;       ///< default: the host's name
  std::string node;       ///< HIVE_NODE: URL of the node the CLI talks to
  std::string api_token;  ///< HIVE_TOKEN: what a non-loopback node asks for
  std::string log_level{"info"};              ///< debug, info, warning, error
  std::string log_format{"human"};            ///< human or json
  std::uint64_t max_jobs{limits::usual_jobs}; ///< running at once
  std::uint64_t lanes_per_file{16};
  std::uint64_t lanes_per_origin{16};           ///< all files together
  std::uint64_t max_lanes{limits::usual_lanes}; ///< of all origins together
  std::uint64_t pool_bytes{48ull << 20};        ///< memory for bytes under way
  std::uint64_t flush_bytes{64ull << 20};
  std::uint64_t disk_reserve{256ull << 20}; ///< left free by every plan
  std::uint64_t store_budget{0};            ///< bytes `hive gc` leaves, 0: any number
  std::uint64_t download_rate{0};           ///< bytes/s of the whole node, 0: no limit
  std::uint64_t upload_rate{0};             ///< the same for what it serves
  limits::schedule hours;                   ///< [[limits.schedule]] of hive.toml
  /// "off", or the folders of other programs' stores that contents are taken from, separated by
  /// colons. Default: the Hugging Face cache and Ollama's, as their own variables name them.
  std::string adopt;
  /// Folders whose recipes may be run (build:), separated by colons. Empty or "off": none may.
  std::string builds;
  /// What a pull makes in other tools' folders when it does not say: "ollama,lmstudio".
  std::string views;
  std::string hf_cache;           ///< HF_HUB_CACHE, HF_HOME
  std::string ollama_models;      ///< OLLAMA_MODELS; default ~/.ollama/models
  std::string lmstudio_models;    ///< default: as its settings.json says, else ~/.lmstudio/models
  std::uint64_t history_days{30}; ///< how long an ended job is remembered
  std::string proxy;    ///< a URL; "-": none, whatever the environment says; empty: its variables
  std::string no_proxy; ///< hosts reached without it; empty: the environment's
  std::string ca_file;  ///< PEM: authorities trusted besides the system's
  std::string client_certificate;                     ///< PEM, shown to servers that ask for one
  std::string client_key;                             ///< PEM, not encrypted
  std::string tls_minimum{"1.2"};                     ///< or "1.3"
  std::string hub_endpoint{"https://huggingface.co"}; ///< HF_ENDPOINT
  std::string hub_token;     ///< HF_TOKEN, HUGGING_FACE_HUB_TOKEN, or HF_TOKEN_PATH's file
  std::string registry_auth; ///< file of logins to registries; default: docker's, when there is one
  std::string identity_key;  ///< file of an Ed25519 key; default: Ollama's, when there is one
  std::string github_api{"https://api.github.com"}; ///< GITHUB_API_URL
  std::string github_token;                         ///< GH_TOKEN, GITHUB_TOKEN
};

/// What a list with commas (`peers`, `labels`) holds, sorted.
std::vector<std::string> words_of(const std::string& list);
/// The folders a list (`adopt`, `builds`) names.
std::vector<std::filesystem::path> folders_of(const std::string& list);

enum class setting_origin : std::uint8_t { built_in = 0, file = 1, environment = 2, flag = 3 };
std::string_view to_string(setting_origin o) noexcept;

/// One effective setting as `hive doctor` prints it. Secrets show as "set" or "".
struct setting {
  std::string key; ///< "lanes_per_file", as in hive.toml
  std::string value;
  setting_origin from{setting_origin::built_in};
  std::string source; ///< name of the variable, flag or file
};

struct loaded_config {
  config values;
  std::vector<setting> settings; ///< every key of the table, in its order
};

using environment = std::function<std::optional<std::string>(std::string_view)>;
/// The process's own environment.
environment process_environment();

/// The part of the settings that can be changed while the node runs.
limits::configuration limits_of(const loaded_config& from);

/// `flags`: key → value as given on the command line. `file`: an explicit hive.toml; without one
/// <home>/hive.toml is read when it is there. errc::bad_config names key, origin and what is wrong;
/// an unknown key in the file is an error that names the nearest known one.
result<loaded_config> load_config(const std::map<std::string, std::string>& flags,
                                  const environment& env,
                                  const std::optional<std::filesystem::path>& file = std::nullopt);

} // namespace hive
