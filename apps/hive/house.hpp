#pragma once
/// A node and its door in this process.

#include "actors/node.hpp"
#include "apps/http/door.hpp"
#include "apps/http/node_backend.hpp"
#include "core/config/config.hpp"

#include <memory>
#include <string>

namespace hive::cli {

/// The settings of a node, as actors/ wants them.
actors::node_options node_options_of(const loaded_config& from);
/// The settings of an engine that only talks to nodes or vendors as `from` says.
net::engine_options engine_options_of(const config& from);

/// Starts both and tells this home's other processes where. Ends them in order: door, node.
class house {
 public:
  static result<std::unique_ptr<house>>
  open(actors::node_options options, const std::string& listen, const std::string& api_token);
  ~house() { close(); }
  house(const house&) = delete;
  house& operator=(const house&) = delete;

  const std::string& url() const noexcept { return door_->url(); }
  const store::recovery_report& recovered() const noexcept { return node_->recovered(); }
  /// Asks the actors; `reply` comes on one of their threads.
  void status(actors::reply_to<actors::node_status> reply);
  /// For what the peer port hands on. Valid until `close`.
  actors::node& node() noexcept { return *node_; }
  void close();

 private:
  house() = default;
  std::unique_ptr<actors::node> node_;
  std::unique_ptr<http::node_backend> backend_;
  std::unique_ptr<http::door> door_;
};

/// The API token of a home: the text of node/api-token, made (0600) when `make` and there is none;
/// empty when there is none.
result<std::string> home_token(const store::home& where, bool make);
std::filesystem::path token_path(const store::home& where);

} // namespace hive::cli
