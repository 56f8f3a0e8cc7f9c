#include "core/transfer/doubt.hpp"

#include <algorithm>
#include <cstring>

namespace hive::transfer {

namespace {

constexpr std::size_t sector = store::partial::block;
constexpr std::size_t few_places = 64;

block_ref make_buffer() {
  return std::make_shared<block_pool>(1, nullptr)->take();
}

} // namespace

void comparison::look(store::partial& there, const block& fresh) {
  if (!buffer_) buffer_ = make_buffer();
  const std::span<std::byte> before{buffer_->memory, fresh.filled};
  // What the first try did not write to its end has nothing to compare with.
  if (!there.read(fresh.offset, before)) return;
  for (std::size_t at = 0; at < fresh.filled; at += sector) {
    const auto length = std::min(sector, fresh.filled - at);
    note(fresh.offset + at, before.subspan(at, length), fresh.bytes().subspan(at, length));
  }
}

void comparison::note(std::uint64_t offset, std::span<const std::byte> before,
                      std::span<const std::byte> now) {
  if (std::memcmp(before.data(), now.data(), now.size()) == 0) return;
  if (differing_.ranges().size() >= few_places)
    return differing_.add({offset, offset + now.size()});
  std::size_t first = 0;
  while (before[first] == now[first]) ++first;
  auto last = now.size() - 1;
  while (before[last] == now[last]) --last;
  differing_.add({offset + first, offset + last + 1});
}

result<range_set> wrong_pieces(store::partial& there, const store::piece_table& table) {
  const auto buffer = make_buffer();
  range_set wrong;
  for (std::size_t i = 0; i < table.count(); ++i) {
    auto left = table.range(i);
    sha256_chain chain{table.before(i), left.begin};
    while (!left.empty()) {
      const auto length = std::min<std::uint64_t>(left.size(), block::capacity);
      const std::span<std::byte> bytes{buffer->memory, static_cast<std::size_t>(length)};
      HIVE_CHECK(there.read(left.begin, bytes));
      chain.update(bytes);
      left.begin += length;
    }
    if (!table.ends_right(i, chain)) wrong.add(table.range(i));
  }
  return wrong;
}

} // namespace hive::transfer
