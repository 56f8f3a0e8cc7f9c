#pragma once
/// Asking a node through its HTTP API, from the main thread.

#include "apps/hive/main_loop.hpp"
#include "apps/hive/sse.hpp"
#include "core/base/json.hpp"
#include "core/net/engine.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hive::cli {

struct answer {
  int status{0};
  std::string text;
  json::document body; ///< empty when the node sent none
};

class client {
 public:
  /// `loop` and `engine` must outlive it. `token`: the node's API token, or empty.
  client(main_loop& loop, net::engine& engine, std::string url, const std::string& token);

  /// One request, at most 30 s. A problem of the node is its failure; nobody there is
  /// errc::no_node; Ctrl-C is errc::cancelled.
  result<answer> call(const std::string& method, const std::string& path,
                      const std::string& body = {},
                      std::chrono::milliseconds limit = std::chrono::seconds{30});
  result<answer> get(const std::string& path) { return call("GET", path); }

  /// A question under way; when it goes, nobody hears the answer.
  class pending {
   public:
    pending() = default;
    explicit operator bool() const noexcept { return ears_ != nullptr; }

   private:
    friend class client;
    std::shared_ptr<std::function<void(result<answer>)>> ears_;
    net::fetch running_;
  };
  /// The same without waiting for it: `then` is called once, on the main thread, while that waits
  /// in its loop.
  pending begin(const std::string& method, const std::string& path, const std::string& body,
                std::chrono::milliseconds limit, std::function<void(result<answer>)> then);

  /// Every item of a list, page by page, as `take` sees it; stops when it yields false. `path` may
  /// have a query.
  outcome each(const std::string& path, const std::string& name,
               const std::function<bool(json::node)>& take);

  net::request request_for(const std::string& method, const std::string& path) const;
  const std::string& url() const noexcept { return url_; }
  /// Sent with every request, so that all that one command does is found by it, in jobs, events and
  /// logs.
  const std::string& correlation() const noexcept { return correlation_; }
  bool on_loopback() const noexcept { return loopback_; }
  main_loop& loop() const noexcept { return loop_; }
  net::engine& engine() const noexcept { return engine_; }

 private:
  main_loop& loop_;
  net::engine& engine_;
  std::string url_;
  bool loopback_{false};
  const std::string correlation_;
  std::shared_ptr<const net::keyring> keys_;
};

/// The failure a reply that is no success means.
failure refusal_of(const net::reply& got);

} // namespace hive::cli
