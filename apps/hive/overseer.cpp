#include "apps/hive/overseer.hpp"

#include "core/base/ascii.hpp"
#include "core/job/log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace hive::cli {
namespace {

std::optional<std::chrono::milliseconds> wanted_beat(const environment& env) {
  const auto after = ascii::number(env("WATCHDOG_USEC").value_or(""));
  if (!after || *after == 0) return std::nullopt;
  // The variables are inherited by whatever the service starts; they are meant for one process.
  const auto whom = env("WATCHDOG_PID");
  if (whom && *whom != std::to_string(::getpid())) return std::nullopt;
  constexpr std::uint64_t longest = 3'600'000'000;
  return std::max(std::chrono::milliseconds{std::min(*after, longest) / 2000},
                  std::chrono::milliseconds{1});
}

/// The address a path or "@name" stands for, and how many bytes of it count.
socklen_t fill(sockaddr_un& to, std::string_view name) {
  to.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), to.sun_path);
  if (name.front() == '@') to.sun_path[0] = '\0';
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}

} // namespace

overseer::overseer(const environment& env) {
  const auto named = env("NOTIFY_SOCKET").value_or("");
  const bool usable = named.size() > 1 && named.size() < sizeof(sockaddr_un::sun_path) &&
                      (named.front() == '/' || named.front() == '@');
  if (!named.empty() && !usable)
    log(level::warning, "serve", "notify-socket-unusable",
        "NOTIFY_SOCKET is neither a path nor an abstract name; nobody is told of this service");
  if (!usable) return;
  address_ = named;
  beat_ = wanted_beat(env);
}

void overseer::tell(std::string_view what, std::string_view status) const {
  if (!is_there()) return;
  std::string text{what};
  text += status;
  // A line is an assignment.
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(what.size()), text.end(), '\n', ' ');
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval longest{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
  sockaddr_un to{};
  const auto size = fill(to, address_);
  const auto sent = ::sendto(fd, text.data(), text.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to), size);
  if (sent < 0)
    log(level::warning, "serve", "overseer-not-told",
        std::string{"the service manager cannot be told: "} + std::strerror(errno));
  ::close(fd);
}

} // namespace hive::cli
