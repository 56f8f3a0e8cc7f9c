/// What peers say about a content: the first byte chooses between one word, one map of pieces, and
/// a conversation with a share.

#include "core/swarm/share.hpp"
#include "core/swarm/word.hpp"
#include "tests/fuzz/claim.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace hive;
using namespace hive::swarm;
using fuzz::claim;

namespace {

constexpr std::uint64_t size = 40ull << 20; // ten pieces

std::uint8_t take_byte(std::string_view& from) {
  if (from.empty()) return 0;
  const auto out = static_cast<std::uint8_t>(from.front());
  from.remove_prefix(1);
  return out;
}

void read_word(std::string_view bytes) {
  const auto kind = take_byte(bytes);
  const auto read = decode_word(kind, bytes);
  if (!read) return claim(!read.why().detail.empty(), "a refusal says what is wrong");
  claim(kind_of(read->what) == kind, "a word is of its kind");
  claim(encode(*read) == bytes, "a word has one form");
}

void read_map(std::string_view bytes) {
  const piece_index count = take_byte(bytes) * 256u + take_byte(bytes);
  const auto read = decode_have_map(bytes, count);
  if (!read) return claim(!read.why().detail.empty(), "a refusal says what is wrong");
  claim(read->count() == count && read->held() <= count, "a map is of its content");
  claim(encode(*read) == bytes, "a map has one form");
}

/// Words of three peers, each behind its teller, kind and length.
void converse(std::string_view bytes) {
  const node_id peers[]{node_id{"01PEER1"}, node_id{"01PEER2"}, node_id{"01PEER3"}};
  auto made = share::open({"key", size, node_id{"01SELF"}, 1});
  claim(made.has_value(), "a share is made");
  time_point now{};
  for (const auto& peer : peers) made->hear(participant{peer}, now);
  made->hear(participant{node_id{"01SELF"}, reach::ok, false}, now);
  while (!bytes.empty()) {
    const auto& from = peers[take_byte(bytes) % 3];
    const auto kind = take_byte(bytes);
    const auto said = bytes.substr(0, take_byte(bytes));
    bytes.remove_prefix(std::min(bytes.size(), said.size()));
    if (const auto read = decode_word(kind, said))
      if (const auto* what = std::get_if<note>(&read->what)) {
        const auto heard = made->hear(from, *what, now);
        claim(heard || !heard.why().detail.empty(), "a refusal says what is wrong");
      }
    now += std::chrono::milliseconds{300};
    made->tick(now);
    claim(made->reading().have().held() == 0, "nothing is here because somebody says so");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
  std::string_view bytes{reinterpret_cast<const char*>(data), length};
  switch (take_byte(bytes)) {
  case 'w': read_word(bytes); break;
  case 'm': read_map(bytes); break;
  default: converse(bytes); break;
  }
  return 0;
}
