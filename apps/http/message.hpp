#pragma once
/// What the door's parts tell each other about one exchange: a parsed request, a reply, and the way
/// to give it. No socket in here.

#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/job/fact.hpp"
#include "core/job/record.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hive::http {

using text_pairs = std::vector<std::pair<std::string, std::string>>;

/// The first value called `name`; empty when there is none.
std::optional<std::string_view> value_of(const text_pairs& pairs, std::string_view name) noexcept;

struct request {
  std::string method;
  std::string target;            ///< as sent: path and query
  std::vector<std::string> path; ///< decoded segments; empty for "/"
  text_pairs query;              ///< decoded, in order
  text_pairs headers;            ///< names in lower case
  text_pairs bound;              ///< what the route's pattern bound
  std::string body;
  std::string correlation; ///< the client's X-Correlation-Id, or a new one
  std::string peer;        ///< the client's address; empty when it has gone

  std::optional<std::string_view> header(std::string_view lower_name) const noexcept {
    return value_of(headers, lower_name);
  }
  std::optional<std::string_view> param(std::string_view name) const noexcept {
    return value_of(query, name);
  }
  /// A part of the path by its name in the pattern; empty when the pattern has no such name.
  std::string part(std::string_view name) const;
};

/// Fills path and query from `target` (origin or absolute form); errc::bad_request for broken
/// percent-encoding and control characters.
outcome read_target(request& into);
/// "a=1&b=x%20y", also a form's body.
result<text_pairs> read_form(std::string_view text);

/// A file held open for sending; closed with its last holder.
class open_file {
 public:
  explicit open_file(int fd) noexcept : fd_{fd} {}
  ~open_file();
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

struct file_slice {
  std::shared_ptr<const open_file> file;
  std::uint64_t offset{0};
  std::uint64_t length{0};
};

/// The exchange becomes an event stream.
struct event_stream {
  job_id job;             ///< empty: the whole node
  std::uint64_t after{0}; ///< the last sequence number the client has
  bool replay{true};      ///< false: from now on only
  bool ended{false};      ///< the job is over: `history`, then the end, then close
  std::vector<event_ptr> history;
  std::optional<job_record> final_job;
};

/// A body that is made while it is sent: each piece is asked for when the one before it has left.
/// It goes with its client. Called on the door's thread.
class body_source {
 public:
  struct piece {
    std::string text;
    std::chrono::milliseconds wait{0}; ///< before the next one is asked for
    bool last{false};
  };

  virtual ~body_source() = default;
  /// `take` is called once, on any thread, also after the source has gone; must not block.
  virtual void next(std::function<void(piece)> take) = 0;
};
using growing_body = std::shared_ptr<body_source>;

struct reply;
/// The reply needs the disk: `make` runs on a disk thread.
struct disk_work {
  std::function<reply()> make;
};

struct reply {
  int status{200};
  text_pairs headers; ///< without Content-Length, Connection, Date: those are the session's
  std::variant<std::string, file_slice, event_stream, growing_body, disk_work> body;
};

/// Gives the reply; once, from any thread; does nothing when the client or the door is gone.
using responder = std::function<void(reply)>;

reply json_reply(int status, const json::value& what);
reply text_reply(int status, std::string content_type, std::string text);

/// Status line and headers up to the empty line. Control characters in values become spaces.
std::string head_text(int status, const text_pairs& headers);

} // namespace hive::http
