#include "core/store/home.hpp"
#include "tests/core/store/scratch.hpp"
#include "tests/support/catch.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace hive;
using namespace hive::store;
using namespace hive::store::test;
namespace fs = std::filesystem;

TEST_CASE("a home is made once and its node folder is private") {
  scratch_folder folder;
  const home where{folder.path() / "a" / "b"};
  REQUIRE(prepare(where));
  REQUIRE(prepare(where));
  CHECK(fs::is_directory(where.blobs()));
  CHECK(fs::is_directory(where.partials()));
  CHECK(fs::is_directory(where.hub()));
  struct stat seen {};
  REQUIRE(::stat(where.node().c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0700);
  CHECK(where.blob("abcdef") == where.root / "blobs" / "sha256" / "ab" / "abcdef");
}

TEST_CASE("a home that cannot be made says where and why") {
  scratch_folder folder;
  write_file(folder.path() / "file", "x");
  const auto made = prepare(home{folder.path() / "file" / "home"});
  REQUIRE_FALSE(made);
  CHECK(made.why().code == errc::home_unwritable);
  CHECK(made.why().detail.find((folder.path() / "file").string()) != std::string::npos);
}

TEST_CASE("one holder at a time, and the second learns who the first is") {
  scratch_home home;
  CHECK(holder_url(home.where).empty());
  {
    auto first = home_lock::acquire(home.where);
    REQUIRE(first);
    CHECK(holder_url(home.where).empty());
    REQUIRE(first->announce("http://127.0.0.1:65000"));
    REQUIRE(first->announce("http://[::1]:1"));
    CHECK(holder_url(home.where) == "http://[::1]:1");
    const auto second = home_lock::acquire(home.where);
    REQUIRE_FALSE(second);
    CHECK(second.why().code == errc::home_locked);
    CHECK(second.why().detail.find(std::to_string(::getpid())) != std::string::npos);
    CHECK(second.why().detail.find("http://[::1]:1") != std::string::npos);
    const auto moved = std::move(*first);
    CHECK(holder_url(home.where) == "http://[::1]:1");
  }
  CHECK(holder_url(home.where).empty());
  CHECK(home_lock::acquire(home.where));
}

TEST_CASE("a killed holder holds nothing") {
  scratch_home home;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto held = home_lock::acquire(home.where);
    const bool good = held && held->announce("http://127.0.0.1:1");
    [[maybe_unused]] const auto told = ::write(ends[1], good ? "y" : "n", 1);
    ::pause();
    ::_exit(0);
  }
  char answer = 0;
  REQUIRE(::read(ends[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  CHECK(holder_url(home.where) == "http://127.0.0.1:1");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(holder_url(home.where).empty());
  CHECK(home_lock::acquire(home.where));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a home keeps its identity") {
  scratch_home home;
  scratch_home other;
  const auto id = identity(home.where);
  REQUIRE(id);
  CHECK(is_ulid(id->value));
  CHECK(identity(home.where).value() == *id);
  CHECK(identity(other.where).value() != *id);
  write_file(home.where.node() / "id", "nonsense\n");
  const auto bad = identity(home.where);
  REQUIRE_FALSE(bad);
  CHECK(bad.why().code == errc::bad_config);
}
