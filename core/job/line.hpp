#pragma once
/// The line of jobs that wait for a slot: higher priority first, then rank, then age. Pure; finding
/// a job or a place is logarithmic, every change at most one move of the list.

#include "core/base/ids.hpp"
#include "core/job/record.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hive {

/// Where a job stands. Ranks of jobs nobody has moved are their time of creation.
struct line_place {
  std::int64_t priority{0};
  std::int64_t rank{0};
  job_id id;
  friend bool operator==(const line_place&, const line_place&) = default;
};

line_place place_of(const job_record& job);

class job_line {
 public:
  void put(line_place at);
  void erase(const line_place& at);
  std::size_t size() const noexcept { return places_.size(); }
  const std::vector<line_place>& places() const noexcept { return places_; }
  /// From 1.
  std::size_t position_of(const line_place& at) const;

  /// What has to change for `who`, which stands in the line, to be at `position` (from 1; beyond
  /// the end: last). Its priority changes only when its neighbours there have none that allows its
  /// own; others are listed when their ranks left no gap. The line itself is not changed.
  std::vector<line_place> to_move(const line_place& who, std::size_t position) const;

 private:
  std::vector<line_place> places_; ///< in order
};

} // namespace hive
