#pragma once
/// What is said when a node joins a hive or renews its certificate: one request, one answer, each a
/// JSON text behind its length (4 bytes, big-endian). Bounds: everything here was sent by someone
/// who may be nobody.

#include "core/base/ids.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hive::trust {

/// The version of the conversation; also its name in TLS (ALPN).
constexpr std::uint64_t join_version = 1;
constexpr std::string_view join_protocol = "hive-join/1";

constexpr std::size_t longest_request = 8 << 10;
constexpr std::size_t longest_answer = 64 << 10;
constexpr std::size_t most_members = 64;     ///< addresses in an answer
constexpr std::size_t longest_address = 262; ///< a host name of 255 characters, and a port

struct token_claim {
  std::string id;
  std::string secret;
};

struct join_request {
  /// Empty: a renewal, by the certificate the connection was made with.
  std::optional<token_claim> token;
  std::string signing_request; ///< PEM
  node_id node;
  std::string name;    ///< for people, at most 64 bytes
  std::string version; ///< of hive, at most 64 bytes
};

struct join_grant {
  std::string certificate;          ///< PEM, without the authority's
  std::string authority;            ///< PEM
  std::vector<std::string> members; ///< "host:port" at which nodes of the hive answer
};

using join_answer = std::variant<join_grant, failure>;

/// With the length in front. A text that is too long for its bound is not sent: errc::too_large.
result<std::string> encode(const join_request& what);
result<std::string> encode(const join_answer& what);

/// `text` with its length in front: 4 bytes, big-endian.
std::string framed(std::string_view text);

/// Without the length. errc::bad_request names what is wrong; never shows a secret.
result<join_request> decode_request(std::string_view text);
/// errc::unreadable_reply.
result<join_answer> decode_answer(std::string_view text);

/// Puts one message together from bytes as they come.
class message_reader {
 public:
  explicit message_reader(std::size_t longest) : longest_(longest) {}

  /// Takes what it needs of `bytes`. errc::too_large as soon as the length says so, before
  /// anything is stored; errc::bad_request for bytes behind the message.
  outcome take(std::string_view bytes);
  /// Bytes it may be given next without any being of what follows.
  std::size_t wants() const noexcept {
    return have_ < head_size ? head_size - have_ : size_ - text_.size();
  }
  bool is_whole() const noexcept { return have_ == head_size && text_.size() == size_; }
  const std::string& text() const noexcept { return text_; }

 private:
  static constexpr std::size_t head_size = 4;

  std::size_t longest_;
  std::size_t have_{0}; ///< bytes of the length
  std::size_t size_{0};
  std::string text_;
};

} // namespace hive::trust
