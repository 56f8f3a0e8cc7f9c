#pragma once
/// What the engine has learned about servers while it runs, and does not have to learn twice. Loop
/// thread only.

#include "core/net/origin.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace hive::net {

using book_clock = std::chrono::steady_clock;

struct origin_facts {
  bool only_http2{false};       ///< refused a handshake that offered HTTP/1.1 alone
  bool asks_certificate{false}; ///< asked for a client certificate during a handshake
  /// Until when a bucket (`request::bucket`) wants to be left alone.
  std::map<std::string, book_clock::time_point> closed{};
};

class origin_book {
 public:
  const origin_facts& of(const origin& where) const;
  /// How long `bucket` of `where` still wants to be left alone, in whole seconds; zero: not at all.
  std::chrono::seconds closed_for(const origin& where, const std::string& bucket,
                                  book_clock::time_point now) const;
  /// To be written into. Forgets everything rather than grow beyond a thousand origins.
  origin_facts& at(const origin& where);

 private:
  static constexpr std::size_t most = 1024;
  std::map<origin, origin_facts> facts_;
};

} // namespace hive::net
