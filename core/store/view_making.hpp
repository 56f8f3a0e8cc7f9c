#pragma once
/// One view of an artifact being made, a piece at a time: what has to be copied first may take
/// long, and whoever makes it can do something else, or give up, between two steps. Given up, what
/// was copied goes. Blocks; one thread.

#include "core/store/showroom.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace hive::store {

class view_making {
 public:
  /// `room` must outlive it.
  view_making(home where, showroom& room, artifact what, view_wish wish)
    : where_(std::move(where)), room_(room), what_(std::move(what)), wish_(std::move(wish)) {}
  ~view_making();
  view_making(const view_making&) = delete;
  view_making& operator=(const view_making&) = delete;

  /// How it went; empty: there is more to do.
  std::optional<view_sight> step();

 private:
  outcome begin();
  result<bool> copy();

  home where_;
  showroom& room_;
  artifact what_;
  view_wish wish_;
  std::optional<tool_view> view_; ///< empty: not begun
  std::vector<view_copy> copies_;
  std::size_t copied_{0};
  std::optional<duplication> now_; ///< of the next copy
};

} // namespace hive::store
