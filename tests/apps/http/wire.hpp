#pragma once
/// A small blocking HTTP client for tests: one connection, every wait bounded at 10 s.

#include "core/base/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::http::test {

using headers = std::vector<std::pair<std::string, std::string>>;

inline const headers as_json{{"Content-Type", "application/json"}};

struct answer {
  int status{0};
  std::map<std::string, std::string> fields; ///< names in lower case
  std::string body;

  std::string field(const std::string& lower_name) const;
  json::document json() const;
  /// `code` of a problem, when it is one.
  std::string problem_code() const;
};

/// One event of a stream.
struct heard_event {
  std::uint64_t id{0};
  std::string kind;
  std::string data;
};

class wire {
 public:
  /// `receive_buffer`: bytes, 0 for the system's.
  explicit wire(const std::string& url, int receive_buffer = 0);
  ~wire();
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;
  wire(wire&& other) noexcept;

  void send(std::string_view bytes);
  /// Sends a whole request; Host is added unless given.
  void request(std::string_view method, std::string_view target, const headers& more = {},
               std::string_view body = {});
  /// Reads one reply; status 0 when the connection ended before one began.
  answer receive(bool to_head = false);
  answer ask(std::string_view method, std::string_view target, const headers& more = {},
             std::string_view body = {});

  /// The next block of an event stream, after `receive_head`; comments have kind ":"; kind "" at
  /// the end.
  heard_event next_event();
  /// Only the head of a reply.
  answer receive_head();
  /// Whether the other side has ended the connection; waits for it.
  bool ended();

 private:
  bool fill();
  int fd_{-1};
  bool silent_{false}; ///< the last wait for bytes ran out
  std::string authority_;
  std::string buffer_;
};

/// One request on a connection of its own.
answer ask(const std::string& url, std::string_view method, std::string_view target,
           const headers& more = {}, std::string_view body = {});

} // namespace hive::http::test
