#include "core/machine/sensors.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace hive;
using namespace hive::machine;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A folder in which a machine is built, and a $PATH that leads to its bin/ only.
class stage {
 public:
  stage() {
    auto name = (fs::temp_directory_path() / "hive-machine-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    fs::create_directories(root / "bin");
    path_ = std::getenv("PATH");
    ::setenv("PATH", (root / "bin").c_str(), 1);
  }
  ~stage() {
    ::setenv("PATH", path_.c_str(), 1);
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  void write(const fs::path& at, const std::string& text) const {
    fs::create_directories((root / at).parent_path());
    std::ofstream{root / at} << text;
  }
  void tool(const std::string& name, const std::string& script) const {
    write("bin/" + name, "#!/bin/sh\n" + script);
    fs::permissions(root / "bin" / name, fs::perms::owner_all);
  }
  /// As the kernel lays it out: the card links to its place on the bus, that to its driver.
  void card(const std::string& name, const std::string& bus, const std::string& vendor,
            const std::string& driver) const {
    const auto place = root / "sys/devices/pci0000:00" / bus;
    write(place / "vendor", vendor + "\n");
    fs::create_directories(root / "sys/bus/pci/drivers" / driver);
    fs::create_symlink(root / "sys/bus/pci/drivers" / driver, place / "driver");
    fs::create_directories(root / "sys/class/drm" / name);
    fs::create_symlink(place, root / "sys/class/drm" / name / "device");
  }

  fs::path root;

 private:
  std::string path_;
};

/// What a command comes to; looks again and again, since looking never waits.
result<std::string> outcome_of(command& run) {
  while (true) {
    if (auto said = run.look()) return *said;
    std::this_thread::yield();
  }
}

result<std::string> shell(const std::string& script, std::chrono::milliseconds limit = 20s) {
  auto run = command::start("/bin/sh", {"-c", script}, limit);
  REQUIRE(run);
  return outcome_of(*run);
}

std::vector<device> round_of(device_survey& survey) {
  while (true) {
    if (auto found = survey.step()) return *found;
    std::this_thread::yield();
  }
}

} // namespace

TEST_CASE("a program's words come when it has ended well, else a failure does") {
  CHECK(shell("echo a; echo b") == "a\nb\n");
  CHECK(shell("exit 3").why().code == errc::actor_failed);
  CHECK(shell("kill -9 $$").why().code == errc::actor_failed);
  CHECK(shell("while :; do echo much; done").why().code == errc::unreadable_reply);
  CHECK_FALSE(command::start("/nonexistent", {}, 1s));
}

TEST_CASE("a program that takes too long is killed with what it started") {
  const stage s;
  const auto note = (s.root / "pid").string();
  auto run =
      command::start("/bin/sh", {"-c", "/bin/sleep 1000 & echo $! > " + note + "; wait"}, 1s);
  REQUIRE(run);
  CHECK(outcome_of(*run).why().code == errc::timed_out);
  CHECK(run->look()->why().code == errc::timed_out);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1); // no child is left, dead or alive
  std::string pid;
  REQUIRE(std::getline(std::ifstream{note}, pid));
  // Gone, or dead and waiting for whoever inherits orphans here.
  const auto state = [&] {
    std::ifstream whole{"/proc/" + pid + "/stat"};
    whole.ignore(4096, ')');
    char letter = 'Z';
    whole >> letter;
    return letter;
  };
  while (state() != 'Z') std::this_thread::yield();
}

TEST_CASE("a program gets no input, no descriptor of ours and little of our environment") {
  ::setenv("HF_TOKEN", "secret", 1);
  std::array<int, 2> ours{};
  REQUIRE(::pipe(ours.data()) == 0);
  CHECK(shell("read line; echo \"[$line] ${HF_TOKEN-unset} $LC_ALL\"") == "[] unset C\n");
  CHECK(shell("for f in /proc/self/fd/*; do test ${f##*/} -gt 9 && echo $f; done; true") == "");
  CHECK(shell("test -e /proc/$$/fd/" + std::to_string(ours[0]) + " && echo open; true") == "");
  ::close(ours[0]);
  ::close(ours[1]);
  ::unsetenv("HF_TOKEN");
}

TEST_CASE("programs are found in absolute folders of PATH only") {
  const stage s;
  s.tool("asked", "exit 0");
  s.write("bin/plain", "no program");
  s.write("more/other", "no program");
  CHECK(find_program("asked") == s.root / "bin/asked");
  CHECK(find_program("plain").empty());
  CHECK(find_program("nothing", s.root / "more").empty());
  CHECK(find_program("asked", s.root / "more") == s.root / "bin/asked");
  ::setenv("PATH", "", 1);
  CHECK(find_program("asked", s.root / "bin") == s.root / "bin/asked");
  ::setenv("PATH", "bin:.", 1);
  CHECK(find_program("asked").empty());
}

TEST_CASE("a reading has what this machine tells, and nothing for what it does not") {
  const auto here = take_reading(fs::temp_directory_path());
  CHECK(here.time > wall_time{});
  CHECK(here.since_boot > 0ms);
  CHECK(here.cpus.value_or(0) > 0);
  CHECK(here.load);
  CHECK(here.memory);
  CHECK(here.disk);
  CHECK(here.resident.value_or(0) > 0);
  CHECK(here.open_files.value_or(0) > 2);
  CHECK(here.most_open_files.value_or(0) > 2);
  const stage bare;
  const auto there = take_reading(bare.root / "no/such", bare.root);
  CHECK_FALSE(there.load);
  CHECK_FALSE(there.memory);
  CHECK_FALSE(there.disk);
  CHECK_FALSE(there.resident);
  CHECK_FALSE(there.open_files);
}

TEST_CASE("devices of the kernel's folders are found without any tool") {
  const stage s;
  s.card("card0", "0000:00:02.0", "0x8086", "i915");
  s.card("card1", "0000:03:00.0", "0x1002", "amdgpu");
  s.write("sys/class/drm/card1/device/mem_info_vram_total", "17163091968\n");
  s.write("sys/class/drm/card0-DP-1/status", "connected\n");
  s.card("renderD128", "0000:04:00.0", "0x1002", "amdgpu");
  device_survey survey{s.root};
  const auto found = round_of(survey);
  REQUIRE(found.size() == 2);
  CHECK(found[0] == device{"0000:00:02.0", "intel", "", "i915", std::nullopt, std::nullopt});
  CHECK(found[1].memory_total == 17'163'091'968u);
  CHECK(round_of(survey) == found);
  const stage bare;
  device_survey nothing{bare.root};
  CHECK(nothing.step() == std::vector<device>{});
}

TEST_CASE("vendors' tools say more of a device, and one that hangs or fails costs nothing else") {
  const stage s;
  s.card("card0", "0000:01:00.0", "0x10de", "nvidia");
  s.tool("nvidia-smi", "echo '00000000:01:00.0, NVIDIA L4, 23034, 512, 550.54.14'");
  s.tool("rocm-smi", "/bin/sleep 1000");
  device_survey survey{s.root, 400ms};
  const auto found = round_of(survey);
  REQUIRE(found.size() == 1);
  CHECK(found[0] == device{"0000:01:00.0", "nvidia", "NVIDIA L4", "nvidia 550.54.14",
                           23034ull << 20, 512ull << 20});
  s.tool("nvidia-smi", "exit 9");
  fs::remove(s.root / "bin/rocm-smi");
  CHECK(round_of(survey).front().name.empty());
}
