#pragma once
/// Server-sent events read as they come, in chunks of any size. Pure.

#include "core/base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hive::cli {

struct sse_event {
  std::string id;   ///< of this or the last event that had one
  std::string kind; ///< "message" when the stream does not say
  std::string data; ///< lines joined by '\n'
  friend bool operator==(const sse_event&, const sse_event&) = default;
};

class sse_reader {
 public:
  /// More than `max_event` bytes in one event are errc::unreadable_reply.
  explicit sse_reader(std::size_t max_event = 16u << 20) : max_event_{max_event} {}

  /// The events that `chunk` completes. Comments and events without data yield nothing.
  result<std::vector<sse_event>> feed(std::string_view chunk);

 private:
  void take_line(std::string_view line, std::vector<sse_event>& into);

  std::size_t max_event_;
  std::string line_;
  sse_event now_;
  bool has_data_{false};
  bool skip_lf_{false}; ///< the last line ended with CR
  bool at_start_{true};
};

} // namespace hive::cli
