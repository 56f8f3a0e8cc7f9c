#pragma once
/// One peer's connection: reads a request, waits for a decision, sends. One thread.

#include "core/store/disk_file.hpp"
#include "core/trust/established.hpp"
#include "core/upload/piece_server.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::upload {

using clock = std::chrono::steady_clock;

/// What a step of a visit came to.
enum class visit_news : std::uint8_t {
  none,
  asked, ///< a request stands in `request()`
  gone,  ///< the connection is over
};

class piece_visit {
 public:
  piece_visit(trust::established who, clock::time_point now);

  /// Reads what has come.
  visit_news read(clock::time_point now);
  /// Sends up to `allowed` further bytes of the piece; how many of it are under way.
  std::size_t write(std::uint64_t allowed, clock::time_point now);

  /// The present request.
  std::uint64_t number{0}; ///< 0: none; given by the server
  std::uint64_t untold{0}; ///< bytes of it that went and nobody heard of

  const piece_request& request() const noexcept { return asked_; }
  const node_id& peer() const noexcept { return who_.peer.node; }
  void serve(store::descriptor file, std::uint64_t offset, std::uint64_t length,
             clock::time_point now);
  void refuse(errc why, clock::time_point now);

  int socket() const noexcept { return who_.socket.get(); }
  /// For poll(2). While it may not send for want of budget it only listens.
  short wants(bool budget) const noexcept;
  bool sends() const noexcept { return now_ == phase::sending; }
  bool waits() const noexcept { return now_ == phase::waiting; }
  /// Every byte of the piece has been read from the file.
  bool complete() const noexcept { return left_ == 0; }
  bool broken() const noexcept { return broken_; }
  bool late(const server_options& limits, clock::time_point now) const noexcept;
  clock::time_point due(const server_options& limits) const noexcept;
  /// Time without budget does not count.
  void held(clock::time_point now) noexcept { moved_at_ = now; }

 private:
  enum class phase : std::uint8_t { reading, waiting, sending };

  std::chrono::milliseconds patience(const server_options& limits) const noexcept;
  bool parse(std::string_view head);
  void begin_answer(const std::string& head, clock::time_point now);
  bool load(std::uint64_t allowed);
  bool encrypt(std::size_t& went, clock::time_point now);
  bool send_records(clock::time_point now);
  void end_request(clock::time_point now);

  trust::established who_;
  phase now_{phase::reading};
  clock::time_point moved_at_;
  std::string input_;
  piece_request asked_;
  BIO* records_{nullptr};    ///< of `who_.ssl`: what is encrypted and has not gone to the socket
  std::vector<char> output_; ///< [encrypted_, loaded_) is to be encrypted
  std::size_t loaded_{0};
  std::size_t encrypted_{0};
  std::size_t head_left_{0}; ///< bytes at `encrypted_` that are no bytes of the piece
  store::descriptor file_;
  std::uint64_t at_{0};
  std::uint64_t left_{0};  ///< of the piece, not loaded yet
  bool wants_read_{false}; ///< TLS does, before it can write
  bool broken_{false};
};

} // namespace hive::upload
