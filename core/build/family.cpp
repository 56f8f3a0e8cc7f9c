#include "core/build/family.hpp"

#include "core/build/keeper.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hive::build {
namespace {

constexpr int pipe_bytes = 1 << 20; ///< a chatty program rarely waits for a reader
constexpr int end_rounds = 200;     ///< of 5 ms

failure no_process(const char* what) {
  return fail(errc::actor_failed,
              std::string{"no "} + what + " for a program: " + std::strerror(errno));
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

rlimit limit_of(std::optional<std::uint64_t> bytes) {
  return bytes ? rlimit{*bytes, *bytes} : rlimit{RLIM_INFINITY, RLIM_INFINITY};
}

/// No handler of hive's may run in a child.
class quiet_signals {
 public:
  quiet_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~quiet_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  quiet_signals(const quiet_signals&) = delete;
  quiet_signals& operator=(const quiet_signals&) = delete;

 private:
  sigset_t before_{};
};

void close_both(const std::array<int, 2>& pipe) {
  ::close(pipe[0]);
  ::close(pipe[1]);
}

} // namespace

result<family> family::start(const run_order& what) {
  auto words = what.words;
  auto environment = what.environment;
  const auto word_list = pointers(words);
  const auto environment_list = pointers(environment);
  const auto folder = what.folder.string();
  std::array<int, 2> said{-1, -1};
  std::array<int, 2> report{-1, -1};
  if (::pipe2(said.data(), O_CLOEXEC) != 0) return no_process("pipe");
  if (::pipe2(report.data(), O_CLOEXEC) != 0) {
    close_both(said);
    return no_process("pipe");
  }
  ::fcntl(said[0], F_SETFL, O_NONBLOCK);
  ::fcntl(said[0], F_SETPIPE_SZ, pipe_bytes);
  const keeper_order order{.program = words.front().c_str(),
                           .words = word_list.data(),
                           .environment = environment_list.data(),
                           .folder = folder.c_str(),
                           .within = what.within,
                           .file_size = limit_of(what.largest_file),
                           .data = limit_of(what.memory),
                           .grace_ms = static_cast<long>(what.grace.count()),
                           .said = said[1],
                           .report = report[1],
                           .hive = ::getpid()};
  pid_t keeper = -1;
  {
    const quiet_signals quiet;
    keeper = ::fork();
    if (keeper == 0) keep(order);
  }
  ::close(said[1]);
  ::close(report[1]);
  if (keeper > 0) return family{keeper, said[0], report[0]};
  const auto why = no_process("process");
  ::close(said[0]);
  ::close(report[0]);
  return why;
}

family::family(family&& from) noexcept
  : keeper_(std::exchange(from.keeper_, -1)), said_(std::exchange(from.said_, -1)),
    report_(std::exchange(from.report_, -1)), end_(from.end_) {}

family::~family() {
  kill();
  for (int round = 0; keeper_ > 0 && round < end_rounds; ++round) {
    if (look()) break;
    constexpr timespec moment{0, 5'000'000};
    ::nanosleep(&moment, nullptr);
  }
  // What hangs in the kernel cannot be waited for; it is dead once it comes back.
  if (keeper_ > 0) ::kill(keeper_, SIGKILL);
  if (said_ >= 0) ::close(said_);
  if (report_ >= 0) ::close(report_);
}

void family::read(std::string& into, std::size_t most) {
  std::array<char, 16384> some{};
  while (most > 0) {
    const auto got = ::read(said_, some.data(), std::min(some.size(), most));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    into.append(some.data(), static_cast<std::size_t>(got));
    most -= static_cast<std::size_t>(got);
  }
}

std::optional<run_end> family::look() {
  if (end_ || keeper_ <= 0) return end_;
  if (::waitpid(keeper_, nullptr, WNOHANG) != keeper_) return std::nullopt;
  keeper_ = -1;
  end_.emplace();
  keeper_report last;
  if (::read(report_, &last, sizeof last) == static_cast<ssize_t>(sizeof last))
    end_ = run_end{static_cast<run_end::kind>(last.how), last.value};
  return end_;
}

void family::stop() noexcept {
  if (keeper_ > 0) ::kill(keeper_, SIGTERM);
}

void family::kill() noexcept {
  if (keeper_ > 0) ::kill(keeper_, SIGUSR1);
}

} // namespace hive::build
