// What the crew makes of replies: of their heads, and of how they end.

#include "core/base/redact.hpp"
#include "core/transfer/crew.hpp"
#include "core/transfer/file_transfer.hpp"
#include "core/transfer/signed_link.hpp"

#include <algorithm>
#include <utility>

namespace hive::transfer {

namespace {

constexpr int most_refusals = 4;
constexpr int most_lockouts = 2; ///< the first may be the one without a token

std::string comparable(std::string_view value) {
  std::string out{net::bare_etag(value)};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool same_origin(const std::string& a, const std::string& b) {
  const auto left = net::origin_of(a);
  const auto right = net::origin_of(b);
  return left && right ? *left == *right : a == b;
}

/// Asking the same source again would not change these; a local source's disk is the job's to
/// retry.
bool final_here(errc code) {
  return !worth_retrying(code) || code == errc::source_changed || code == errc::disk_failed;
}

std::string millis(std::chrono::milliseconds wait) {
  return std::to_string(wait.count());
}

} // namespace

outcome crew::judge_hop(const net::reply_head& head) {
  return check_headers(head, false);
}

/// Only the stable address speaks for the content: other hosts send validators of their own, which
/// count where the plan says so.
outcome crew::check_headers(const net::reply_head& head, bool last) const {
  if (head.status >= 400) return {};
  const bool stable = same_origin(head.url, source().url);
  for (const auto& check : source().checks) {
    if (check.last_hop ? !last : !stable) continue;
    const auto value = net::find_header(head.headers, check.name);
    if (!value || comparable(*value) == comparable(check.value)) continue;
    return fail(errc::source_changed, redact_url(head.url) + ": " + check.name + " is now " +
                                          std::string{net::bare_etag(*value)} + ", not " +
                                          check.value);
  }
  return {};
}

/// Where no digest is expected, the entity tag must tell whether all parts are of one version.
outcome crew::check_same_version(const net::reply_head& head) {
  const auto tag = net::find_header(head.headers, "etag");
  if (file_.plan().expected || !tag) return {};
  const std::string bare{net::bare_etag(*tag)};
  if (version_.empty()) {
    version_ = bare;
    version_of_ = head.url;
  }
  if (version_ == bare || !same_origin(version_of_, head.url)) return {};
  return fail(errc::source_changed,
              redact_url(head.url) + ": another version came, " + bare + " instead of " + version_);
}

outcome crew::judge_head(lane& who, const net::reply_head& head) {
  who.came_from(head.address);
  HIVE_CHECK(check_headers(head, true));
  auto asked = who.asked();
  asked.crossed = !same_origin(head.url, source().url);
  if (auto why = vendor_refusal(head, asked, file_.refusals(), file_.plan().path)) {
    who.rule(verdict::failed);
    return *why;
  }
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto said = judge(head, asked, now);
  who.rule(said.what);
  if (said.what == verdict::locked) refused_ = head;
  if (said.what == verdict::stream || said.what == verdict::whole) {
    HIVE_CHECK(check_same_version(head));
    return accept(who, head, said);
  }
  if (said.what != verdict::wrong_size) return said.why;
  who.inspect(said.why);
  return {};
}

outcome crew::accept(lane& who, const net::reply_head& head, const ruling& said) {
  if (said.what == verdict::whole) {
    HIVE_CHECK(accept_whole(who, said));
  } else {
    if (!file_.size())
      HIVE_CHECK(learn_size(who, {who.asked().range->begin, said.end}, *said.size));
    who.stream_to(said.end);
  }
  connected_ = true;
  lockouts_ = 0;
  if (const auto where = net::origin_of(head.url)) who.led_to(net::to_string(*where));
  if (!who.asked().by_link) remember_link(head);
  if (asking_ == who.number()) asking_ = 0;
  pump_soon();
  return {};
}

outcome crew::accept_whole(lane& who, const ruling& said) {
  if (who.asked().range) {
    if (lanes_.size() > 1 || file_.here() > 0) {
      who.rule(verdict::range_ignored);
      return fail(errc::range_refused, redact_url(who.url()) + ": the range was ignored");
    }
    single_ = true;
    board_.clear();
    file_.leave_sharing("the server takes no ranges");
    tell_ignored();
  }
  if (!file_.size() && said.size) file_.learn_size(*said.size);
  who.stream_to(file_.size().value_or(lane::endless));
  return {};
}

void crew::tell_ignored() {
  file_.tell({"range-ignored",
              true,
              "the server ignores ranges: fetching " + file_.plan().path + " in one stream",
              {}});
}

/// The first part told how much there is; all but that part is still to be fetched.
outcome crew::learn_size(lane& who, byte_range granted, std::uint64_t size) {
  auto have = file_.written();
  if (!have.empty() && have.ranges().back().end > size) {
    who.rule(verdict::unsatisfiable);
    return fail(errc::range_refused, redact_url(who.url()) + ": less than what is here already");
  }
  have.add(granted);
  file_.learn_size(size);
  board_.plan(have, size);
  return {};
}

void crew::remember_link(const net::reply_head& head) {
  link_ = link{head.hop > 0 ? head.url : source().url, link_expiry(head.url)};
  if (std::exchange(had_link_, true) && head.hop > 0) {
    file_.tell({"link-refreshed",
                false,
                "a fresh link for " + file_.plan().path + " leads to " + redact_url(head.url),
                {}});
  }
}

void crew::ended(std::uint64_t number, outcome how) {
  means_->doors->post([this, file = file_.weak_from_this(), number, how = std::move(how)] {
    if (const auto alive = file.lock()) settle(number, how);
  });
}

void crew::settle(std::uint64_t number, const outcome& how) {
  const auto found = std::ranges::find(lanes_, number, [](const auto& l) { return l->number(); });
  if (found == lanes_.end()) return;
  const auto who = std::move(*found);
  lanes_.erase(found);
  if (asking_ == number) asking_ = 0;
  if (who->complete() && !who->spoiled()) {
    if (!file_.size()) file_.learn_size(who->at());
    return pump();
  }
  if (!how) return handle(*who, how.why());
  if (who->doom()) return handle(*who, *who->doom());
  handle(*who, fail(errc::connection_cut, redact_url(who->url()) + ": the reply ended at byte " +
                                              std::to_string(who->at())));
}

void crew::handle(lane& who, failure why) {
  switch (who.last_verdict()) {
  case verdict::range_ignored: return start_over(true, std::move(why));
  case verdict::unsatisfiable: return start_over(!file_.size(), std::move(why));
  default: break;
  }
  give_back(who);
  if (who.spoiled()) return file_.source_failed(*who.spoiled(), false);
  switch (who.last_verdict()) {
  case verdict::stale_link:
    if (link_ && link_->url == who.url()) link_.reset();
    return pump();
  case verdict::denied: return reduce_lanes(who, std::move(why));
  case verdict::locked: return unlock(who, std::move(why));
  default: break;
  }
  if (final_here(why.code) || who.refusals() >= most_refusals) return lost(std::move(why));
  set_back(who, std::move(why));
}

/// What the lane did not get goes back on the board; a single stream cannot go on where it was.
void crew::give_back(lane& who) {
  auto rest = who.remainder();
  rest.fresh_connection =
      who.last_verdict() != verdict::stale_link && who.last_verdict() != verdict::locked;
  rest.refusals = who.last_verdict() == verdict::refused ? rest.refusals + 1 : 0;
  if (single_) {
    if (file_.here() > 0) file_.restart();
    rest = {{0, file_.size().value_or(lane::endless)}, {}, true, rest.refusals, 0};
  }
  who.note_refusals(rest.refusals);
  board_.put(std::move(rest));
}

void crew::reduce_lanes(lane& who, failure why) {
  if (who.started() <= reduced_at_) return pump(); // begun when there were more
  if (connected_ && !one_only_) {
    one_only_ = true;
    reduced_at_ = clock::now();
    file_.tell({"lanes-reduced",
                true,
                "the server refuses parallel requests: one lane for " + file_.plan().path,
                {}});
    return pump();
  }
  if (final_here(why.code)) return lost(std::move(why));
  set_back(who, std::move(why));
}

/// Only what is asked at the stable address is asked with a token.
bool crew::key_runs_out() {
  if (!working_ || unlocking_ || !keys_ || !keys_->renewable()) return false;
  if (clock::now() < quiet_until_) return false;
  const auto* const known = usable_link();
  const bool needed = !known || known->url == source().url;
  return needed && keys_->renewable()->stale();
}

/// One file after the other may find that the token is not taken any more; all wait for one new.
void crew::unlock(lane& who, failure why) {
  if (!keys_ || !keys_->renewable()) return lost(std::move(why));
  if (unlocking_) return;
  const auto shown = who.asked().shown;
  if (keys_->renewable()->number() > shown) return pump();
  if (++lockouts_ > most_lockouts) {
    why.code = errc::credentials_rejected;
    why.detail += " to a token it had just given";
    return lost(std::move(why));
  }
  renew(shown, &refused_);
}

void crew::renew(std::uint64_t seen, const net::reply_head* refused) {
  unlocking_ = true;
  const auto told = [this, file = file_.weak_from_this()](outcome how) {
    if (const auto alive = file.lock()) unlocked(std::move(how));
  };
  keys_->renewable()->renew(seen, refused, told);
}

void crew::unlocked(outcome how) {
  unlocking_ = false;
  if (!working_) return;
  if (how) return open_lanes(); // however short its life is
  lockouts_ = 0;                // none was refused: none came
  auto why = std::move(how).why();
  if (final_here(why.code)) return lost(std::move(why));
  if (begin_wait(std::move(why))) wait_for_another_try(true);
}

void crew::start_over(bool whole, failure why) {
  if (std::exchange(started_over_, true)) return lost(std::move(why));
  dismiss();
  file_.leave_sharing("the server takes no ranges, or other ones than before");
  if (whole) {
    tell_ignored();
  } else {
    file_.tell(
        {"restarted", true, "fetching " + file_.plan().path + " anew: " + sentence(why), {}});
  }
  file_.restart();
  single_ = whole;
  work();
}

void crew::set_back(lane& who, failure why) {
  ++means_->count.lane_retries;
  if (why.retry_after || why.code == errc::rate_limited) who.crowded();
  const bool quiet = why.retry_after.has_value();
  if (who.started() > set_back_at_ && !begin_wait(std::move(why))) return;
  wait_for_another_try(quiet);
}

/// False when that was the last try.
bool crew::begin_wait(failure why) {
  const auto wait = budget_.wait_after(why);
  if (!wait) {
    lost(std::move(why));
    return false;
  }
  set_back_at_ = clock::now();
  wait_ = *wait;
  setback_ = sentence(why);
  file_.tell({"lane-retry",
              true,
              "trying " + file_.plan().path + " again in " + millis(wait_) + " ms: " + setback_,
              {{"code", std::string{to_string(why.code)}}, {"wait_ms", millis(wait_)}}});
  return true;
}

void crew::wait_for_another_try(bool quiet) {
  const auto until = clock::now() + wait_;
  if (quiet) quiet_until_ = until;
  rests_.push_back(until);
  rest_timer_ = means_->engine.after(wait_, [this, file = file_.weak_from_this()] {
    if (const auto alive = file.lock()) pump();
  });
  pump();
}

void crew::lost(failure why) {
  file_.source_failed(std::move(why), true);
}

} // namespace hive::transfer
