#pragma once
/// A real HTTP/1.1 server on 127.0.0.1 that misbehaves on demand. One thread per connection.
///
///   origin hub;                                            // listens until it is destroyed
///   origin cdn;                                            // another port: another origin
///   cdn.serve("/blob", generated(7, 64 << 20));            // 64 MiB of pattern(7), ranges work
///   hub.serve("/org/repo/resolve/main/m.gguf", text(""),
///             {.headers = {{"X-Linked-Size", "67108864"}}, .redirect = cdn.url("/blob")});
///   hub.answer("/api/*", [](const seen& r) { return reply{.body = "{\"q\":\"" + r.query + "\"}"};
///   }); cdn.behave("/blob", {.cut_after = 1000});              // live, from the next request on
///   auto door = std::make_shared<gate>();                  // holds replies until the test opens
///   it cdn.behave("/blob", {.hold = door});  …  door->open(); CHECK(cdn.wait_for_requests("/blob",
///   2));              // events, never sleeping CHECK(cdn.wait_until_idle()); // every connection
///   closed by the client for (const seen& r : cdn.log()) CHECK_FALSE(r.header("authorization"));
///   CHECK(cdn.counts().bytes_sent < 70'000'000);
///
/// A path is matched without its query; "…*" matches by prefix; exact matches first, then the
/// longest. Unknown paths are 404. Everything here may be called from any thread.

#include "tests/support/content.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace hive::testing {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A request as it came. Header names are lower case.
struct seen {
  int connection{0}; ///< 1, 2, … in order of acceptance
  std::string method{};
  std::string target{}; ///< as on the request line
  std::string path{};   ///< without query; of an absolute-form target (proxies) too
  std::string query{};  ///< without '?'
  header_list headers{};
  std::string body{};

  std::optional<std::string> header(std::string_view lower_case_name) const;
};

/// What a hook answers. `raw`, when not empty, is written as it is and the connection ended.
struct reply {
  int status{200};
  header_list headers{};
  std::string body{};
  std::string raw{};
};

/// Closed until opened, once for all. Waiting ends early when the client leaves or the origin
/// stops.
class gate {
 public:
  gate();
  ~gate();
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;
  void open();
  int descriptor() const noexcept { return ends_[0]; } ///< readable once open

 private:
  std::mutex mutex_;
  int ends_[2]{-1, -1};
};

/// How a path is served. Byte counts are body bytes of one reply unless they say otherwise.
struct manners {
  int status{200};        ///< 200: 206 for ranges; anything else is sent as it is, with the content
  header_list headers{};  ///< sent on every reply of this path
  std::string redirect{}; ///< Location; the content is not sent
  int redirect_status{302};
  std::string redirect_body{};

  bool ignore_range{false};                   ///< 200 and the whole content
  std::optional<std::string> content_range{}; ///< sent in place of the true one
  bool chunked{false};                        ///< no Content-Length
  bool gzip_lie{false};                       ///< Content-Encoding: gzip, plain bytes
  bool html{false};                           ///< 200 and a login page, whatever was asked
  std::optional<std::uint64_t> flip_at{};     ///< file offset of a byte with one bit turned

  std::optional<std::uint64_t> cut_after{};   ///< then a clean FIN
  std::optional<std::uint64_t> reset_after{}; ///< then a RST, which may overtake bytes before it
  std::optional<std::uint64_t> stall_after{}; ///< then silence until the client leaves
  std::uint64_t slow{0};                      ///< bytes/s per connection; 0: as fast as it goes
  int slow_requests{-1};                      ///< only the first n of this path are slow; -1: all
  std::shared_ptr<gate> hold{};               ///< headers wait for it

  int fail_first{0}; ///< the first n requests of this path get `fail_status`
  int fail_status{503};
  header_list fail_headers{};
  std::optional<int> expire_after{}; ///< served n times, then 403
  std::optional<int> max_parallel{}; ///< more ranged requests at once get `crowded_status`
  int crowded_status{429};
};

struct origin_counts {
  int connections_made{0};
  int connections_open{0};
  int requests{0};
  std::uint64_t bytes_sent{0}; ///< of bodies
};

struct origin_options {
  bool ipv6{false};         ///< [::1] instead of 127.0.0.1
  int max_connections{600}; ///< further ones are closed at once
};

class http_peer;

class origin {
 public:
  using hook = std::function<reply(const seen&)>;
  using milliseconds = std::chrono::milliseconds;

  explicit origin(origin_options options = {});
  ~origin();
  origin(const origin&) = delete;
  origin& operator=(const origin&) = delete;

  int port() const noexcept { return port_; }
  /// "http://127.0.0.1:PORT" + path
  std::string url(std::string_view path = "") const;
  /// The same server by another name, for example "localhost".
  std::string url_as(std::string_view host, std::string_view path = "") const;

  /// Serves or replaces; counters of the path (fail_first, expire_after, …) start anew.
  void serve(std::string path, content what, manners how = {});
  void answer(std::string path, hook how);
  /// New manners for a served path; its counters go on.
  void behave(const std::string& path, manners how);
  void remove(const std::string& path);
  /// Stops listening and closes every connection; the destructor does it too.
  void stop();
  /// Closes every open connection, whatever it is sending, and goes on listening.
  void drop_connections();

  std::vector<seen> log() const;
  std::vector<seen> log(std::string_view path) const;
  void clear_log();
  origin_counts counts() const;
  /// Most ranged or whole replies of `path` that were under way at once.
  int peak_parallel(const std::string& path) const;

  // False when it did not happen within `limit`.
  bool wait_until_idle(milliseconds limit = milliseconds{5000}) const; ///< no connection is open
  bool wait_for_requests(std::string_view path, int count,
                         milliseconds limit = milliseconds{5000}) const;
  bool wait_until(const std::function<bool(const origin_counts&)>& so,
                  milliseconds limit = milliseconds{5000}) const;

 private:
  struct route;
  struct part;

  void accept_all();
  void reap();
  void serve_connection(int socket, int number);
  /// False: the connection is over.
  bool handle(http_peer& peer, const seen& request);
  bool answer_hook(http_peer& peer, const seen& request, const hook& how);
  bool answer_content(http_peer& peer, const seen& request, const std::shared_ptr<route>& r);
  bool answer_part(http_peer& peer, const seen& request, part what);
  bool send_content(http_peer& peer, part& what);
  void fill(const part& what, std::uint64_t at, std::span<std::byte> out);
  std::shared_ptr<void> stay(const std::shared_ptr<route>& r);
  std::shared_ptr<route> find(const std::string& path) const;

  origin_options options_;
  int listener_{-1};
  int port_{0};

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopping_{false};
  std::map<std::string, std::shared_ptr<route>> routes_;
  std::vector<seen> log_;
  origin_counts counts_;
  std::map<int, int> sockets_;         ///< connection number → open socket
  std::map<int, std::thread> threads_; ///< connection number → its thread
  std::vector<int> finished_;          ///< threads to be joined
  std::thread acceptor_;
};

} // namespace hive::testing
