#pragma once
/// Answers peers' `GET /v1/pieces/<content>/<piece>` with the bytes of a file: HTTP/1.1 inside the
/// hive's mutual TLS, one thread for all connections.
///
/// The server decides nothing: every request is told to its owner and stays open until the owner
/// serves or refuses it. What a peer can cost is bounded: connections in all and of one peer, 4 KiB
/// of request, one request at a time, and a time for each step.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/limits/divided_rate.hpp"
#include "core/trust/established.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hive::upload {

/// A request that waits for its owner's word.
struct piece_request {
  std::uint64_t number{0};
  node_id peer;        ///< whom its certificate names
  std::string content; ///< key, as it was asked for
  std::uint32_t piece{0};
};

/// All called on the server's thread; must not block.
struct server_ears {
  std::function<void(piece_request)> on_asked;
  std::function<void(std::uint64_t number, std::uint64_t bytes)> on_went; ///< about every MiB
  /// Once per request unless it was refused: `whole` when every byte was sent.
  std::function<void(std::uint64_t number, bool whole)> on_over;
};

struct server_options {
  std::shared_ptr<limits::divided_rate> rate{}; ///< of all pieces together; null: no limit
  std::size_t most_open{512};
  std::size_t most_of_one{24};                                 ///< connections of one peer
  std::chrono::milliseconds idle{std::chrono::seconds{60}};    ///< between two requests
  std::chrono::milliseconds request{std::chrono::seconds{10}}; ///< from its first byte to its last
  std::chrono::milliseconds decision{std::chrono::minutes{2}}; ///< the owner's
  std::chrono::milliseconds stall{std::chrono::seconds{10}};   ///< the peer takes no byte
};

struct server_counts {
  std::uint64_t open{0};
  std::uint64_t requests{0};
  std::uint64_t bytes{0};       ///< sent of pieces
  std::uint64_t turned_away{0}; ///< connections beyond the bounds
};

class piece_server {
 public:
  piece_server(server_options options, server_ears ears);
  /// Ends every connection and the thread.
  ~piece_server();
  piece_server(const piece_server&) = delete;
  piece_server& operator=(const piece_server&) = delete;

  // Any thread.
  void take(trust::established who);
  /// Sends [offset, offset + length) of the first of the files that is there. A request that is
  /// over by now is none.
  void serve(std::uint64_t number, std::vector<std::filesystem::path> files, std::uint64_t offset,
             std::uint64_t length);
  /// not_found, overloaded, conflict, timed_out: the peer hears which. One that is being served is
  /// cut off.
  void refuse(std::uint64_t number, errc why);
  server_counts counts() const noexcept;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace hive::upload
