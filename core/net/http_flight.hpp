#pragma once
/// An exchange over http or https: one easy handle, used for one hop after the other.

#include "core/net/certificate_wish.hpp"
#include "core/net/flight.hpp"
#include "core/net/trouble.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hive::net {

class http_flight final : public flight {
 public:
  http_flight(curl_loop& loop, request what, exchange_handler& handler);
  ~http_flight() override;

  void start() override;
  void resume() override;
  void waits_for(curl_socket_t socket, bool still) noexcept override;
  bool read_on() override;
  void finished(CURLcode code) override;
  void close() noexcept override;

 private:
  struct list_free {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };

  outcome fly();
  outcome check_open(const origin& where) const;
  void set_transport();
  void set_connection(const origin& where);
  void set_rules();
  void set_method();
  outcome set_headers();
  void next_hop();
  bool insists_on_http2(CURLcode code) const noexcept;
  certificate_state certificate() const;
  void rewatch();
  void look();

  bool on_line(std::string_view line);
  void on_field(std::string_view line);
  bool on_head_end();
  std::optional<failure> refused_on_the_way() const;
  void note_limit();
  outcome choose_next(std::string_view location);
  std::size_t on_bytes(std::span<const std::byte> bytes);
  void note_activity() noexcept { active_ = std::chrono::steady_clock::now(); }

  static std::size_t header_call(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static std::size_t body_call(char* data, std::size_t, std::size_t size, void* self) noexcept;
  static int connected_call(void* self, char*, char*, int, int) noexcept;
  static CURLcode context_call(CURL*, void* context, void* self) noexcept;

  CURL* easy_{nullptr};
  bool flying_{false};                    ///< on the multi handle
  curl_socket_t socket_{CURL_SOCKET_BAD}; ///< that curl waits for
  std::unique_ptr<curl_slist, list_free> fields_;
  std::array<char, CURL_ERROR_SIZE> trouble_{};

  certificate_wish wish_;
  std::string url_;    ///< of this hop
  std::string method_; ///< of this hop
  bool with_body_{true};
  reply_head head_;
  std::size_t head_bytes_{0};
  std::string next_url_; ///< where this hop redirects to; empty when it is the last
  std::size_t discarded_{0};
  bool connected_{false};
  bool head_done_{false};
  bool paused_{false};
  std::uint64_t heard_{0};         ///< bytes of heads and bodies, of all hops
  std::optional<failure> verdict_; ///< ours, stronger than curl's own reason

  std::chrono::steady_clock::time_point active_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  timer watch_;
};

} // namespace hive::net
