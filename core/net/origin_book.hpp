#pragma once
/// What the engine has learned about servers while it runs, and does not have to learn twice. Loop
/// thread only.

#include "core/net/origin.hpp"

#include <cstddef>
#include <map>

namespace hive::net {

struct origin_facts {
  bool only_http2{false};       ///< refused a handshake that offered HTTP/1.1 alone
  bool asks_certificate{false}; ///< asked for a client certificate during a handshake
};

class origin_book {
 public:
  origin_facts of(const origin& where) const;
  /// To be written into. Forgets everything rather than grow beyond a thousand origins.
  origin_facts& at(const origin& where);

 private:
  static constexpr std::size_t most = 1024;
  std::map<origin, origin_facts> facts_;
};

} // namespace hive::net
