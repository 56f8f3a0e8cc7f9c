#include "core/store/audit.hpp"

#include "core/store/blob_store.hpp"
#include "core/store/partial.hpp"

#include <algorithm>
#include <utility>

#include <sys/stat.h>

namespace hive::store {

namespace {

bool is_file(const std::filesystem::path& what) {
  struct stat seen {};
  return ::lstat(what.c_str(), &seen) == 0 && S_ISREG(seen.st_mode);
}

} // namespace

audit_part::audit_part(std::filesystem::path file, std::shared_ptr<const piece_table> table,
                       std::size_t first, std::size_t last)
  : file_(std::move(file)), table_(std::move(table)), sha256_(table_->sha256), size_(table_->size),
    next_(first), last_(last) {
  begin_piece();
}

audit_part::audit_part(std::filesystem::path file, std::string sha256, std::uint64_t size)
  : file_(std::move(file)), sha256_(std::move(sha256)), size_(size), next_(0), last_(1) {}

byte_range audit_part::piece() const noexcept {
  return table_ ? table_->range(next_) : byte_range{0, size_};
}

void audit_part::begin_piece() {
  if (table_ && next_ < last_) chain_ = sha256_chain{table_->before(next_), piece().begin};
}

bool audit_part::step() {
  if (next_ == last_) return false;
  if (!reader_) {
    auto opened = direct_reader::open(file_);
    if (opened) reader_.emplace(std::move(*opened));
  }
  const auto range = piece();
  const auto from = chain_.position();
  const bool came = reader_ && read_on();
  checked_ += (came ? chain_.position() : range.end) - from;
  if (!table_) right_ = chain_.position();
  if (came && chain_.position() < range.end) return true;
  if (!came || !ends_right()) {
    damaged_ = true;
    bad_.add(range);
  } else if (table_) {
    right_ += range.size();
  }
  ++next_;
  begin_piece();
  if (next_ == last_) reader_.reset();
  return next_ < last_;
}

bool audit_part::ends_right() {
  const bool too_long = piece().end == size_ && reader_->size() > size_;
  if (table_) return table_->ends_right(next_, chain_) && !too_long;
  if (chain_.finish() != sha256_ || too_long) return false;
  learnt_ = borders_.table(sha256_, size_);
  return true;
}

/// False when the bytes cannot be had.
bool audit_part::read_on() {
  const auto at = chain_.position();
  const auto left = piece().end - at;
  if (left == 0) return true;
  const auto got = reader_->read(at);
  if (!got || got->empty()) return false;
  const auto bytes =
      got->first(static_cast<std::size_t>(std::min<std::uint64_t>(got->size(), left)));
  table_ ? chain_.update(bytes) : borders_.update(chain_, bytes);
  return true;
}

std::filesystem::path bytes_of(const home& where, const std::string& sha256) {
  for (auto file : {where.blob(sha256), where.damaged(sha256)})
    if (is_file(file)) return file;
  return {};
}

std::vector<audit_part> plan_audit(const home& where, const std::string& sha256, std::uint64_t size,
                                   std::uint64_t least) {
  std::vector<audit_part> parts;
  const auto file = bytes_of(where, sha256);
  if (file.empty()) return parts;
  auto kept = load_pieces(where, sha256, size);
  if (!kept) {
    parts.emplace_back(file, sha256, size);
    return parts;
  }
  const auto table = std::make_shared<const piece_table>(std::move(*kept));
  const auto step = static_cast<std::size_t>(std::max<std::uint64_t>(1, least / table->piece()));
  for (std::size_t first = 0; first < table->count(); first += step)
    parts.emplace_back(file, table, first, std::min(first + step, table->count()));
  return parts;
}

blob_finding finding_of_absent(const home& where, const std::string& sha256, std::uint64_t size) {
  blob_finding found{sha256, size, true, {}, true, true};
  found.bad.add({0, size});
  const auto here = resumable_ranges(where, "sha256:" + sha256);
  for (const auto& range : here.ranges()) found.bad.remove(range);
  // Every byte may have come; until it is a blob none of it counts.
  if (found.bad.empty()) found.bad.add({0, size});
  return found;
}

} // namespace hive::store
