#pragma once
/// Who has answered the last call for a sign of life, and what follows for those who have not.
/// Pure: the caller gives the time and who lives.

#include "actors/resident.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hive::actors {

/// How long an actor may be silent. One that blocks may wait for a slow disk and cannot be ended
/// while it does: its silence is told, nothing else.
struct patience {
  std::chrono::milliseconds every{std::chrono::seconds{3}}; ///< between two calls
  std::chrono::milliseconds tell{std::chrono::seconds{6}};
  std::chrono::milliseconds tell_blocking{std::chrono::seconds{10}};
  std::chrono::milliseconds end{std::chrono::seconds{15}}; ///< then it counts as crashed
};

enum class sign : std::uint8_t {
  silent, ///< for long enough to say so
  lost,   ///< it is to be ended
  stuck,  ///< it could not be ended either
  back,   ///< it answers again
};

struct finding {
  sign what{sign::silent};
  resident who;
  std::chrono::milliseconds silence{0};
};

class roll_call {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  explicit roll_call(patience how) : how_(how) {}

  /// What is new about those who owe an answer.
  std::vector<finding> judge(time_point now);
  /// Takes in who lives now and returns whom to ask: nobody has more than one question open.
  std::vector<resident> call(time_point now, const std::vector<resident>& alive);
  /// It has answered. A finding when its silence had been told.
  std::optional<finding> hear(std::uint64_t id, time_point now);
  /// Those whose silence is told at present.
  std::vector<finding> silent(time_point now) const;

 private:
  struct entry {
    resident who;
    std::optional<time_point> asked; ///< and not answered
    std::optional<sign> told;
  };
  std::optional<sign> sign_of(const entry& one, time_point now) const;

  patience how_;
  std::map<std::uint64_t, entry> known_;
};

} // namespace hive::actors
