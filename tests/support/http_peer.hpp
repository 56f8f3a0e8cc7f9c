#pragma once
/// The server's end of one HTTP/1.1 connection: reads requests, writes bytes, ends in the ways a
/// test asks for. Waiting ends when the client leaves or the socket is shut down from another
/// thread.

#include "tests/support/origin.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hive::testing {

class http_peer {
 public:
  http_peer(int socket, int number) : socket_(socket), number_(number) {}

  /// Empty at the end of the connection, or for something that is no request.
  std::optional<seen> read_request();
  bool write(std::string_view bytes);
  bool write_head(int status, const header_list& headers);

  /// False when the client left before `door` opened.
  bool wait_for(const gate& door);
  /// True when the client left within `limit`.
  bool left_within(std::chrono::milliseconds limit);
  void wait_until_left();
  /// Sends a FIN and reads until the client closes too: the client never sees a RST.
  void finish();
  void reset();

 private:
  bool fill();

  int socket_;
  int number_;
  std::string buffer_;
};

} // namespace hive::testing
