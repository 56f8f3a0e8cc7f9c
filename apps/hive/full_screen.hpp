#pragma once
/// The whole terminal, drawn by curses. It is as it was before when this goes, also by a throw.

#include "apps/hive/main_loop.hpp"
#include "apps/hive/top_view.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace hive::cli {

/// Main thread. One at a time.
class full_screen {
 public:
  /// `on_key` and `on_resize` are called while `loop` waits. errc::unsupported when standard input
  /// or output is no terminal that can be drawn on.
  static result<std::unique_ptr<full_screen>>
  open(main_loop& loop, std::function<void(top_press)> on_key, std::function<void()> on_resize);
  ~full_screen();
  full_screen(const full_screen&) = delete;
  full_screen& operator=(const full_screen&) = delete;

  extent size() const noexcept;
  void draw(const std::vector<top_line>& lines);

 private:
  full_screen(main_loop& loop, std::function<void(top_press)> on_key,
              std::function<void()> on_resize);
  void hear_keys();
  void hear_resize();
  int attributes_of(ink how) const noexcept;

  main_loop& loop_;
  std::function<void(top_press)> on_key_;
  std::function<void()> on_resize_;
  int resize_fd_{-1};
  bool colours_{false};
  bool utf8_{false};
  void* terminal_{nullptr}; ///< curses' SCREEN
};

} // namespace hive::cli
