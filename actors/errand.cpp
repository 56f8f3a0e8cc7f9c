#include "actors/errand.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <random>
#include <utility>

namespace hive::actors {
namespace {

constexpr std::size_t most_reply = 1u << 20; ///< bytes of one reply

/// 16 bytes nobody can guess.
std::string make_nonce() {
  std::random_device source;
  std::string out;
  while (out.size() < 16) out += static_cast<char>(source() & 0xff);
  return out;
}

/// Loop thread only, but for its end: it is given up by whoever drops the last reference.
class errand : public std::enable_shared_from_this<errand> {
 public:
  errand(net::engine& engine, vendors::conversation<net::token> words,
         std::function<void(result<net::token>)> done)
    : engine_(engine), words_(std::move(words)), done_(std::move(done)) {}

  void begin() {
    engine_.post([me = weak_from_this()] {
      if (const auto alive = me.lock()) alive->go_on();
    });
  }

 private:
  void go_on() {
    const auto* wanted = words_.wants();
    if (wanted == nullptr) return std::exchange(done_, {})(std::move(words_).value());
    fetch_ = engine_.get(*wanted, most_reply, [me = weak_from_this()](result<net::reply> got) {
      const auto alive = me.lock();
      if (!alive) return;
      alive->words_.answer(std::move(got));
      alive->go_on();
    });
  }

  net::engine& engine_;
  vendors::conversation<net::token> words_;
  std::function<void(result<net::token>)> done_;
  net::fetch fetch_;
};

} // namespace

std::shared_ptr<net::pass> make_pass(net::engine& engine,
                                     std::shared_ptr<const vendors::vendor> who, reference what,
                                     std::string token) {
  return std::make_shared<net::pass>(
      [&engine, who = std::move(who), what = std::move(what), token = std::move(token)](
          const net::reply_head& refused, std::function<void(result<net::token>)> done) {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        auto words = who->unlock(what, token, {refused, now, make_nonce()});
        auto made = std::make_shared<errand>(engine, std::move(words), std::move(done));
        made->begin();
        return made;
      });
}

} // namespace hive::actors
