#include "apps/hive/screen.hpp"

#include "apps/hive/text.hpp"
#include "core/base/units.hpp"

#include <algorithm>

namespace hive::cli {
namespace {

constexpr std::size_t label_most = 40;
constexpr std::size_t bar_least = 10;
constexpr std::size_t bar_most = 30;

bool is_done(const file_sight& file) noexcept {
  return file.bytes.total && file.bytes.verified >= *file.bytes.total;
}

bool is_running(const file_sight& file) noexcept {
  return !is_done(file) && file.bytes.received > 0;
}

std::string drawn(std::uint64_t done, std::uint64_t total, std::size_t width) {
  const auto inner = width - 2;
  const double part =
      total == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto full = static_cast<std::size_t>(part * static_cast<double>(inner));
  std::string out = "[" + std::string(full, '=');
  if (full < inner) out += std::string(done > 0 ? ">" : " ") + std::string(inner - full - 1, ' ');
  return out + "]";
}

/// Never 100 % before it is all here.
std::string percent(std::uint64_t done, std::uint64_t total) {
  if (done >= total) return "100%";
  const double part = 100.0 * static_cast<double>(done) / static_cast<double>(total);
  return pad_left(std::to_string(std::min(99, static_cast<int>(part))), 3) + "%";
}

std::string amount(const bar& what) {
  if (!what.total) return format_bytes(what.done);
  if (what.done >= *what.total) return format_bytes(*what.total);
  return format_bytes(what.done) + " of " + format_bytes(*what.total);
}

bar bar_of(const file_sight& file) {
  bar out{printable(file.path), file.bytes.received, file.bytes.total, {}};
  if (file.bytes.total && file.bytes.received >= *file.bytes.total) out.trailer = "verifying";
  return out;
}

bar summary_of(const job_sight& job) {
  bar out{printable(job.ref), job.bytes.received, job.bytes.total, {}};
  const auto done = static_cast<std::size_t>(std::ranges::count_if(job.files, is_done));
  if (job.files.size() > 1)
    out.trailer = std::to_string(done) + "/" + std::to_string(job.files.size()) + " files  ";
  if (!job.cause.empty())
    out.trailer += printable(job.cause);
  else
    out.trailer += job.state == "fetching" ? pace(job) : job.state;
  return out;
}

void add_files(std::vector<std::string>& into, const job_sight& job, std::size_t room,
               std::size_t columns) {
  std::vector<const file_sight*> running;
  for (const auto& file : job.files)
    if (is_running(file)) running.push_back(&file);
  if (job.files.size() == 1 || running.empty() || room == 0) return;
  const bool all = running.size() <= room;
  const auto shown = all ? running.size() : room - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    auto one = bar_of(*running[i]);
    one.label = "  " + clip_start(one.label, label_most - 2);
    into.push_back(bar_line(one, columns));
  }
  if (!all)
    into.push_back(
        clip_end("  and " + std::to_string(running.size() - shown) + " more files", columns));
}

} // namespace

std::string bar_line(const bar& what, std::size_t width) {
  const auto label_room = std::clamp<std::size_t>(width / 4, 8, label_most);
  std::string line = pad_right(clip_start(what.label, label_room), label_room);
  std::string tail;
  if (what.total) tail = percent(what.done, *what.total) + "  ";
  tail += pad_right(amount(what), 18);
  if (!what.trailer.empty()) tail += "  " + what.trailer;
  const auto used = columns_of(line) + columns_of(tail) + 4;
  if (what.total && width >= used + bar_least)
    line += "  " + drawn(what.done, *what.total, std::min(bar_most, width - used));
  line += "  " + tail;
  line.erase(line.find_last_not_of(' ') + 1);
  return clip_end(line, width);
}

std::string pace(const job_sight& job) {
  if (job.bytes.total && job.bytes.received >= *job.bytes.total) return "verifying";
  if (job.rate == 0) return job.bytes.received > 0 ? "no bytes right now" : "connecting";
  auto out = format_bytes(job.rate) + "/s";
  if (job.eta) out += "  " + format_duration(*job.eta) + " left";
  return out;
}

std::vector<std::string> picture(const std::vector<job_sight>& jobs, std::size_t rows,
                                 std::size_t columns) {
  std::vector<std::string> out;
  if (rows == 0) return out;
  std::vector<const job_sight*> shown;
  for (const auto& job : jobs)
    if (!job.ended()) shown.push_back(&job);
  const bool all = shown.size() <= rows;
  const auto hidden = all ? 0 : shown.size() - (rows - 1);
  shown.resize(shown.size() - hidden);
  auto room = rows - shown.size() - (all ? 0 : 1);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto before = out.size();
    add_files(out, *shown[i], room / (shown.size() - i), columns);
    room -= out.size() - before;
    out.push_back(bar_line(summary_of(*shown[i]), columns));
  }
  if (!all) out.push_back(clip_end("and " + std::to_string(hidden) + " more jobs", columns));
  return out;
}

std::size_t rows_taken(const std::vector<std::string>& lines, std::size_t columns) noexcept {
  std::size_t rows = 0;
  for (const auto& line : lines) {
    const auto width = columns_of(line);
    rows += columns == 0 || width == 0 ? 1 : (width + columns - 1) / columns;
  }
  return rows;
}

} // namespace hive::cli
