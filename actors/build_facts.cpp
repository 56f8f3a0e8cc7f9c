#include "actors/build_facts.hpp"

#include "core/base/units.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>

namespace hive::actors {
namespace {

constexpr std::size_t longest_command = 200;
constexpr std::size_t lines_quoted = 3;

fact told(std::string action, level weight, std::string human,
          std::vector<std::pair<std::string, std::string>> fields = {}) {
  return {{}, "build", std::move(action), weight, std::move(human), std::move(fields)};
}

std::string command_of(const recipe_step& step) {
  std::string text;
  for (const auto& word : step.run) text += (text.empty() ? "" : " ") + word;
  std::ranges::replace(text, '\n', ' ');
  if (text.size() > longest_command) text = text.substr(0, longest_command) + "…";
  return text;
}

std::string number(std::size_t step) {
  return std::to_string(step + 1);
}

std::string quoted(const std::deque<std::string>& last) {
  if (last.empty()) return "; it said nothing";
  std::string text = "; it said last: ";
  const auto count = std::min(last.size(), lines_quoted);
  for (auto i = last.size() - count; i < last.size(); ++i)
    text += (i == last.size() - count ? "" : " | ") + last[i];
  return text;
}

} // namespace

std::string step_words(const recipe& how, std::size_t step) {
  const auto& program = how.steps[step].run.front();
  return "step " + number(step) + " of " + std::to_string(how.steps.size()) + " (" +
         program.substr(program.rfind('/') + 1) + ")";
}

fact open_fact(const recipe& how, const failure& why) {
  std::string human = "the kernel lets this node contain no programs (" + why.detail +
                      "): the steps see the machine as hive does";
  if (!how.limits.network) human += ", and its network, although the recipe asks for none";
  return told("build-open", level::warning, std::move(human), {{"reason", why.detail}});
}

fact step_fact(const recipe& how, std::size_t step) {
  return told("build-step", level::info,
              "step " + number(step) + " of " + std::to_string(how.steps.size()) + ": " +
                  command_of(how.steps[step]),
              {{"step", number(step)}, {"of", std::to_string(how.steps.size())}});
}

fact said_fact(std::string line) {
  return told("build-said", level::info, std::move(line));
}

fact passed_over_fact(std::uint64_t lines) {
  return told("build-said-more", level::info,
              std::to_string(lines) + " more lines were said than can be told",
              {{"lines", std::to_string(lines)}});
}

fact built_fact(const std::vector<plan_file>& made, std::chrono::steady_clock::duration time) {
  std::uint64_t bytes = 0;
  for (const auto& file : made) bytes += file.size.value_or(0);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  return told("built", level::info,
              std::to_string(made.size()) + (made.size() == 1 ? " file, " : " files, ") +
                  format_bytes(bytes) + ", made in " + format_duration(seconds),
              {{"files", std::to_string(made.size())},
               {"bytes", std::to_string(bytes)},
               {"seconds", std::to_string(seconds.count())}});
}

failure no_program(const recipe_step& step) {
  return fail(errc::build_failed, "there is no program \"" + step.run.front() + "\" in PATH",
              "install it, or start the node with a PATH that has it");
}

failure too_long(const recipe& how, std::size_t step) {
  return fail(errc::build_failed,
              step_words(how, step) + " was ended: the build has taken its " +
                  std::to_string(how.limits.time.count()) + " s",
              "raise time in [limits] if the steps need longer");
}

failure too_much(const recipe& how, std::size_t step, std::uint64_t bytes) {
  return fail(errc::build_failed,
              step_words(how, step) + " was ended: the build has written " + format_bytes(bytes) +
                  " of " + format_bytes(how.limits.disk),
              "raise disk in [limits] if the steps need more");
}

failure no_room(const recipe& how, std::uint64_t bytes, std::uint64_t free) {
  return fail(errc::disk_full, "the build of " + how.name + " has written " + format_bytes(bytes) +
                                   ", and " + format_bytes(free) + " are left on the disk");
}

std::optional<failure> step_failure(const recipe& how, std::size_t step, const build::run_end& end,
                                    const std::deque<std::string>& last) {
  using kind = build::run_end::kind;
  const auto who = step_words(how, step);
  switch (end.how) {
  case kind::exited:
    if (end.value == 0) return std::nullopt;
    return fail(errc::build_failed,
                who + " ended with exit code " + std::to_string(end.value) + quoted(last));
  case kind::signalled:
    if (end.value == SIGXFSZ)
      return fail(errc::build_failed,
                  who + " was ended: it wrote a file of more than " + format_bytes(how.limits.disk),
                  "raise disk in [limits] if the steps need more");
    return fail(errc::build_failed, who + " was ended by signal " + std::to_string(end.value) +
                                        " (" + ::strsignal(end.value) + ")" + quoted(last));
  case kind::not_entered:
    return fail(errc::build_failed, who + " cannot be contained: " + std::strerror(end.value));
  case kind::not_started:
    return fail(errc::build_failed,
                how.steps[step].run.front() + " cannot be started: " + std::strerror(end.value));
  case kind::lost: break;
  }
  return fail(errc::build_failed, "the process that watches " + who + " was killed");
}

} // namespace hive::actors
