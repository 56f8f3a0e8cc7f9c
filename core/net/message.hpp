#pragma once
/// HTTP requests and replies as values.

#include "core/base/range_set.hpp"
#include "core/base/result.hpp"
#include "core/net/keyring.hpp"
#include "core/net/origin.hpp"
#include "core/net/tls_rules.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hive::net {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// The first value of `name` (lower case); empty when there is none.
std::optional<std::string_view> find_header(const header_list& headers,
                                            std::string_view name) noexcept;

struct request {
  std::string method{"GET"};
  std::string url{};
  header_list headers{}; ///< never Authorization: `keys` decides that hop by hop
  std::string body{};
  std::shared_ptr<const keyring> keys{}; ///< may be null
  /// Asks for these bytes; only a 206 that grants exactly them is accepted (checked by
  /// `check_range`).
  std::optional<byte_range> range{};
  int max_redirects{8}; ///< 0: a redirect is not followed but handed over as the reply
  std::chrono::milliseconds connect_timeout{std::chrono::seconds{10}};
  std::chrono::milliseconds idle_timeout{
      std::chrono::seconds{30}}; ///< no byte in either direction; 0: none
  std::optional<std::chrono::milliseconds> total_timeout{}; ///< metadata has one, files do not
  /// What of an origin is asked for ("metadata", "files"): servers limit each by itself, so while
  /// one is exhausted the others go on.
  std::string bucket{};
  bool fresh_connection{false}; ///< never reuse one: a re-dialled lane wants another edge
  /// A fetch is over when the headers are here, unless what comes is a part (206): how to ask about
  /// a file where the whole of it might come.
  bool head_only{false};
  /// Null: the system's authorities decide. With rules, TLS is 1.3, no proxy is used and no
  /// redirect followed.
  std::shared_ptr<const tls_rules> tls{};
};

/// Status line and headers of one hop. Header names are lower case, values trimmed.
struct reply_head {
  int status{0};
  header_list headers;
  std::string url;     ///< of this hop
  std::string address; ///< "203.0.113.5:443" of the peer, for people
  int hop{0};          ///< 0: the first
};

/// A whole small reply. `hops` are the redirects that led to it.
struct reply {
  reply_head head;
  std::string body;
  std::vector<reply_head> hops;
};

/// `Content-Range: bytes a-b/total` read strictly.
struct content_range {
  byte_range range;
  std::optional<std::uint64_t> total;
};
std::optional<content_range> parse_content_range(std::string_view value) noexcept;

/// Whether a reply grants `asked` of a file of `size` bytes: 206, Content-Range equal to what was
/// asked, the same total, as it is (`check_coding`), and a Content-Length that agrees when there is
/// one.
/// 200 is errc::range_refused with "ignored"; the caller restarts as a single stream.
outcome check_range(const reply_head& head, byte_range asked, std::optional<std::uint64_t> size);

/// errc::unreadable_reply when the body comes in another form than asked for (gzip): its bytes are
/// not the file's, and a size or a range means something else.
outcome check_coding(const reply_head& head);

/// Strips an optional W/ and the quotes of an entity tag.
std::string_view bare_etag(std::string_view value) noexcept;

/// One link of a Link header (RFC 8288).
struct web_link {
  std::string target;                    ///< as it stands there; may be relative
  std::string relations;                 ///< of the first "rel": words with spaces between
  std::string type;                      ///< of what it leads to, when it says
  std::optional<std::uint64_t> priority; ///< "pri" of RFC 6249; lower comes first
};
/// In their order; at most 256.
std::vector<web_link> links_of(const header_list& headers);

/// The target of the first link with relation "next"; empty when there is none.
std::optional<std::string> link_next(const header_list& headers);

/// When a quota that is used up opens again: `RateLimit: "bucket";r=0;t=37`, or
/// X-RateLimit-Remaining: 0 and X-RateLimit-Reset (seconds, or Unix time), each plus one second.
/// Empty while something is left of it.
std::optional<std::chrono::seconds> quota_reset(const header_list& headers,
                                                std::chrono::sys_seconds now);

/// How long a server asks to stay away: Retry-After (seconds or date), else `quota_reset`. Empty
/// when it does not say.
std::optional<std::chrono::seconds> retry_after(const header_list& headers,
                                                std::chrono::sys_seconds now);

/// The failure a status that is no success means where nothing vendor-specific is known.
failure failure_of_status(const reply_head& head, std::chrono::sys_seconds now);

} // namespace hive::net
