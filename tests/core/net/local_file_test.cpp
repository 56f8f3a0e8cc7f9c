#include "tests/core/net/network.hpp"

#include "core/base/percent.hpp"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

using namespace hive;
using namespace hive::net;
using namespace hive::net::testing;
using support::pattern;

namespace {

constexpr std::size_t content_size = 3'000'000;

/// A file with pattern(9) in a folder of its own, and its URL.
struct local_file {
  std::filesystem::path folder;
  std::filesystem::path path;

  local_file() {
    auto name = (std::filesystem::temp_directory_path() / "hive-net-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    path = folder / "a b.gguf";
    std::ofstream{path, std::ios::binary} << pattern(9, 0, content_size);
  }
  ~local_file() { std::filesystem::remove_all(folder); }
  local_file(const local_file&) = delete;
  local_file& operator=(const local_file&) = delete;

  std::string url() const { return "file://" + percent_encode(path.string(), "/"); }
};

} // namespace

TEST_CASE("a local file is told like a server's") {
  const local_file f;
  auto e = start_engine();
  recorder r;
  r.start(*e, {.url = f.url()});
  REQUIRE(r.wait());
  CHECK(r.head().status == 200);
  CHECK(find_header(r.head().headers, "content-length") == std::to_string(content_size));
  CHECK(r.body() == pattern(9, 0, content_size));
  CHECK(e->counts().bytes_received == content_size);
  const auto head = get(*e, {.method = "HEAD", .url = f.url()});
  REQUIRE(head);
  CHECK(head->body.empty());
  CHECK(find_header(head->head.headers, "etag") == find_header(r.head().headers, "etag"));
}

TEST_CASE("a range of a local file is granted as a range") {
  const local_file f;
  auto e = start_engine();
  const byte_range asked{1'000'001, 2'000'002};
  recorder r;
  r.start(*e, {.url = f.url(), .range = asked});
  REQUIRE(r.wait());
  CHECK(check_range(r.head(), asked, content_size));
  CHECK(r.body() == pattern(9, asked.begin, asked.size()));
  CHECK(get(*e, {.url = f.url(), .range = byte_range{content_size, content_size + 1}})
            .value()
            .head.status == 416);
}

TEST_CASE("reading a local file can pause and be left") {
  const local_file f;
  auto e = start_engine();
  recorder r;
  int calls = 0;
  SECTION("pause at every other call") {
    r.body_came = [&](std::span<const std::byte>) -> result<taken> {
      if (++calls % 2 == 0) return taken::all;
      r.running.resume();
      return taken::pause;
    };
    r.start(*e, {.url = f.url()});
    REQUIRE(r.wait());
    CHECK(r.body() == pattern(9, 0, content_size));
  }
  SECTION("leave") {
    std::promise<void> left;
    r.body_came = [&](std::span<const std::byte>) -> result<taken> {
      r.running = {};
      left.set_value();
      return taken::all;
    };
    r.start(*e, {.url = f.url()});
    REQUIRE(left.get_future().wait_for(patience) == std::future_status::ready);
    on_loop(*e, [] {});
    CHECK(r.ends() == 0);
    CHECK(e->counts().exchanges_open == 0);
  }
}

TEST_CASE("a local file that changes while it is read is not delivered as if it had not") {
  const local_file f;
  auto e = start_engine();
  recorder r;
  std::function<void()> touch;
  SECTION("shorter") {
    touch = [&] { std::filesystem::resize_file(f.path, content_size / 2); };
  }
  SECTION("written to") {
    touch = [&] {
      const auto then = std::filesystem::last_write_time(f.path);
      std::filesystem::last_write_time(f.path, then + 1s);
    };
  }
  r.body_came = [&](std::span<const std::byte>) -> result<taken> {
    if (touch) std::exchange(touch, nullptr)();
    return taken::all;
  };
  r.start(*e, {.url = f.url()});
  const auto end = r.wait();
  REQUIRE_FALSE(end);
  CHECK(end.why().code == errc::source_changed);
}

TEST_CASE("what is no readable local file is said so") {
  const local_file f;
  REQUIRE(::mkfifo((f.folder / "pipe").c_str(), 0600) == 0);
  auto e = start_engine();
  const auto code = [&](std::string url) { return get(*e, {.url = std::move(url)}).why().code; };
  CHECK(code("file://" + f.folder.string() + "/missing") == errc::entry_missing);
  CHECK(code("file://" + f.folder.string() + "/pipe") == errc::bad_reference);
  CHECK(code("file://" + f.folder.string()) == errc::bad_reference);
  CHECK(code("file://other.host/etc/passwd") == errc::bad_reference);
  CHECK(code("file://") == errc::bad_reference);
  CHECK(code("file:///a%00b") == errc::bad_reference);
  CHECK(code("file:///a%2") == errc::bad_reference);
  CHECK(get(*e, {.method = "POST", .url = f.url()}).why().code == errc::bad_request);
}
