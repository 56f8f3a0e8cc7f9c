#pragma once
/// An exchange with a local file (file:///path): read in slices between other work of the loop,
/// told to the handler as a server would tell it. curl's own file protocol reads a whole file in
/// one go and keeps what a paused handler does not take, so it is not used.

#include "core/net/flight.hpp"

#include <cstdint>
#include <string>

#include <sys/stat.h>

namespace hive::net {

class file_flight final : public flight {
 public:
  using flight::flight;
  ~file_flight() override;

  void start() override;
  void resume() override;
  void step() override;
  void close() noexcept override;

 private:
  outcome open();
  reply_head make_head();
  bool unchanged() const noexcept;

  std::string path_;
  int file_{-1};
  struct stat seen_ {};
  std::uint64_t at_{0};
  std::uint64_t end_{0};
  bool paused_{false};
};

} // namespace hive::net
