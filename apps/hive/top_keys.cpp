#include "apps/hive/top_view.hpp"

#include <algorithm>

namespace hive::cli {
namespace {

constexpr std::size_t around_list = 6; ///< lines that are no rows
constexpr std::size_t longest_filter = 200;

std::size_t page_of(extent size) {
  return size.rows > around_list + 1 ? size.rows - around_list : 1;
}

std::size_t chosen_row(const std::vector<actor_place>& rows, const top_data& data,
                       std::uint64_t id) {
  const auto found = std::ranges::find_if(
      rows, [&](const actor_place& row) { return data.actors[row.which].id == id; });
  return found == rows.end() ? 0 : static_cast<std::size_t>(found - rows.begin());
}

/// Where `key` leads from `at` in something of `size` rows.
std::size_t moved(std::size_t at, top_key key, std::size_t page, std::size_t size) {
  const auto last = size == 0 ? 0 : size - 1;
  switch (key) {
  case top_key::up: return at == 0 ? 0 : at - 1;
  case top_key::down: return std::min(at + 1, last);
  case top_key::page_up: return at < page ? 0 : at - page;
  case top_key::page_down: return std::min(at + page, last);
  case top_key::home: return 0;
  case top_key::end: return last;
  default: return at;
  }
}

void sort_by(top_view& view, const char* by) {
  view.tree = false;
  view.by = by;
  view.first = 0;
  view.selected = 0;
}

void move(top_view& view, top_key key, const top_data& data, extent size) {
  const auto rows = rows_of(data, view);
  if (rows.empty()) return;
  const auto at = moved(chosen_row(rows, data, view.selected), key, page_of(size), rows.size());
  view.selected = data.actors[rows[at].which].id;
}

/// The actor an action would be of; 0: there is none.
std::uint64_t chosen(const top_view& view, const top_data& data) {
  if (view.looked_at != 0) return view.looked_at;
  const auto rows = rows_of(data, view);
  if (rows.empty()) return 0;
  return data.actors[rows[chosen_row(rows, data, view.selected)].which].id;
}

/// Keys that mean the same in the list and in the detail.
top_order act(top_view& view, char letter, const top_data& data) {
  const auto whom = chosen(view, data);
  if (whom == 0) return {};
  if (letter == 'p') return {false, "pause", whom};
  if (letter == 'r') return {false, "resume", whom};
  if (letter != 'c' && letter != 'k') return {};
  view.wanted = letter == 'c' ? "cancel" : "restart";
  view.selected = whom;
  view.mode = top_mode::confirm;
  return {};
}

top_order in_list(top_view& view, top_press what, const top_data& data, extent size) {
  if (what.key == top_key::enter) {
    view.looked_at = chosen(view, data);
    if (view.looked_at == 0) return {};
    view.selected = view.looked_at;
    view.mode = top_mode::detail;
    view.first = 0;
    return {};
  }
  if (what.key == top_key::escape) {
    view.filter.clear();
    return {};
  }
  if (what.key != top_key::letter) {
    move(view, what.key, data, size);
    return {};
  }
  switch (what.letter) {
  case 'q': return {true, {}, 0};
  case 't': view.tree = !view.tree; break;
  case 'P': sort_by(view, "time"); break;
  case 'M': sort_by(view, "queue"); break;
  case 'R': sort_by(view, "rate"); break;
  case 'A': sort_by(view, "age"); break;
  case 'G': sort_by(view, "growth"); break;
  case 'j': move(view, top_key::down, data, size); break;
  case '/':
    view.mode = top_mode::filter;
    view.typed = view.filter;
    break;
  case '?':
  case 'h': view.mode = top_mode::help; break;
  default: return act(view, what.letter, data);
  }
  return {};
}

void leave_detail(top_view& view) {
  view.mode = top_mode::list;
  view.looked_at = 0;
  view.first = 0;
}

top_order in_detail(top_view& view, top_press what, const top_data& data, extent size) {
  const bool leaves = what.key == top_key::escape || what.key == top_key::backspace ||
                      (what.key == top_key::letter && what.letter == 'q');
  if (leaves) {
    leave_detail(view);
    return {};
  }
  if (what.key == top_key::letter) return act(view, what.letter, data);
  view.first = moved(view.first, what.key, page_of(size), data.detail.size());
  return {};
}

top_order in_filter(top_view& view, top_press what) {
  if (what.key == top_key::letter && view.typed.size() < longest_filter) view.typed += what.letter;
  if (what.key == top_key::backspace && !view.typed.empty()) view.typed.pop_back();
  if (what.key != top_key::enter && what.key != top_key::escape) return {};
  if (what.key == top_key::enter) view.filter = view.typed;
  view.mode = top_mode::list;
  view.first = 0;
  return {};
}

top_order in_confirm(top_view& view, top_press what) {
  view.mode = view.looked_at != 0 ? top_mode::detail : top_mode::list;
  const bool yes = what.key == top_key::letter && (what.letter == 'y' || what.letter == 'Y');
  if (!yes) return {};
  return {false, view.wanted, view.looked_at != 0 ? view.looked_at : view.selected};
}

} // namespace

top_order press(top_view& view, top_press what, const top_data& data, extent size) {
  if (what.key == top_key::none) return {};
  view.note.clear();
  switch (view.mode) {
  case top_mode::list: return in_list(view, what, data, size);
  case top_mode::detail: return in_detail(view, what, data, size);
  case top_mode::filter: return in_filter(view, what);
  case top_mode::confirm: return in_confirm(view, what);
  case top_mode::help: view.mode = top_mode::list; return {};
  }
  return {};
}

} // namespace hive::cli
