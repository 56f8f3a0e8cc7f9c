#include "core/build/containment.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hive::build {
namespace {

int write_text(const char* file, std::string_view text) noexcept {
  const int fd = ::open(file, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = written ? 0 : errno;
  ::close(fd);
  return error;
}

/// A new network namespace has a loopback that is down.
int raise_loopback() noexcept {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  ifreq what{};
  std::memcpy(what.ifr_name, "lo", 3);
  what.ifr_flags = IFF_UP | IFF_RUNNING;
  const int error = ::ioctl(fd, SIOCSIFFLAGS, &what) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

/// In a namespace of one's own, what the file system was mounted with must stay.
unsigned long locked_flags(const std::string& path) {
  struct statvfs seen {};
  if (::statvfs(path.c_str(), &seen) != 0) return 0;
  unsigned long flags = 0;
  if (seen.f_flag & ST_NOSUID) flags |= MS_NOSUID;
  if (seen.f_flag & ST_NODEV) flags |= MS_NODEV;
  if (seen.f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
  if (seen.f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (seen.f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
  if (seen.f_flag & ST_RELATIME) flags |= MS_RELATIME;
  return flags;
}

std::string itself(unsigned id) {
  return std::to_string(id) + " " + std::to_string(id) + " 1";
}

} // namespace

containment::containment(const std::filesystem::path& folder, const std::filesystem::path& inputs,
                         const std::filesystem::path& sealed, bool network)
  : folder_(folder.string()), inputs_(inputs.string()), sealed_(sealed.string()),
    users_(itself(::geteuid())), groups_(itself(::getegid())), locked_(locked_flags(folder_)),
    network_(network) {}

int containment::bind(const std::string& what, unsigned long flags) const noexcept {
  if (::mount(what.c_str(), what.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0) return errno;
  if (flags == 0) return 0;
  const auto all = MS_BIND | MS_REMOUNT | locked_ | flags;
  return ::mount(nullptr, what.c_str(), nullptr, all, nullptr) == 0 ? 0 : errno;
}

int containment::enter() const noexcept {
  const int spaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC | (network_ ? 0 : CLONE_NEWNET);
  if (::unshare(spaces) != 0) return errno;
  if (const int e = write_text("/proc/self/setgroups", "deny")) return e;
  if (const int e = write_text("/proc/self/uid_map", users_)) return e;
  if (const int e = write_text("/proc/self/gid_map", groups_)) return e;
  // Nothing that is mounted here shows outside.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return errno;
  // From the inside out: what is bound first stays as it is when what is around it is sealed.
  if (const int e = bind(folder_, 0)) return e;
  if (const int e = bind(inputs_, MS_RDONLY | MS_NOSUID | MS_NODEV)) return e;
  if (const int e = bind(sealed_, MS_RDONLY)) return e;
  return network_ ? 0 : raise_loopback();
}

outcome containment::try_out() const {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(enter());
  int how = 0;
  pid_t got = child;
  if (child > 0) do
      got = ::waitpid(child, &how, 0);
    while (got < 0 && errno == EINTR);
  if (got < 0) return fail(errc::unsupported, std::strerror(errno));
  if (WIFEXITED(how) && WEXITSTATUS(how) == 0) return {};
  return fail(errc::unsupported,
              WIFEXITED(how) ? std::strerror(WEXITSTATUS(how)) : "the kernel killed the attempt");
}

} // namespace hive::build
