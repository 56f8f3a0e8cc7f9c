#include "apps/hive/house.hpp"

#include "core/base/digest.hpp"
#include "core/base/version.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hive::cli {
namespace {

constexpr std::uint64_t block_bytes = 1u << 20;
constexpr std::size_t metadata_connections = 64; ///< besides the lanes
constexpr std::size_t longest_secret = 1u << 20;

failure token_trouble(const std::filesystem::path& file, const char* what) {
  return fail(errc::home_unwritable,
              std::string{"cannot "} + what + " " + file.string() + ": " + std::strerror(errno));
}

result<std::string> make_token(const std::filesystem::path& file) {
  std::array<std::byte, 32> secret{};
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size()))
    return token_trouble(file, "find random bytes for");
  const auto text = "hvt_" + to_hex(secret);
  const auto line = text + "\n";
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return token_trouble(file, "create");
  const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const bool safe = written && ::fsync(fd) == 0;
  ::close(fd);
  if (!safe) return token_trouble(file, "write");
  return text;
}

/// What is in a file of the operator's secrets; empty when it cannot be read, and whoever needs one
/// says so then.
std::string secret_text(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text(longest_secret, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

} // namespace

net::engine_options engine_options_of(const config& from) {
  net::engine_options out;
  out.user_agent = "hive/" + std::string{version()};
  out.proxy = from.proxy;
  out.no_proxy = from.no_proxy;
  out.ca_file = from.ca_file;
  out.client_certificate = from.client_certificate;
  out.client_key = from.client_key;
  out.tls_1_3_only = from.tls_minimum == "1.3";
  // As many as lanes may ever become while the node runs.
  out.max_connections = limits::row_of(limits::limit::max_lanes).most + metadata_connections;
  return out;
}

actors::node_options node_options_of(const loaded_config& loaded) {
  const auto& from = loaded.values;
  actors::node_options out;
  out.home = store::home{from.home};
  out.name = from.name;
  out.engine = engine_options_of(from);
  out.transfer.pool_blocks = std::max<std::size_t>(4, from.pool_bytes / block_bytes);
  out.transfer.lanes_per_file = from.lanes_per_file;
  out.transfer.lanes_per_origin = from.lanes_per_origin;
  out.transfer.lanes_total = from.max_lanes;
  out.transfer.flush_bytes = from.flush_bytes;
  out.transfer.disk_reserve = from.disk_reserve;
  out.history = std::chrono::days{from.history_days};
  out.store_budget = from.store_budget;
  out.views = from.views;
  out.tools = {from.hf_cache, from.ollama_models, from.lmstudio_models};
  out.vendors.hub_endpoint = from.hub_endpoint;
  out.vendors.hub_token = from.hub_token;
  out.vendors.registry_logins = secret_text(from.registry_auth);
  out.vendors.identity_key = secret_text(from.identity_key);
  out.vendors.github_api = from.github_api;
  out.vendors.github_token = from.github_token;
  out.vendors.adopt = folders_of(from.adopt);
  out.vendors.builds = folders_of(from.builds);
  out.limits = limits_of(loaded);
  out.peers = words_of(from.peers);
  out.labels = words_of(from.labels);
  return out;
}

result<std::unique_ptr<house>> house::open(actors::node_options options, const std::string& listen,
                                           const std::string& api_token) {
  std::unique_ptr<house> out{new house};
  HIVE_TRY(out->node_, actors::node::start(std::move(options)));
  out->backend_ = std::make_unique<http::node_backend>(*out->node_);
  http::door_options door;
  door.listen = listen;
  door.api_token = api_token;
  door.version = std::string{version()};
  HIVE_TRY(out->door_, http::door::open(std::move(door), *out->backend_));
  HIVE_CHECK(out->node_->announce(out->door_->url()));
  return out;
}

void house::status(actors::reply_to<actors::node_status> reply) {
  node_->status(std::move(reply));
}

void house::close() {
  if (door_) door_->close();
  if (node_) node_->stop();
}

std::filesystem::path token_path(const store::home& where) {
  return where.node() / "api-token";
}

result<std::string> home_token(const store::home& where, bool make) {
  const auto file = token_path(where);
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) {
    if (errno != ENOENT && errno != ENOTDIR && make) return token_trouble(file, "look at");
    return make ? make_token(file) : result<std::string>{std::string{}};
  }
  if ((facts.st_mode & 077) != 0) {
    if (::chmod(file.c_str(), 0600) != 0) return token_trouble(file, "protect");
    log(level::warning, "serve", "token-protected",
        file.string() + " could be read by others; it is 0600 now");
  }
  std::ifstream in{file};
  std::string text;
  if (!std::getline(in, text) || text.empty())
    return fail(errc::bad_config, file.string() + " holds no token", "remove it to get a new one");
  return text;
}

} // namespace hive::cli
