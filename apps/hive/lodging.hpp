#pragma once
/// The node a command talks to: one that runs, or one of its own for as long as the command lasts.

#include "apps/hive/client.hpp"
#include "apps/hive/context.hpp"
#include "apps/hive/finding.hpp"
#include "apps/hive/house.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hive::cli {

enum class wanted_node : std::uint8_t {
  running, ///< a node that stays; errc::no_node without one
  any,     ///< one of our own will do
};

class lodging {
 public:
  /// Finds a node as `choose_node` says, or starts one on a free port of loopback.
  static result<std::unique_ptr<lodging>> find(context& at, wanted_node what);
  lodging(const lodging&) = delete;
  lodging& operator=(const lodging&) = delete;

  client& node() noexcept { return *client_; }
  /// Whether the home's node answers elsewhere than it did; then `node` is that one.
  bool moved();
  /// Remembers a job as this command's.
  void mine(std::string job) { mine_.push_back(std::move(job)); }
  /// An own node stays until no job that others gave it is running, and says so. False: Ctrl-C.
  bool see_guests_off();

 private:
  explicit lodging(context& at) : at_{at} {}
  result<bool> step(node_choice choice, node_clues& clues);
  std::string guest();

  context& at_;
  std::unique_ptr<net::engine> engine_;
  std::unique_ptr<house> own_;
  std::unique_ptr<client> client_;
  std::string since_; ///< when the own node was started, as the API writes times
  std::vector<std::string> mine_;
};

} // namespace hive::cli
