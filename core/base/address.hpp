#pragma once
/// "host:port" as text.

#include <cstdint>
#include <optional>
#include <string_view>

namespace hive {

/// Views into the text that was split. A bracketed IPv6 address keeps its brackets.
struct host_port {
  std::string_view host;
  std::optional<std::uint16_t> port;
};

/// A name, an IPv4 address or a bracketed IPv6 one, with a port or without; empty for anything
/// else.
std::optional<host_port> split_address(std::string_view text) noexcept;

/// Whether a host is this machine by its very spelling: "localhost", "127.x.y.z", "[::1]".
bool is_loopback(std::string_view host) noexcept;

} // namespace hive
