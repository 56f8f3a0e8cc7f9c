#include "core/net/flight.hpp"

#include "core/net/curl_loop.hpp"

#include <utility>

namespace hive::net {

exchange::state::~state() {
  if (what != nullptr) loop->drop(*what);
}

flight::flight(curl_loop& loop, request what, exchange_handler& handler)
  : loop_(loop), request_(std::move(what)), handler_(&handler) {}

void flight::abandon() noexcept {
  if (seat_ != nullptr) seat_->what = nullptr;
  seat_ = nullptr;
  handler_ = nullptr;
}

void flight::end(outcome how) {
  auto* const handler = handler_;
  abandon();
  loop_.retire(*this);
  if (handler != nullptr) handler->on_end(std::move(how));
}

template <class T, class F>
result<T> flight::guarded(F&& call) {
  if (handler_ == nullptr) return fail(errc::cancelled, "the exchange is gone");
  try {
    auto said = call(*handler_);
    if (handler_ == nullptr) return fail(errc::cancelled, "the exchange is gone");
    return said;
  } catch (const std::exception& e) {
    return fail(errc::actor_failed, std::string{"a handler of the network failed: "} + e.what());
  }
}

outcome flight::tell_hop(const reply_head& head) {
  return guarded<void>([&](exchange_handler& h) { return h.on_hop(head); });
}

outcome flight::tell_head(const reply_head& head) {
  return guarded<void>([&](exchange_handler& h) { return h.on_head(head); });
}

result<taken> flight::tell_body(std::span<const std::byte> bytes) {
  auto how = guarded<taken>([&](exchange_handler& h) { return h.on_body(bytes); });
  if (how && *how == taken::all) loop_.count_body(bytes.size());
  return how;
}

} // namespace hive::net
