#include "apps/http/door.hpp"

#include "apps/http/listener.hpp"
#include "apps/http/premises.hpp"
#include "core/job/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <thread>
#include <utility>

namespace hive::http {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds farewell{2};

/// Where programs on this machine reach `where`.
std::string local_url(const asio::ip::tcp::endpoint& where) {
  auto address = where.address();
  if (address.is_unspecified())
    address = address.is_v6() ? asio::ip::address{asio::ip::address_v6::loopback()}
                              : asio::ip::address{asio::ip::address_v4::loopback()};
  const auto text = address.to_string();
  return "http://" + (address.is_v6() ? '[' + text + ']' : text) + ':' +
         std::to_string(where.port());
}

} // namespace

struct door::parts {
  parts(door_options options, backend& node, guard rules)
    : shared{std::make_shared<premises>(std::move(options), node, std::move(rules))},
      entrance{*shared}, last_call{shared->io} {}

  std::shared_ptr<premises> shared;
  listener entrance;
  asio::steady_timer last_call;
  std::string url;
  std::thread thread;
};

door::door() = default;

door::~door() {
  close();
}

const std::string& door::url() const noexcept {
  return parts_->url;
}

result<std::unique_ptr<door>> door::open(door_options options, backend& node) {
  HIVE_TRY(const auto address, read_listen_address(options.listen));
  const bool loopback = address.where.address().is_loopback();
  if (!loopback && options.api_token.empty())
    return fail(errc::bad_config,
                "listening on " + options.listen + " without an API token would let anyone in",
                "set HIVE_TOKEN, or listen on 127.0.0.1");
  guard rules{loopback, address.host, options.api_token};
  std::unique_ptr<door> out{new door};
  out->parts_ = std::make_unique<parts>(std::move(options), node, std::move(rules));
  auto& own = *out->parts_;
  HIVE_CHECK(own.entrance.bind(address.where));
  own.url = local_url(own.entrance.bound());
  own.entrance.accept();
  const auto hear = [weak = own.shared->weak_from_this()](bool afar) {
    return [weak, afar](event_ptr what) {
      if (const auto here = weak.lock()) here->fan.post(std::move(what), afar);
    };
  };
  node.subscribe(hear(false), hear(true));
  own.thread = std::thread{[shared = own.shared] { shared->io.run(); }};
  log(level::info, "door", "listening", "on " + own.url);
  return out;
}

void door::close() {
  auto& own = *parts_;
  if (!own.thread.joinable()) return;
  auto& shared = *own.shared;
  asio::post(shared.io, [&own, &shared] {
    shared.closing = true;
    own.entrance.close();
    shared.fan.close();
    for (const auto& one : std::exchange(shared.bodies, {})) one->close();
    const auto open = shared.sessions;
    for (const auto& one : open) one->close();
    if (shared.sessions.empty()) return shared.io.stop();
    own.last_call.expires_after(farewell);
    own.last_call.async_wait([&shared](boost::system::error_code) { shared.io.stop(); });
  });
  own.thread.join();
  shared.disk.join();
  shared.sessions.clear();
}

} // namespace hive::http
