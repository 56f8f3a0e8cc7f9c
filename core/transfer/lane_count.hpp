#pragma once
/// How many lanes one file may use: steps up while more lanes bring more bytes, down when the whole
/// collapses or the server asks for calm. Pure.

#include <cstddef>

namespace hive::transfer {

class lane_count {
 public:
  lane_count(std::size_t start, std::size_t most);

  std::size_t allowed() const noexcept { return allowed_; }
  /// Once a second: bytes per second of the whole file, and how many lanes brought them.
  void sample(double rate, std::size_t open);
  /// The server is overloaded or counts requests: one lane, growing again from there.
  void calm() noexcept;
  /// The server takes one connection only: one lane for good.
  void only_one() noexcept;

 private:
  std::size_t most_;
  std::size_t allowed_;
  double best_{0}; ///< rate when it last stepped
  int poor_{0};    ///< samples in a row below half of it
};

} // namespace hive::transfer
