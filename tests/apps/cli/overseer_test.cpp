#include "apps/hive/overseer.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cstring>
#include <map>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace hive;
using namespace hive::cli;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string, std::less<>>;

environment of(variables all) {
  return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional{found->second};
  };
}

/// A socket as a service manager has it; "@…" is an abstract one.
class ear {
 public:
  explicit ear(std::string name) : name_{std::move(name)} {
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name_.data(), name_.size());
    if (name_.front() == '@') at.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + name_.size();
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), static_cast<socklen_t>(size)) == 0);
  }
  ~ear() {
    ::close(fd_);
    if (name_.front() != '@') ::unlink(name_.c_str());
  }
  ear(const ear&) = delete;
  ear& operator=(const ear&) = delete;

  const std::string& name() const { return name_; }
  std::string next() const {
    std::array<char, 512> text{};
    const auto got = ::recv(fd_, text.data(), text.size(), 0);
    return got < 0 ? "" : std::string{text.data(), static_cast<std::size_t>(got)};
  }

 private:
  std::string name_;
  int fd_{-1};
};

} // namespace

TEST_CASE("a service manager hears of every turn, by path and by abstract name") {
  const auto own = std::to_string(::getpid());
  const auto name = GENERATE_COPY("/tmp/hive-notify-" + own, "@hive-notify-" + own);
  const ear manager{name};
  const overseer boss{of({{"NOTIFY_SOCKET", name}})};
  REQUIRE(boss.is_there());
  boss.ready("at http://127.0.0.1:7835");
  CHECK(manager.next() == "READY=1\nSTATUS=at http://127.0.0.1:7835");
  boss.alive("two\nlines");
  CHECK(manager.next() == "WATCHDOG=1\nSTATUS=two lines");
  boss.stopping();
  CHECK(manager.next() == "STOPPING=1\nSTATUS=stopping");
}

TEST_CASE("without a usable socket nobody is there, and nobody listening is no error") {
  for (const auto& name : {std::string{}, std::string{"relative"}, std::string{"/"},
                           std::string{"vsock:2:1234"}, "/" + std::string(200, 'x')}) {
    CAPTURE(name);
    const overseer boss{of({{"NOTIFY_SOCKET", name}, {"WATCHDOG_USEC", "1000000"}})};
    CHECK_FALSE(boss.is_there());
    CHECK_FALSE(boss.beat());
    boss.ready("nobody hears it");
  }
  CHECK_FALSE(overseer{of({})}.is_there());
  overseer{of({{"NOTIFY_SOCKET", "/tmp/hive-nobody-listens"}})}.stopping();
}

TEST_CASE("the beat is half of what the watchdog waits, when it watches this process") {
  const auto beat = [](variables more) {
    more["NOTIFY_SOCKET"] = "@hive-beat";
    return overseer{of(std::move(more))}.beat();
  };
  CHECK(beat({{"WATCHDOG_USEC", "30000000"}}) == 15s);
  CHECK(beat({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", std::to_string(::getpid())}}) == 15s);
  CHECK_FALSE(beat({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}}));
  CHECK_FALSE(beat({}));
  CHECK_FALSE(beat({{"WATCHDOG_USEC", "0"}}));
  CHECK_FALSE(beat({{"WATCHDOG_USEC", "soon"}}));
  CHECK(beat({{"WATCHDOG_USEC", "1"}}) == 1ms);
  CHECK(beat({{"WATCHDOG_USEC", "18446744073709551615"}}) == 30min);
}
