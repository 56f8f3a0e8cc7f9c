#include "core/net/engine.hpp"

#include "core/net/curl_loop.hpp"

#include <utility>

namespace hive::net {

outcome exchange_handler::on_hop(const reply_head&) {
  return {};
}

exchange::exchange() noexcept = default;
exchange::~exchange() = default;
exchange::exchange(exchange&&) noexcept = default;
exchange& exchange::operator=(exchange&&) noexcept = default;

void exchange::resume() {
  if (state_ && state_->what != nullptr) state_->loop->resume_soon(*state_->what);
}

timer::~timer() {
  if (state_ && state_->loop != nullptr) state_->loop->forget(state_->key);
}
timer::timer(timer&&) noexcept = default;
timer& timer::operator=(timer&& other) noexcept {
  std::swap(state_, other.state_);
  timer{std::move(other)}; // takes back the one that stood here
  return *this;
}

engine::engine() = default;
engine::~engine() = default;

result<std::unique_ptr<engine>> engine::start(engine_options options) {
  HIVE_TRY(auto loop, curl_loop::make(std::move(options)));
  std::unique_ptr<engine> out{new engine};
  out->loop_ = std::move(loop);
  return out;
}

void engine::post(std::function<void()> call) {
  loop_->box()->post(std::move(call));
}

engine_counts engine::counts() const noexcept {
  return loop_->counts();
}

std::optional<std::chrono::milliseconds> engine::turn() const noexcept {
  return loop_->turn();
}

bool engine::on_loop_thread() const noexcept {
  return loop_->here();
}

exchange engine::begin(request what, exchange_handler& handler) {
  exchange out;
  out.state_ = std::make_unique<exchange::state>();
  loop_->begin(std::move(what), handler, *out.state_);
  return out;
}

timer engine::after(std::chrono::milliseconds wait, std::function<void()> call) {
  return loop_->after(wait, std::move(call));
}

} // namespace hive::net
