#include "core/net/keyring.hpp"

#include "core/net/message.hpp"

#include <algorithm>
#include <utility>

namespace hive::net {

std::optional<std::string> pass::authorization_for(const origin& where) const {
  const std::lock_guard hold{mutex_};
  if (!now_ || now_->where != where) return std::nullopt;
  return now_->authorization;
}

std::uint64_t pass::number() const {
  const std::lock_guard hold{mutex_};
  return number_;
}

bool pass::stale() const {
  const std::lock_guard hold{mutex_};
  return stale_from_ && std::chrono::steady_clock::now() >= *stale_from_;
}

void pass::renew(std::uint64_t seen, const reply_head* refused, std::function<void(outcome)> done) {
  std::unique_lock hold{mutex_};
  if (number_ > seen) {
    hold.unlock();
    return done({});
  }
  waiting_.push_back(std::move(done));
  if (waiting_.size() > 1) return;
  const auto mine = ++errands_;
  if (refused != nullptr) refused_ = std::make_shared<const reply_head>(*refused);
  const auto why = refused_;
  hold.unlock();
  if (!why) return take(fail(errc::credentials_needed, "nobody asked for a token"));
  auto started = errand_(*why, [me = weak_from_this()](result<token> got) {
    if (const auto alive = me.lock()) alive->take(std::move(got));
  });
  hold.lock();
  // It may be over by now, and the next one under way.
  if (!waiting_.empty() && mine == errands_) running_ = std::move(started);
}

void pass::take(result<token> got) {
  std::vector<std::function<void(outcome)>> told;
  std::shared_ptr<void> finished; // freed when nothing is locked
  {
    const std::lock_guard hold{mutex_};
    if (got) {
      now_ = got->what;
      ++number_;
      stale_from_.reset();
      if (got->lasts)
        stale_from_ =
            std::chrono::steady_clock::now() + std::chrono::milliseconds{*got->lasts} * 9 / 10;
    }
    told.swap(waiting_);
    finished.swap(running_);
  }
  for (const auto& done : told) done(got ? outcome{} : outcome{got.why()});
}

void keyring::add(const keyring& others) {
  for (const auto& one : others.credentials_) add(one);
}

void keyring::add(credential c) {
  credentials_.push_back(std::move(c));
}

std::optional<std::string> keyring::authorization_for(std::string_view url) const {
  const auto where = origin_of(url);
  if (!where) return std::nullopt;
  const auto found = std::ranges::find(credentials_, *where, &credential::where);
  if (found != credentials_.end()) return found->authorization;
  return pass_ ? pass_->authorization_for(*where) : std::nullopt;
}

} // namespace hive::net
