#pragma once
/// What all replies with a file's bytes may send together: what pieces for peers leave of the
/// node's upload rate, half of it at least, shared evenly by the connections. Belongs to the door's
/// thread; a change of the rate is noticed within a quarter of a second.

#include "apps/http/backend.hpp"
#include "core/limits/bandwidth.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace hive::http {

class outflow {
 public:
  outflow(boost::asio::io_context& io, const backend& node) : io_{io}, node_{node}, timer_{io} {}

  /// How many of `most` bytes `who` sends now: they count from here on. 0: `go_on` is called, in a
  /// turn of its own, when it is worth asking again, unless it is forgotten before.
  std::uint64_t take(limits::spender who, std::uint64_t most, std::function<void()> go_on);
  void forget(limits::spender who);

 private:
  void follow_rate(limits::time_point now);
  void wake(const std::vector<limits::spender>& whom);
  void look_soon();

  boost::asio::io_context& io_;
  const backend& node_;
  boost::asio::steady_timer timer_;
  bool looking_{false};
  limits::bandwidth shares_;
  std::unordered_map<limits::spender, std::function<void()>> waiting_;
};

} // namespace hive::http
