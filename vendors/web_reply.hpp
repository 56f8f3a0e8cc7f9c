#pragma once
/// What a web server's reply to a question for the first byte says of a file. Pure.

#include "core/artifact/plan.hpp"
#include "core/base/result.hpp"
#include "core/net/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive::vendors {

/// A GET for the first byte only, of whatever kind the file is.
net::request first_byte_of(std::string url);

struct web_file_facts {
  std::optional<std::uint64_t> size;
  std::optional<header_check> version; ///< its entity tag, else when it was last changed
  std::optional<digest> announced;
  std::vector<std::string> duplicates; ///< where else it is; absolute
  std::string name;                    ///< safe
  bool is_metalink{false};
};

/// `url` is what was asked. A refusal says what it means for a plain address.
result<web_file_facts> read_web_reply(const std::string& url, const net::reply& got);

/// What a reply to `url` means that brings no file.
failure web_refusal(const std::string& url, const net::reply& got);

} // namespace hive::vendors
