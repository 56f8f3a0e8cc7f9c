#include "apps/hive/client.hpp"

#include "apps/hive/sight.hpp"
#include "core/base/ids.hpp"
#include "core/base/percent.hpp"
#include "core/base/redact.hpp"

#include <optional>
#include <utility>

namespace hive::cli {
namespace {

constexpr std::size_t max_reply = 64u << 20;

failure nobody_there(const std::string& url, const failure& why) {
  if (why.code == errc::timed_out)
    return fail(errc::no_answer, "the node at " + redact_url(url) + " did not answer in time");
  if (why.code == errc::unreachable || why.code == errc::connection_cut)
    return fail(errc::no_node, "no node answers at " + redact_url(url));
  return why;
}

result<answer> read_answer(const std::string& url, result<net::reply> reply) {
  if (!reply) return nobody_there(url, reply.why());
  if (reply->head.status >= 300) return refusal_of(*reply);
  answer out{reply->head.status, std::move(reply->body), {}};
  while (out.text.ends_with('\n')) out.text.pop_back();
  if (!out.text.empty() && out.text.front() == '{') {
    HIVE_TRY(out.body, json::parse(out.text));
  }
  return out;
}

} // namespace

failure refusal_of(const net::reply& got) {
  const auto body = json::parse(got.body);
  if (body && body->root()["code"].string()) return read_failure(body->root());
  return fail(errc::unreadable_reply,
              redact_url(got.head.url) + " answered " + std::to_string(got.head.status) +
                  " like no hive does",
              "check that --node or HIVE_NODE names a hive node");
}

client::client(main_loop& loop, net::engine& engine, std::string url, const std::string& token)
  : loop_{loop}, engine_{engine}, url_{std::move(url)}, correlation_{new_ulid()} {
  const auto where = net::origin_of(url_);
  loopback_ = where && net::is_loopback(*where);
  if (!where || token.empty()) return;
  auto keys = std::make_shared<net::keyring>();
  keys->add({*where, "Bearer " + token});
  keys_ = std::move(keys);
}

net::request client::request_for(const std::string& method, const std::string& path) const {
  net::request out;
  out.method = method;
  out.url = url_ + path;
  out.keys = keys_;
  out.max_redirects = 0;
  out.headers.emplace_back("X-Correlation-Id", correlation_);
  out.connect_timeout = std::chrono::seconds{5};
  return out;
}

client::pending client::begin(const std::string& method, const std::string& path,
                              const std::string& body, std::chrono::milliseconds limit,
                              std::function<void(result<answer>)> then) {
  auto asked = request_for(method, path);
  asked.total_timeout = limit;
  if (!body.empty()) {
    asked.headers.emplace_back("Content-Type", "application/json");
    asked.body = body;
  }
  pending out;
  out.ears_ = std::make_shared<std::function<void(result<answer>)>>(std::move(then));
  out.running_ = engine_.get(
      std::move(asked), max_reply,
      [&loop = loop_, url = url_, ears = std::weak_ptr{out.ears_}](result<net::reply> reply) {
        loop.post([url, ears, reply = std::move(reply)]() mutable {
          if (const auto heard = ears.lock()) (*heard)(read_answer(url, std::move(reply)));
        });
      });
  return out;
}

result<answer> client::call(const std::string& method, const std::string& path,
                            const std::string& body, std::chrono::milliseconds limit) {
  std::optional<result<answer>> got;
  const auto running = begin(method, path, body, limit,
                             [&got](result<answer> reply) { got.emplace(std::move(reply)); });
  if (loop_.wait([&] { return got.has_value(); }) == woken::interrupted)
    return fail(errc::cancelled, "interrupted while the node was asked", "run the command again");
  return std::move(*got);
}

outcome client::each(const std::string& path, const std::string& name,
                     const std::function<bool(json::node)>& take) {
  std::string cursor;
  do {
    HIVE_TRY(const auto page, get(path + (path.find('?') == path.npos ? "?" : "&") + "limit=500" +
                                  (cursor.empty() ? "" : "&cursor=" + percent_encode(cursor))));
    for (const auto& item : page.body.root()[name].elements())
      if (!take(item)) return {};
    cursor = page.body.root()["next_cursor"].text();
  } while (!cursor.empty());
  return {};
}

} // namespace hive::cli
