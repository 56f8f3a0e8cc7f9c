#include "core/build/keeper.hpp"

#include "core/build/family.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hive::build {
namespace {

constexpr int report_fd = 3;
constexpr int last_capability = 63;
constexpr long kill_patience_ms = 10'000; ///< for the kernel to end who was killed

long now_ms() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

void report(run_end::kind how, int value) noexcept {
  const keeper_report what{static_cast<std::int32_t>(how), value};
  [[maybe_unused]] const auto written = ::write(report_fd, &what, sizeof what);
}

/// Leaves no descriptor of hive's open.
void take_descriptors(const keeper_order& order) noexcept {
  const int none = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  // Out of the way of the numbers they are to have.
  const int report = ::fcntl(order.report, F_DUPFD, 16);
  const int said = ::fcntl(order.said, F_DUPFD, 16);
  ::dup2(none, 0);
  ::dup2(said, 1);
  ::dup2(said, 2);
  ::dup2(report, report_fd);
  ::fcntl(report_fd, F_SETFD, FD_CLOEXEC);
  ::syscall(SYS_close_range, report_fd + 1, ~0U, 0);
}

[[noreturn]] void become_program(const keeper_order& order) noexcept {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (order.within != nullptr)
    for (int right = 0; right <= last_capability; ++right) ::prctl(PR_CAPBSET_DROP, right);
  constexpr rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::setrlimit(RLIMIT_FSIZE, &order.file_size);
  ::setrlimit(RLIMIT_DATA, &order.data);
  ::umask(022);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t no_signal;
  ::sigemptyset(&no_signal);
  ::sigprocmask(SIG_SETMASK, &no_signal, nullptr);
  if (::chdir(order.folder) == 0) ::execve(order.program, order.words, order.environment);
  report(run_end::kind::not_started, errno);
  ::_exit(127);
}

/// Sends SIGKILL to every child of this process, adopted ones as well.
void kill_children() noexcept {
  const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  char text[4096];
  pid_t number = 0;
  for (ssize_t got = 0; (got = ::read(list, text, sizeof text)) > 0;) {
    for (ssize_t i = 0; i < got; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        number = number * 10 + (text[i] - '0');
      } else if (number > 0) {
        ::kill(number, SIGKILL);
        number = 0;
      }
    }
  }
  ::close(list);
}

/// The program, and whether it lives.
class ward {
 public:
  explicit ward(pid_t program) noexcept : program_(program) {}

  bool lives() const noexcept { return lives_; }
  int how() const noexcept { return how_; }
  pid_t group() const noexcept { return program_; }

  /// Takes notice of every child that has ended; false when there is none left.
  bool reap() noexcept {
    int how = 0;
    pid_t who = 0;
    while ((who = ::waitpid(-1, &how, WNOHANG)) > 0) {
      if (who != program_) continue;
      lives_ = false;
      how_ = how;
    }
    return who == 0;
  }

 private:
  pid_t program_;
  bool lives_{true};
  int how_{0};
};

/// Until the program has ended, or it is time to kill it.
void watch(ward& program, long grace_ms) noexcept {
  sigset_t awaited;
  ::sigemptyset(&awaited);
  for (const int number : {SIGCHLD, SIGTERM, SIGUSR1}) ::sigaddset(&awaited, number);
  long deadline = 0; // none
  while (program.lives()) {
    const long left = deadline == 0 ? 1000 : deadline - now_ms();
    if (left <= 0) return;
    const timespec wait{left / 1000, left % 1000 * 1'000'000};
    const int number = ::sigtimedwait(&awaited, nullptr, &wait);
    if (number == SIGUSR1) return;
    if (number == SIGTERM && deadline == 0) {
      ::kill(-program.group(), SIGTERM);
      deadline = now_ms() + grace_ms;
    }
    program.reap();
  }
}

/// A child that starts others faster than it is killed does not last: each round kills all there
/// are, and whoever is left without a parent comes here.
void end_family(ward& program) noexcept {
  const long deadline = now_ms() + kill_patience_ms;
  while (now_ms() < deadline) {
    ::kill(-program.group(), SIGKILL);
    kill_children();
    if (!program.reap()) return;
    constexpr timespec moment{0, 2'000'000};
    ::nanosleep(&moment, nullptr);
  }
}

} // namespace

void keep(const keeper_order& order) noexcept {
  ::setsid();
  take_descriptors(order);
  ::signal(SIGCHLD, SIG_DFL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1);
  if (order.within != nullptr) {
    if (const int error = order.within->enter()) {
      report(run_end::kind::not_entered, error);
      ::_exit(1);
    }
  }
  // Not earlier: entering takes it back. Not later: hive may have died meanwhile.
  ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
  if (::getppid() != order.hive) ::_exit(1);
  const pid_t program = ::fork();
  if (program == 0) become_program(order);
  if (program < 0) {
    report(run_end::kind::not_started, errno);
    ::_exit(1);
  }
  ::setpgid(program, program); // whoever of the two comes first
  ward its{program};
  watch(its, order.grace_ms);
  end_family(its);
  if (!its.lives() && WIFEXITED(its.how()))
    report(run_end::kind::exited, WEXITSTATUS(its.how()));
  else if (!its.lives())
    report(run_end::kind::signalled, WTERMSIG(its.how()));
  ::_exit(0);
}

} // namespace hive::build
