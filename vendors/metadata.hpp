#pragma once
/// Asking for a vendor's metadata and reading the JSON that comes. Whatever is not as it must be is
/// errc::unreadable_reply, and the failure names the reply and the field. `where` is what the reply
/// is called before people: "the file list of hf:org/repo".

#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/net/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hive::vendors {

/// No file of a plan is larger than 16 TiB; no list has more than a million entries.
inline constexpr std::uint64_t largest_file = 16ull << 40;
inline constexpr std::size_t most_entries = 1'000'000;

/// A GET for JSON with the limits metadata has: 10 s without a byte, 60 s in all.
net::request metadata_request(std::string url);

failure unreadable(std::string_view where, std::string_view why);

/// The body as JSON. A web page in its place (a proxy's or a login's) is told apart.
result<json::document> read_body(std::string_view where, const net::reply& got);

result<std::string> text_field(std::string_view where, json::node from, std::string_view name);
/// Exactly `length` lower-case hex characters.
result<std::string> hex_field(std::string_view where, json::node from, std::string_view name,
                              std::size_t length);
/// Bytes, 0 to `largest_file`.
result<std::uint64_t> size_field(std::string_view where, json::node from, std::string_view name);

/// Text of a server made fit for a message: printable, one line, at most 200 bytes.
std::string quotable(std::string_view text);

// What replies that are no success say.

/// Empty when the header is not there.
std::string header_text(const net::reply& got, std::string_view name);
/// A text field of a small JSON body, quotable; empty when there is none.
std::string said_in_body(const net::reply& got, std::string_view field);
/// ` (HTTP 404, "Not Found", request 1A2B)`, for the end of a sentence.
std::string answer_of(const net::reply& got, std::string_view said);
/// When the server says it wrote the reply, so that no clock is needed; without a word from it a
/// moment after which no date lies, so that nobody waits for years.
std::chrono::sys_seconds written_at(const net::reply& got);
/// Whatever the case.
bool mentions(std::string_view text, std::string_view words);

/// Whether a secret can be a header's value: no spaces, line ends or other control characters.
bool fits_a_header(std::string_view secret) noexcept;

} // namespace hive::vendors
