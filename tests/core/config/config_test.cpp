#include "core/config/config.hpp"
#include "core/config/rules.hpp"
#include "core/config/table.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdlib.h>

using namespace hive;
namespace fs = std::filesystem;

namespace {

/// A folder of its own that goes away with the test, and an environment made of a map.
struct machine {
  fs::path root;
  std::map<std::string, std::string, std::less<>> variables;

  machine() {
    auto name = (fs::temp_directory_path() / "hive-config-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    variables["HOME"] = root.string();
  }
  ~machine() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  void write(const fs::path& at, const std::string& text) {
    fs::create_directories((root / at).parent_path());
    std::ofstream{root / at} << text;
  }
  result<loaded_config> load(const std::map<std::string, std::string>& flags = {},
                             const std::optional<fs::path>& file = std::nullopt) {
    const environment env = [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional{found->second};
    };
    return load_config(flags, env, file);
  }
  config values() {
    auto loaded = load();
    if (!loaded) FAIL(sentence(loaded.why()));
    return loaded->values;
  }
};

setting find(const loaded_config& loaded, std::string_view key) {
  const auto at = std::find_if(loaded.settings.begin(), loaded.settings.end(),
                               [&](const setting& s) { return s.key == key; });
  REQUIRE(at != loaded.settings.end());
  return *at;
}

std::string why(const result<loaded_config>& loaded) {
  REQUIRE_FALSE(loaded);
  CHECK(loaded.why().code == errc::bad_config);
  return loaded.why().detail;
}

} // namespace

TEST_CASE("without any setting the defaults hold") {
  machine m;
  const auto loaded = m.load();
  REQUIRE(loaded);
  const auto& c = loaded->values;
  CHECK(c.home == m.root / ".local/share/hive");
  CHECK(c.listen == "127.0.0.1:7835");
  CHECK_FALSE(c.name.empty());
  CHECK(c.hub_endpoint == "https://huggingface.co");
  CHECK(c.hub_token.empty());
  CHECK(loaded->settings.size() == config_table().size());
  for (const auto& s : loaded->settings) CHECK(s.from == setting_origin::built_in);
}

TEST_CASE("flag comes before environment before file before default, and each origin is told") {
  machine m;
  m.write(".local/share/hive/hive.toml", "max_jobs = 5\nlanes_per_file = 5\nmax_lanes = \"5\"\n");
  m.variables["HIVE_MAX_JOBS"] = "6";
  m.variables["HIVE_LANES_PER_FILE"] = "6";
  const auto loaded = m.load({{"max_jobs", "7"}});
  REQUIRE(loaded);
  CHECK(loaded->values.max_jobs == 7);
  CHECK(loaded->values.lanes_per_file == 6);
  CHECK(loaded->values.max_lanes == 5);
  CHECK(find(*loaded, "max_jobs").source == "--max-jobs");
  CHECK(find(*loaded, "max_jobs").from == setting_origin::flag);
  CHECK(find(*loaded, "lanes_per_file").source == "HIVE_LANES_PER_FILE");
  CHECK(find(*loaded, "lanes_per_file").from == setting_origin::environment);
  CHECK(find(*loaded, "max_lanes").source == (m.root / ".local/share/hive/hive.toml").string());
  CHECK(find(*loaded, "max_lanes").from == setting_origin::file);
  CHECK(find(*loaded, "pool_bytes").from == setting_origin::built_in);
}

TEST_CASE("the folders of other tools are where those tools look") {
  machine m;
  const auto home = m.root.string();
  CHECK(m.values().hf_cache == home + "/.cache/huggingface/hub");
  CHECK(m.values().ollama_models == home + "/.ollama/models");
  CHECK(m.values().lmstudio_models == home + "/.lmstudio/models");
  m.write(".lmstudio/settings.json", R"({"downloadsFolder":"/big/lms"})");
  CHECK(m.values().lmstudio_models == "/big/lms");
  m.variables["HF_HOME"] = "/hf";
  CHECK(m.values().hf_cache == "/hf/hub");
  m.variables["HF_HUB_CACHE"] = "/cache";
  m.variables["OLLAMA_MODELS"] = "/models";
  CHECK(m.values().hf_cache == "/cache");
  CHECK(m.values().ollama_models == "/models");
  m.variables["HIVE_OLLAMA_MODELS"] = "~/own";
  CHECK(m.values().ollama_models == home + "/own");
}

TEST_CASE("the usual views are a text or a list") {
  machine m;
  CHECK(m.values().views.empty());
  m.write(".local/share/hive/hive.toml", "views = [\"ollama\", \"dir:/m\"]\n");
  CHECK(m.values().views == "ollama,dir:/m");
  m.write(".local/share/hive/hive.toml", "views = [1]\n");
  CHECK(why(m.load()).find("views") != std::string::npos);
  m.write(".local/share/hive/hive.toml", "");
  m.variables["HIVE_VIEWS"] = "lmstudio";
  CHECK(m.values().views == "lmstudio");
}

TEST_CASE("every key can be set by a variable of its own and by a flag") {
  for (const auto& row : config_table()) {
    INFO(row.key);
    REQUIRE_FALSE(row.variables.empty());
    CHECK(row.variables.front().starts_with("HIVE_"));
    CHECK(find_row(row.key) == &row);
    machine m;
    m.write("a.pem", "");
    const auto pem = (m.root / "a.pem").string();
    const bool number = std::holds_alternative<std::uint64_t config::*>(row.member);
    const std::string value =
        row.key == "adopt" || row.key == "builds"                                ? "off"
        : row.key == "listen" || row.key == "peer_listen" || row.key == "peers"  ? "[::1]:0"
        : row.key == "mdns"                                                      ? "off"
        : row.key == "log_level"                                                 ? "debug"
        : row.key == "log_format"                                                ? "json"
        : row.rule == rules::base_url || row.key == "node" || row.key == "proxy" ? "http://h:1"
        : row.rule != nullptr && row.rule == rules::readable_file                ? pem
        : row.key == "tls_minimum"                                               ? "1.3"
        : number && row.bytes                                                    ? "32MiB"
        : number                                                                 ? "9"
                                                                                 : "word";
    m.variables[std::string{row.variables.front()}] = value;
    const auto loaded = m.load();
    if (!loaded) FAIL_CHECK(sentence(loaded.why()));
    if (!loaded) continue;
    CHECK(find(*loaded, row.key).from == setting_origin::environment);
    m.variables.erase(std::string{row.variables.front()});
    const auto flagged = m.load({{std::string{row.key}, value}});
    REQUIRE(flagged);
    CHECK(find(*flagged, row.key).from == setting_origin::flag);
  }
}

TEST_CASE("home is found by flag, HIVE_HOME, XDG_DATA_HOME or HOME, in this order") {
  machine m;
  m.variables["XDG_DATA_HOME"] = "/xdg";
  CHECK(m.values().home == "/xdg/hive");
  m.variables["XDG_DATA_HOME"] = "relative";
  CHECK(m.values().home == m.root / ".local/share/hive");
  m.variables["HIVE_HOME"] = "~/store";
  CHECK(m.values().home == m.root / "store");
  CHECK(m.load({{"home", "/elsewhere"}})->values.home == "/elsewhere");
  m.variables["HIVE_HOME"] = "relative";
  CHECK(m.values().home.is_absolute());
  m.variables.clear();
  CHECK(why(m.load()).find("home") == 0);
}

TEST_CASE("hive.toml is read from the home that flag or variable name, or from where it is said") {
  machine m;
  m.write("a/hive.toml", "max_jobs = 11\n");
  m.write("b/other.toml", "max_jobs = 12\nhome = \"/from/file\"\n");
  m.variables["HIVE_HOME"] = (m.root / "a").string();
  CHECK(m.values().max_jobs == 11);
  const auto given = m.load({}, m.root / "b/other.toml");
  REQUIRE(given);
  CHECK(given->values.max_jobs == 12);
  CHECK(given->values.home == m.root / "a");
  m.variables.erase("HIVE_HOME");
  CHECK(m.load({}, m.root / "b/other.toml")->values.home == "/from/file");
  m.write("a/hive.toml", "home = \"/x\"\n");
  CHECK(why(m.load({{"home", (m.root / "a").string()}})).find("home cannot be set") !=
        std::string::npos);
  CHECK(why(m.load({}, m.root / "missing.toml")).find("no such file") != std::string::npos);
}

TEST_CASE("a file that is wrong says where") {
  machine m;
  const std::pair<std::string, std::string> table[] = {
      {"max_jobs = \n", "line 1"},
      {"max_jobs = 4\nmax_jobs = 5\n", "line 2"},
      {"lane_per_file = 4\n", "no setting \"lane_per_file\""},
      {"[table]\nx = 1\n", "table is neither"},
      {"max_jobs = true\n", "max_jobs is neither"},
      {"max_jobs = -1\n", "max_jobs ("},
      {"listen = \"nowhere\"\n", "listen ("}};
  for (const auto& [text, part] : table) {
    m.write("x.toml", text);
    const auto loaded = m.load({}, m.root / "x.toml");
    INFO(text);
    CHECK(why(loaded).find(part) != std::string::npos);
    CHECK(why(loaded).find("x.toml") != std::string::npos);
  }
  m.write("x.toml", "lane_per_file = 4\n");
  CHECK(m.load({}, m.root / "x.toml").why().hint == "did you mean lanes_per_file?");
  m.write("x.toml", std::string((1u << 20) + 1, '#'));
  CHECK(why(m.load({}, m.root / "x.toml")).find("1 MiB") != std::string::npos);
}

TEST_CASE("values are checked, and the error names key and origin") {
  struct row {
    std::string key, good, bad;
  };
  const row table[] = {{"listen", "0.0.0.0:0", "0.0.0.0"},
                       {"listen", "[::1]:80", "host:65536"},
                       {"listen", "localhost:7835", ":80"},
                       {"node", "http://127.0.0.1:7835/", "127.0.0.1:7835"},
                       {"node", "https://host/base", "ftp://x"},
                       {"node", "", "http://host:x"},
                       {"hub_endpoint", "https://mirror", "https://user@host"},
                       {"hub_endpoint", "http://[::1]:80/hub", ""},
                       {"name", "b", ""},
                       {"log_level", "warning", "loud"},
                       {"log_format", "json", "xml"},
                       {"max_jobs", "1024", "0"},
                       {"max_jobs", "1", "1025"},
                       {"max_jobs", "7", "seven"},
                       {"lanes_per_file", "64", "65"},
                       {"max_lanes", "1", "1.5"},
                       {"pool_bytes", "48MiB", "1MiB"},
                       {"pool_bytes", "16777216", "lots"},
                       {"flush_bytes", "1MiB", "1k"},
                       {"download_rate", "1.5M", "-1"},
                       {"download_rate", "1T", "2T"},
                       {"upload_rate", "20M", "fast"},
                       {"proxy", "http://u:p@host:3128", "gopher://host"},
                       {"proxy", "host:3128", "http://"},
                       {"proxy", "socks5h://host:1080", "a b"},
                       {"proxy", "-", "--"},
                       {"ca_file", "/proc/self/status", "/no/such/file"},
                       {"client_key", "", "/"},
                       {"tls_minimum", "1.3", "1.1"},
                       {"api_token", " word\n", "two words"},
                       {"name", "box", "a\nb"}};
  machine m;
  for (const auto& row : table) {
    INFO(row.key << " " << row.bad);
    const auto good = m.load({{row.key, row.good}});
    if (!good) FAIL_CHECK(sentence(good.why()));
    const auto detail = why(m.load({{row.key, row.bad}}));
    std::string flag = "--" + row.key;
    std::replace(flag.begin(), flag.end(), '_', '-');
    CHECK(detail.find(row.key + " (" + flag + "): ") == 0);
  }
  CHECK(why(m.load({{"lissten", "x"}})).find("lissten") != std::string::npos);
  CHECK(m.load({{"lissten", "x"}}).why().hint == "did you mean listen?");
  CHECK(m.load({{"hub_endpoint", "https://mirror///"}})->values.hub_endpoint == "https://mirror");
}

TEST_CASE("secrets are neither shown nor part of errors") {
  machine m;
  m.variables["HIVE_TOKEN"] = "s3cr3t";
  m.variables["HF_TOKEN"] = "s3cr3t";
  m.variables["HIVE_PROXY"] = "http://user:s3cr3t@host:1";
  const auto loaded = m.load();
  REQUIRE(loaded);
  CHECK(loaded->values.api_token == "s3cr3t");
  CHECK(find(*loaded, "api_token").value == "set");
  CHECK(find(*loaded, "hub_token").source == "HF_TOKEN");
  for (const auto& s : loaded->settings) CHECK(s.value.find("s3cr3t") == std::string::npos);
  m.variables["HF_TOKEN"] = "s3cr3t and more";
  CHECK(why(m.load()).find("s3cr3t") == std::string::npos);
}

TEST_CASE("GitHub's token and API are those of its own tools") {
  machine m;
  CHECK(m.values().github_api == "https://api.github.com");
  CHECK(m.values().github_token.empty());
  m.variables["GITHUB_TOKEN"] = "actions";
  CHECK(m.values().github_token == "actions");
  m.variables["GH_TOKEN"] = "cli";
  CHECK(m.values().github_token == "cli");
  CHECK(find(*m.load(), "github_token").value == "set");
  m.variables["GITHUB_API_URL"] = "https://git.example.com/api/v3/";
  CHECK(m.values().github_api == "https://git.example.com/api/v3");
}

TEST_CASE("the Hub's token is looked for where Hugging Face's tools look") {
  machine m;
  m.write(".cache/huggingface/token", "from-cache\n");
  CHECK(m.values().hub_token == "from-cache");
  m.variables["XDG_CACHE_HOME"] = (m.root / "xdg").string();
  CHECK(m.values().hub_token.empty());
  m.write("xdg/huggingface/token", "from-xdg");
  CHECK(m.values().hub_token == "from-xdg");
  m.variables["HF_HOME"] = (m.root / "hf").string();
  m.write("hf/token", "  from-hf-home  \n");
  CHECK(m.values().hub_token == "from-hf-home");
  m.variables["HF_TOKEN_PATH"] = (m.root / "path").string();
  m.write("path", "from-path");
  CHECK(m.values().hub_token == "from-path");
  CHECK(find(*m.load(), "hub_token").source == (m.root / "path").string());
  m.write(".local/share/hive/hive.toml", "hub_token = \"from-toml\"");
  CHECK(m.values().hub_token == "from-toml");
  m.variables["HUGGING_FACE_HUB_TOKEN"] = "from-old";
  CHECK(m.values().hub_token == "from-old");
  m.variables["HF_TOKEN"] = "from-new";
  CHECK(m.values().hub_token == "from-new");
  m.variables["HIVE_HUB_TOKEN"] = "from-own";
  CHECK(m.values().hub_token == "from-own");
}

TEST_CASE("logins and the key of registries are looked for where docker and Ollama keep them") {
  machine m;
  CHECK(m.values().registry_auth.empty());
  CHECK(m.values().identity_key.empty());
  m.write(".docker/config.json", "{}");
  m.write(".ollama/id_ed25519", "key");
  CHECK(m.values().registry_auth == (m.root / ".docker/config.json").string());
  CHECK(m.values().identity_key == (m.root / ".ollama/id_ed25519").string());
  m.write("docker/config.json", "{}");
  m.variables["DOCKER_CONFIG"] = (m.root / "docker").string();
  CHECK(m.values().registry_auth == (m.root / "docker/config.json").string());
  m.write("auth.json", "{}");
  m.variables["REGISTRY_AUTH_FILE"] = (m.root / "auth.json").string();
  CHECK(m.values().registry_auth == (m.root / "auth.json").string());
  CHECK(find(*m.load(), "registry_auth").source == "REGISTRY_AUTH_FILE");
}

TEST_CASE("HF_HUB_DISABLE_IMPLICIT_TOKEN leaves only what was meant for hive") {
  machine m;
  m.write(".cache/huggingface/token", "from-cache");
  m.variables["HF_TOKEN"] = "from-new";
  m.variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "0";
  CHECK(m.values().hub_token == "from-new");
  for (const auto truth : {"1", "true", "YES", "On"}) {
    m.variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = truth;
    CHECK(m.values().hub_token.empty());
  }
  m.variables["HIVE_HUB_TOKEN"] = "from-own";
  CHECK(m.values().hub_token == "from-own");
}

TEST_CASE("a variable that is set to nothing counts as not set") {
  machine m;
  m.variables["HF_ENDPOINT"] = "";
  m.variables["HIVE_MAX_JOBS"] = "";
  CHECK(m.values().hub_endpoint == "https://huggingface.co");
  m.variables["HF_ENDPOINT"] = "http://127.0.0.1:9/";
  CHECK(m.values().hub_endpoint == "http://127.0.0.1:9");
}

TEST_CASE("proxy variables are shown but left to the network library") {
  machine m;
  m.variables["HTTPS_PROXY"] = "http://user:pass@proxy:1";
  m.variables["no_proxy"] = "localhost";
  const auto loaded = m.load();
  REQUIRE(loaded);
  CHECK(loaded->values.proxy.empty());
  CHECK(loaded->values.no_proxy.empty());
  CHECK(find(*loaded, "proxy").value == "http://[redacted]@proxy:1");
  CHECK(find(*loaded, "proxy").source == "HTTPS_PROXY");
  CHECK(find(*loaded, "no_proxy").value == "localhost");
  const auto own = m.load({{"proxy", "host:2"}});
  REQUIRE(own);
  CHECK(find(*own, "proxy").value == "http://host:2");
}

TEST_CASE("a proxy's password is hidden however its address is written") {
  for (const std::string text : {"user:s3cr3t@host:1", "http://user:s3cr3t@host:1/"}) {
    machine m;
    m.variables["ALL_PROXY"] = text;
    CHECK(find(*m.load(), "proxy").value == "http://[redacted]@host:1");
    const auto own = m.load({{"proxy", text}});
    REQUIRE(own);
    CHECK(find(*own, "proxy").value == "http://[redacted]@host:1");
  }
  machine m;
  m.variables["ALL_PROXY"] = "odd://user:s3cr3t@host";
  CHECK(find(*m.load(), "proxy").value == "unreadable");
  CHECK(why(m.load({{"proxy", "user:s3cr3t@host:port"}})).find("s3cr3t") == std::string::npos);
}

TEST_CASE("certificates are looked for where other tools find them, hive's own first") {
  machine m;
  m.write("a.pem", "");
  m.write("b.pem", "");
  m.variables["CURL_CA_BUNDLE"] = (m.root / "a.pem").string();
  CHECK(m.values().ca_file == (m.root / "a.pem").string());
  m.variables["HIVE_CA_FILE"] = "~/b.pem";
  CHECK(m.values().ca_file == (m.root / "b.pem").string());
}

TEST_CASE("the schedule is read from the file, and an entry that is wrong is named") {
  machine m;
  m.write(".local/share/hive/hive.toml",
          "upload_rate = \"20M\"\n"
          "[[limits.schedule]]\nfrom = \"08:00\"\nto = \"18:00\"\ndays = [\"mon\", \"fri\"]\n"
          "download = \"10M\"\n"
          "[[limits.schedule]]\nfrom = \"22:00\"\nto = \"06:00\"\nupload = 0\n");
  const auto loaded = m.load({{"max_jobs", "2"}});
  if (!loaded) FAIL(sentence(loaded.why()));
  const auto made = limits_of(*loaded);
  REQUIRE(made.hours.size() == 2);
  CHECK(limits::to_string(made.hours[0]) == "08:00-18:00 mon fri");
  CHECK(made.hours[0].download_rate == 10'000'000u);
  CHECK(made.hours[1].upload_rate == 0u);
  CHECK(made.values[1].value == 20'000'000);
  CHECK(made.values[1].from == "file");
  CHECK(made.values[2] == limits::configured_limit{2, "flag", "--max-jobs"});
  CHECK(made.values[3] == limits::configured_limit{64, "default", ""});
  const std::pair<std::string, std::string> table[] = {
      {"[[limits.schedule]]\nfrom = \"8\"\nto = \"18:00\"\ndownload = 1\n",
       "limits.schedule 1: from: "},
      {"[[limits.schedule]]\nfrom = true\n", "limits.schedule 1: from: "},
      {"[[limits.schedule]]\ndays = \"mon\"\n", "limits.schedule 1: days: "},
      {"[[limits.schedule]]\ndays = [1]\nfrom = \"08:00\"\nto = \"09:00\"\n", "days: "},
      {"[[limits.schedule]]\nspeed = 1\n", "limits.schedule 1: speed: "},
      {"[limits]\ndownload = 1\n", "limits.download: "},
      {"limits = 3\n", "limits is no table"}};
  for (const auto& [text, part] : table) {
    m.write("x.toml", text);
    INFO(text);
    CHECK(why(m.load({}, m.root / "x.toml")).find(part) != std::string::npos);
  }
}

TEST_CASE("other programs' stores are where their own variables say, in an order, and can be off") {
  machine m;
  const auto home = m.root.string();
  const std::string last = ":" + home + "/.ollama/models:/usr/share/ollama/.ollama/models";
  CHECK(m.values().adopt == home + "/.cache/huggingface/hub" + last);
  m.variables["XDG_CACHE_HOME"] = "/c";
  CHECK(m.values().adopt == "/c/huggingface/hub" + last);
  m.variables["HF_HOME"] = "/hf";
  CHECK(m.values().adopt == "/hf/hub" + last);
  m.variables["HF_HUB_CACHE"] = "/cache";
  m.variables["OLLAMA_MODELS"] = "/models";
  CHECK(m.values().adopt == "/cache:/models" + last);
  CHECK(folders_of(m.values().adopt).size() == 4);
  m.variables["OLLAMA_MODELS"] = "relative/models";
  CHECK(m.values().adopt == "/cache" + last);
  m.variables["HIVE_ADOPT"] = "/a:/b";
  CHECK(folders_of(m.values().adopt) == std::vector<fs::path>{"/a", "/b"});
  m.variables["HIVE_ADOPT"] = "off";
  CHECK(folders_of(m.values().adopt).empty());
  m.variables["HIVE_ADOPT"] = "a:/b";
  CHECK(why(m.load()).find("absolute paths") != std::string::npos);
}
