#include "core/machine/command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hive::machine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_said = 256u << 10;
constexpr int first_inherited = 3; ///< none from here on

/// Actions and attributes of a child: no input, output into `to`, none of our signal settings.
class child_setup {
 public:
  explicit child_setup(int to) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, to, 1);
    ::posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addclosefrom_np(&actions_, first_inherited);
    ::posix_spawnattr_init(&attributes_);
    sigset_t set;
    sigemptyset(&set);
    ::posix_spawnattr_setsigmask(&attributes_, &set);
    sigaddset(&set, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &set);
    // A group of its own, so that what it starts can be killed with it.
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                 POSIX_SPAWN_SETSIGDEF);
  }
  ~child_setup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  child_setup(const child_setup&) = delete;
  child_setup& operator=(const child_setup&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> small_environment() {
  std::vector<std::string> out{"LC_ALL=C"};
  for (const char* name : {"PATH", "HOME", "LD_LIBRARY_PATH"})
    if (const char* value = std::getenv(name)) out.push_back(std::string{name} + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

bool is_program(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0;
}

} // namespace

fs::path find_program(std::string_view name, const fs::path& also) {
  const char* set = std::getenv("PATH");
  std::string folders = set ? set : "";
  for (std::size_t at = 0; at < folders.size();) {
    const auto end = std::min(folders.find(':', at), folders.size());
    const fs::path folder = folders.substr(at, end - at);
    if (folder.is_absolute() && is_program(folder / name)) return folder / name;
    at = end + 1;
  }
  return !also.empty() && is_program(also / name) ? also / name : fs::path{};
}

result<command> command::start(const fs::path& program, const std::vector<std::string>& arguments,
                               std::chrono::milliseconds limit) {
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return fail(errc::actor_failed, std::string{"no pipe: "} + std::strerror(errno));
  // Only our end: what the child writes to may block it.
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  auto variables = small_environment();
  pid_t child = -1;
  const child_setup setup{pipe[1]};
  const int error = ::posix_spawn(&child, program.c_str(), setup.actions(), setup.attributes(),
                                  pointers(words).data(), pointers(variables).data());
  ::close(pipe[1]);
  if (error != 0) {
    ::close(pipe[0]);
    return fail(errc::actor_failed,
                program.string() + " cannot be started: " + std::strerror(error));
  }
  return command{child, pipe[0], std::chrono::steady_clock::now() + limit};
}

command::command(command&& from) noexcept
  : child_(std::exchange(from.child_, -1)), output_(std::exchange(from.output_, -1)),
    deadline_(from.deadline_), said_(std::move(from.said_)), doom_(std::move(from.doom_)) {}

command::~command() {
  kill();
  if (child_ > 0) ::waitpid(child_, nullptr, WNOHANG);
}

void command::kill() noexcept {
  if (output_ >= 0) ::close(std::exchange(output_, -1));
  if (child_ > 0) ::kill(-child_, SIGKILL);
}

/// True when it will say no more.
bool command::read_all() {
  std::array<char, 4096> some{};
  while (said_.size() <= most_said) {
    const auto got = ::read(output_, some.data(), some.size());
    if (got > 0)
      said_.append(some.data(), static_cast<std::size_t>(got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
      return true;
    else if (errno == EAGAIN)
      return false;
  }
  return false;
}

std::optional<result<std::string>> command::look() {
  bool silent = doom_.has_value();
  if (!silent) {
    silent = read_all();
    if (said_.size() > most_said) doom_ = fail(errc::unreadable_reply, "the program says too much");
  }
  int how = 0;
  if (child_ > 0 && silent && ::waitpid(child_, &how, WNOHANG) == child_) {
    child_ = -1;
    const bool well = WIFEXITED(how) && WEXITSTATUS(how) == 0;
    if (!well && !doom_) doom_ = fail(errc::actor_failed, "the program failed");
    if (!doom_) return result<std::string>{std::move(said_)};
  }
  if (!doom_ && std::chrono::steady_clock::now() >= deadline_)
    doom_ = fail(errc::timed_out, "the program took too long");
  if (!doom_) return std::nullopt;
  kill();
  if (child_ > 0) return std::nullopt; // until it is gone
  return result<std::string>{*doom_};
}

} // namespace hive::machine
