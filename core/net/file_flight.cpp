#include "core/net/file_flight.hpp"

#include "core/base/file_version.hpp"
#include "core/net/curl_loop.hpp"
#include "core/net/local_url.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace hive::net {

namespace {

/// Of a file that cannot be opened: nothing changes by itself for one that is missing or closed.
errc code_of(int error) noexcept {
  if (error == ENOENT || error == ENOTDIR) return errc::entry_missing;
  if (error == EACCES || error == EPERM) return errc::source_unreadable;
  return errc::disk_failed;
}

std::string reason(int error) {
  return std::generic_category().message(error);
}

} // namespace

file_flight::~file_flight() {
  file_flight::close();
}

void file_flight::close() noexcept {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

outcome file_flight::open() {
  path_ = local_path(request_.url);
  if (path_.empty()) return fail(errc::bad_reference, "not the URL of a local file");
  if (request_.method != "GET" && request_.method != "HEAD")
    return fail(errc::bad_request, "a local file can only be read");
  file_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file_ < 0) {
    return fail(code_of(errno), path_ + ": " + reason(errno));
  }
  if (::fstat(file_, &seen_) != 0) return fail(errc::disk_failed, path_ + ": " + reason(errno));
  if (!S_ISREG(seen_.st_mode)) return fail(errc::bad_reference, path_ + " is not a regular file");
  return {};
}

/// The entity tag changes with the file, so that callers can bind a resume to it.
reply_head file_flight::make_head() {
  const auto size = static_cast<std::uint64_t>(seen_.st_size);
  reply_head head;
  head.status = 200;
  head.url = request_.url;
  head.address = "local";
  head.headers.emplace_back("accept-ranges", "bytes");
  head.headers.emplace_back("etag", "\"" + file_version(seen_) + "\"");
  end_ = size;
  if (request_.range && request_.range->begin < size) {
    head.status = 206;
    at_ = request_.range->begin;
    end_ = std::min(request_.range->end, size);
    head.headers.emplace_back("content-range", "bytes " + std::to_string(at_) + "-" +
                                                   std::to_string(end_ - 1) + "/" +
                                                   std::to_string(size));
  } else if (request_.range) {
    head.status = 416;
    head.headers.emplace_back("content-range", "bytes */" + std::to_string(size));
    at_ = end_ = 0;
  }
  head.headers.emplace_back("content-length", std::to_string(end_ - at_));
  return head;
}

void file_flight::start() {
  if (request_.range && request_.range->empty())
    return end(fail(errc::bad_request, "a request for no bytes at all"));
  if (auto opened = open(); !opened) return end(std::move(opened));
  const auto head = make_head();
  if (auto told = tell_head(head); !told) return end(std::move(told));
  if (request_.method == "HEAD") at_ = end_;
  loop_.step_soon(*this);
}

void file_flight::resume() {
  if (!std::exchange(paused_, false)) return;
  loop_.step_soon(*this);
}

void file_flight::step() {
  if (at_ >= end_) {
    if (unchanged()) return end({});
    return end(fail(errc::source_changed, path_ + " was changed while it was read"));
  }
  auto& buffer = loop_.scratch();
  const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_ - at_));
  const auto got = ::pread(file_, buffer.data(), want, static_cast<off_t>(at_));
  if (got < 0) return end(fail(errc::disk_failed, path_ + ": " + reason(errno)));
  if (got == 0) return end(fail(errc::source_changed, path_ + " became shorter while it was read"));
  const auto how = tell_body({buffer.data(), static_cast<std::size_t>(got)});
  if (!how) return end(how.why());
  paused_ = *how == taken::pause;
  if (paused_) return;
  at_ += static_cast<std::uint64_t>(got);
  loop_.step_soon(*this);
}

bool file_flight::unchanged() const noexcept {
  struct stat now {};
  return ::fstat(file_, &now) == 0 && file_version(now) == file_version(seen_);
}

} // namespace hive::net
