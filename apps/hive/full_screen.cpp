#include "apps/hive/full_screen.hpp"

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#define NCURSES_NOMACROS // else erase(), move() and the like are macros
#include <curses.h>
#include <langinfo.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace hive::cli {
namespace {

constexpr int escape = 27;
constexpr int delete_key = 127;
constexpr int escape_delay_ms = 25;

constexpr short of_head = 1;
constexpr short of_alarm = 2;

/// The user's locale, or another one with UTF-8: an unset one does not mean a terminal without.
bool choose_locale() {
  const auto has_utf8 = [] { return std::string_view{::nl_langinfo(CODESET)} == "UTF-8"; };
  const char* chosen = std::setlocale(LC_CTYPE, "");
  if (has_utf8()) return true;
  const bool unset =
      chosen == nullptr || std::string_view{chosen} == "C" || std::string_view{chosen} == "POSIX";
  return unset && std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr && has_utf8();
}

std::string as_ascii(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) out += c;
    if (byte >= 0xc0) out += '?'; // one for each character of several bytes
  }
  return out;
}

top_press press_of(int key) {
  switch (key) {
  case KEY_UP: return {top_key::up};
  case KEY_DOWN: return {top_key::down};
  case KEY_PPAGE: return {top_key::page_up};
  case KEY_NPAGE: return {top_key::page_down};
  case KEY_HOME: return {top_key::home};
  case KEY_END: return {top_key::end};
  case KEY_ENTER:
  case '\r':
  case '\n': return {top_key::enter};
  case KEY_BACKSPACE:
  case '\b':
  case delete_key: return {top_key::backspace};
  case escape: return {top_key::escape};
  default: break;
  }
  if (key >= ' ' && key < delete_key) return {top_key::letter, static_cast<char>(key)};
  return {};
}

} // namespace

result<std::unique_ptr<full_screen>> full_screen::open(main_loop& loop,
                                                       std::function<void(top_press)> on_key,
                                                       std::function<void()> on_resize) {
  if (::isatty(STDIN_FILENO) != 1 || !on_terminal())
    return fail(errc::unsupported, "hive top needs a terminal",
                "hive top --json prints what it would show");
  std::unique_ptr<full_screen> out{new full_screen{loop, std::move(on_key), std::move(on_resize)}};
  if (out->terminal_ == nullptr)
    return fail(errc::unsupported,
                "this terminal (TERM=" + std::string{std::getenv("TERM")} + ") is not known",
                "set TERM to one that is, for example xterm");
  return out;
}

full_screen::full_screen(main_loop& loop, std::function<void(top_press)> on_key,
                         std::function<void()> on_resize)
  : loop_{loop}, on_key_{std::move(on_key)},
    on_resize_{std::move(on_resize)}, utf8_{choose_locale()} {
  terminal_ = ::newterm(nullptr, stdout, stdin);
  if (terminal_ == nullptr) return;
  ::set_term(static_cast<SCREEN*>(terminal_));
  ::cbreak();
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  ::set_escdelay(escape_delay_ms);
  ::curs_set(0);
  colours_ = ::has_colors() && ::start_color() == OK;
  if (colours_) {
    ::use_default_colors();
    ::init_pair(of_head, COLOR_BLACK, COLOR_CYAN);
    ::init_pair(of_alarm, COLOR_RED, -1);
  }
  sigset_t resize;
  sigemptyset(&resize);
  sigaddset(&resize, SIGWINCH);
  resize_fd_ = ::signalfd(-1, &resize, SFD_CLOEXEC | SFD_NONBLOCK);
  loop_.hear(STDIN_FILENO, [this] { hear_keys(); });
  loop_.hear(resize_fd_, [this] { hear_resize(); });
}

full_screen::~full_screen() {
  if (terminal_ == nullptr) return;
  loop_.ignore(STDIN_FILENO);
  loop_.ignore(resize_fd_);
  ::close(resize_fd_);
  // Of terminals that have one screen only, the picture would stay on it.
  ::erase();
  ::refresh();
  ::endwin();
  ::delscreen(static_cast<SCREEN*>(terminal_));
}

extent full_screen::size() const noexcept {
  return {static_cast<std::size_t>(std::max(LINES, 1)),
          static_cast<std::size_t>(std::max(COLS, 1))};
}

void full_screen::hear_keys() {
  for (int key = ::getch(); key != ERR; key = ::getch()) on_key_(press_of(key));
}

void full_screen::hear_resize() {
  signalfd_siginfo what{};
  while (::read(resize_fd_, &what, sizeof what) == static_cast<ssize_t>(sizeof what)) {
  }
  const auto now = terminal_extent();
  ::resizeterm(static_cast<int>(now.rows), static_cast<int>(now.columns));
  ::clearok(stdscr, TRUE);
  on_resize_();
}

int full_screen::attributes_of(ink how) const noexcept {
  chtype out = A_NORMAL;
  switch (how) {
  case ink::plain: break;
  case ink::faint: out = A_DIM; break;
  case ink::chosen: out = A_REVERSE; break;
  case ink::strong: out = A_BOLD; break;
  case ink::head: out = colours_ ? COLOR_PAIR(of_head) : A_REVERSE; break;
  case ink::alarm: out = A_BOLD | (colours_ ? COLOR_PAIR(of_alarm) : A_UNDERLINE); break;
  }
  return static_cast<int>(out);
}

void full_screen::draw(const std::vector<top_line>& lines) {
  ::erase();
  for (std::size_t row = 0; row < lines.size(); ++row) {
    const auto text = utf8_ ? lines[row].text : as_ascii(lines[row].text);
    ::attrset(attributes_of(lines[row].how));
    ::mvaddstr(static_cast<int>(row), 0, text.c_str());
  }
  ::attrset(A_NORMAL);
  ::refresh();
}

} // namespace hive::cli
