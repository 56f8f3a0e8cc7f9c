#include "core/config/table.hpp"

#include "core/base/ascii.hpp"
#include "core/base/redact.hpp"
#include "core/base/spelling.hpp"
#include "core/base/units.hpp"
#include "core/config/rules.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hive {

namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;
constexpr std::uint64_t gibibyte = 1ull << 30;

config_row text(std::string_view key, std::string config::*member, text_rule rule,
                std::vector<std::string_view> variables) {
  config_row row;
  row.key = key;
  row.member = member;
  row.rule = rule;
  row.variables = std::move(variables);
  return row;
}

config_row secret(std::string_view key, std::string config::*member,
                  std::vector<std::string_view> variables) {
  auto row = text(key, member, rules::token, std::move(variables));
  row.secret = true;
  return row;
}

config_row number(std::string_view key, std::uint64_t config::*member, std::uint64_t least,
                  std::uint64_t most, std::string_view variable) {
  config_row row;
  row.key = key;
  row.member = member;
  row.variables = {variable};
  row.least = least;
  row.most = most;
  return row;
}

config_row size(std::string_view key, std::uint64_t config::*member, std::uint64_t least,
                std::uint64_t most, std::string_view variable) {
  auto row = number(key, member, least, most, variable);
  row.bytes = true;
  return row;
}

config_row home_row() {
  config_row row;
  row.key = "home";
  row.member = &config::home;
  row.rule = rules::any_text;
  row.variables = {"HIVE_HOME"};
  return row;
}

