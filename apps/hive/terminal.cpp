#include "apps/hive/terminal.hpp"

#include "apps/hive/screen.hpp"
#include "apps/hive/text.hpp"

#include <cstdio>
#include <cstdlib>

#include <sys/ioctl.h>
#include <unistd.h>

namespace hive::cli {
namespace {

bool write_out(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

} // namespace

bool on_terminal() noexcept {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::string_view{kind} != "dumb";
}

extent terminal_extent() noexcept {
  extent out;
  if (::isatty(STDOUT_FILENO) != 1) return {24, 0};
  winsize now{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0) return out;
  if (now.ws_row > 0) out.rows = now.ws_row;
  if (now.ws_col > 0) out.columns = now.ws_col;
  return out;
}

bool say(std::string_view text) {
  return write_out(std::string{text} + "\n");
}

void complain(std::string_view text) {
  const auto line = std::string{text} + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

int complain(const failure& why) {
  complain("hive: " + printable(sentence(why)));
  return info(why.code).exit_code;
}

void live_lines::draw(const std::vector<std::string>& lines) {
  std::string out;
  const auto up = rows_taken(drawn_, terminal_extent().columns);
  if (up > 0) out += "\x1b[" + std::to_string(up) + "A\r";
  for (const auto& line : lines) out += line + "\x1b[K\n";
  out += "\x1b[J";
  drawn_ = lines;
  write_out(out);
}

void live_lines::clear() {
  if (!drawn_.empty()) draw({});
}

} // namespace hive::cli