std::vector<config_row> make_table() {
  using namespace rules;
  using c = config;
  return {
      home_row(),
      text("listen", &c::listen, listen_address, {"HIVE_LISTEN"}),
      text("peer_listen", &c::peer_listen, peer_address, {"HIVE_PEER_LISTEN"}),
      text("peers", &c::peers, address_list, {"HIVE_PEERS"}),
      text("mdns", &c::mdns, on_off, {"HIVE_MDNS"}),
      text("labels", &c::labels, label_list, {"HIVE_LABELS"}),
      text("name", &c::name, node_name, {"HIVE_NAME"}),
      text("node", &c::node, node_url, {"HIVE_NODE"}),
      secret("api_token", &c::api_token, {"HIVE_TOKEN"}),
      text("log_level", &c::log_level, log_level, {"HIVE_LOG_LEVEL"}),
      text("log_format", &c::log_format, log_format, {"HIVE_LOG_FORMAT"}),
      number("max_jobs", &c::max_jobs, 1, limits::most_at_once, "HIVE_MAX_JOBS"),
      number("lanes_per_file", &c::lanes_per_file, 1, 64, "HIVE_LANES_PER_FILE"),
      number("lanes_per_origin", &c::lanes_per_origin, 1, 64, "HIVE_LANES_PER_ORIGIN"),
      number("max_lanes", &c::max_lanes, 1, limits::most_at_once, "HIVE_MAX_LANES"),
      size("pool_bytes", &c::pool_bytes, 4 * mebibyte, 64 * gibibyte, "HIVE_POOL_BYTES"),
      size("flush_bytes", &c::flush_bytes, mebibyte, 64 * gibibyte, "HIVE_FLUSH_BYTES"),
      size("disk_reserve", &c::disk_reserve, 0, UINT64_MAX, "HIVE_DISK_RESERVE"),
      size("store_budget", &c::store_budget, 0, UINT64_MAX, "HIVE_STORE_BUDGET"),
      size("download_rate", &c::download_rate, 0, limits::highest_rate, "HIVE_DOWNLOAD_RATE"),
      size("upload_rate", &c::upload_rate, 0, limits::highest_rate, "HIVE_UPLOAD_RATE"),
      number("history_days", &c::history_days, 1, 36'500, "HIVE_HISTORY_DAYS"),
      text("adopt", &c::adopt, folder_list, {"HIVE_ADOPT"}),
      text("builds", &c::builds, folder_list, {"HIVE_BUILDS"}),
      text("views", &c::views, any_text, {"HIVE_VIEWS"}),
      text("hf_cache", &c::hf_cache, folder,
           {"HIVE_HF_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}),
      text("ollama_models", &c::ollama_models, folder, {"HIVE_OLLAMA_MODELS", "OLLAMA_MODELS"}),
      text("lmstudio_models", &c::lmstudio_models, folder, {"HIVE_LMSTUDIO_MODELS"}),
      text("proxy", &c::proxy, proxy_address, {"HIVE_PROXY"}),
      text("no_proxy", &c::no_proxy, any_text, {"HIVE_NO_PROXY"}),
      // The others are where curl, OpenSSL and Python's libraries look.
      text("ca_file", &c::ca_file, readable_file,
           {"HIVE_CA_FILE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}),
      text("client_certificate", &c::client_certificate, readable_file,
           {"HIVE_CLIENT_CERTIFICATE"}),
      text("client_key", &c::client_key, readable_file, {"HIVE_CLIENT_KEY"}),
      text("tls_minimum", &c::tls_minimum, tls_version, {"HIVE_TLS_MINIMUM"}),
      text("hub_endpoint", &c::hub_endpoint, base_url, {"HIVE_HUB_ENDPOINT", "HF_ENDPOINT"}),
      secret("hub_token", &c::hub_token, {"HIVE_HUB_TOKEN", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}),
      // The other is podman's and skopeo's.
      text("registry_auth", &c::registry_auth, readable_file,
           {"HIVE_REGISTRY_AUTH", "REGISTRY_AUTH_FILE"}),
      text("identity_key", &c::identity_key, readable_file, {"HIVE_IDENTITY_KEY"}),
      text("github_api", &c::github_api, base_url, {"HIVE_GITHUB_API", "GITHUB_API_URL"}),
      secret("github_token", &c::github_token, {"HIVE_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"}),
  };
}

std::string assign_number(const config_row& row, std::uint64_t& to, const std::string& text) {
  std::optional<std::uint64_t> value;
  if (row.bytes) {
    if (const auto size = parse_bytes(text)) value = *size;
  } else {
    value = ascii::number(text);
  }
  if (!value) return row.bytes ? "is not a size like 64MiB" : "is not a whole number";
  if (*value < row.least || *value > row.most)
    return "is not between " + std::to_string(row.least) + " and " + std::to_string(row.most);
  to = *value;
  return {};
}

} // namespace

std::span<const config_row> config_table() {
  static const auto table = make_table();
  return table;
}

const config_row* find_row(std::string_view key) {
  const auto table = config_table();
  const auto at = std::find_if(table.begin(), table.end(),
                               [&](const config_row& row) { return row.key == key; });
  return at == table.end() ? nullptr : &*at;
}

std::string_view nearest_key(std::string_view key) {
  key = key.substr(0, 64);
  const auto table = config_table();
  return std::min_element(table.begin(), table.end(),
                          [&](const config_row& a, const config_row& b) {
                            return edit_distance(key, a.key) < edit_distance(key, b.key);
                          })
      ->key;
}

std::string assign(const config_row& row, config& to, const std::string& text) {
  if (const auto* member = std::get_if<std::uint64_t config::*>(&row.member))
    return assign_number(row, to.**member, text);
  auto checked = row.rule(text);
  if (!checked) return checked.error();
  if (const auto* member = std::get_if<std::string config::*>(&row.member)) {
    to.** member = std::move(*checked);
  } else {
    to.*std::get<std::filesystem::path config::*>(row.member) = std::move(*checked);
  }
  return {};
}

std::string shown_value(const config_row& row, const config& from) {
  if (const auto* member = std::get_if<std::uint64_t config::*>(&row.member))
    return std::to_string(from.**member);
  if (const auto* path = std::get_if<std::filesystem::path config::*>(&row.member))
    return (from.**path).string();
  const auto& value = from.*std::get<std::string config::*>(row.member);
  if (row.secret) return value.empty() ? "" : "set";
  return redact(value);
}

} // namespace hive
