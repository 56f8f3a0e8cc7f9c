#include "actors/peer_bytes.hpp"

#include "core/store/disk_file.hpp"
#include "core/swarm/sha256.hpp"
#include "core/trust/hive_folder.hpp"

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace hive::actors {
namespace {

/// Connections to the peer `who`: mutual TLS with the hive's certificates, and nobody else at the
/// other end.
class peer_rules final : public net::tls_rules {
 public:
  peer_rules(node_id who, trust::peer_tls files, std::shared_ptr<trust_source> trust)
    : who_(std::move(who)), files_(std::move(files)), trust_(std::move(trust)),
      certificate_(files_.certificate.string()) {}

  outcome prepare(SSL_CTX* context) const override {
    HIVE_TRY(auto trust, trust_->get());
    return trust::use(context, files_, std::move(trust));
  }
  outcome check(const SSL* connection) const override {
    const auto seen = trust::peer_of(connection);
    if (seen && seen->node == who_) return {};
    return fail(errc::certificate_refused,
                "at the address of node " + who_.value + " answers " +
                    (seen ? "node " + seen->node.value : std::string{"nobody of the hive"}));
  }
  const std::string& certificate() const noexcept override { return certificate_; }

 private:
  node_id who_;
  trust::peer_tls files_;
  std::shared_ptr<trust_source> trust_;
  std::string certificate_;
};

constexpr std::size_t read_bytes = 1u << 20;

swarm::piece_hash hash_of(int file, byte_range range, std::vector<std::byte>& buffer, bool& good) {
  swarm::sha256 hash;
  while (good && !range.empty()) {
    const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(range.size(), read_bytes));
    const auto got = ::pread(file, buffer.data(), want, static_cast<off_t>(range.begin));
    good = got > 0;
    if (!good) break;
    hash.update({buffer.data(), static_cast<std::size_t>(got)});
    range.begin += static_cast<std::uint64_t>(got);
  }
  return hash.finish();
}

/// Nothing when it cannot be read to its end, or `stop` goes up.
std::vector<swarm::piece_claim> hash_pieces(const std::filesystem::path& blob,
                                            const swarm::piece_grid& grid,
                                            const std::atomic<bool>& stop) {
  std::vector<swarm::piece_claim> out;
  const auto file = store::open_file(blob, O_RDONLY | O_NOFOLLOW);
  bool good = file.has_value();
  std::vector<std::byte> buffer(read_bytes);
  for (swarm::piece_index i = 0; good && !stop && i < grid.count(); ++i)
    out.push_back({i, hash_of(file->get(), grid.range(i), buffer, good)});
  if (!good || stop) out.clear();
  return out;
}

} // namespace

result<std::unique_ptr<peer_bytes>> peer_bytes::open(const store::home& where,
                                                     std::shared_ptr<limits::divided_rate> rate) {
  HIVE_TRY(const auto hive, trust::hive_folder::open(where));
  auto trust = std::make_shared<trust_source>(where, [](const auto& now) { return now.trust(); });
  return std::unique_ptr<peer_bytes>{new peer_bytes{hive.tls(), std::move(trust), std::move(rate)}};
}

peer_bytes::peer_bytes(trust::peer_tls files, std::shared_ptr<trust_source> trust,
                       std::shared_ptr<limits::divided_rate> rate)
  : files_(std::move(files)), trust_(std::move(trust)),
    hashing_(std::make_unique<transfer::worker>("hive-pieces")) {
  upload::server_options options;
  options.rate = std::move(rate);
  upload::server_ears ears;
  ears.on_asked = [line = line_](upload::piece_request asked) {
    line->send(
        piece_asked{asked.number, std::move(asked.peer), std::move(asked.content), asked.piece});
  };
  ears.on_went = [line = line_](std::uint64_t number, std::uint64_t bytes) {
    line->send(piece_went{number, bytes});
  };
  ears.on_over = [line = line_](std::uint64_t number, bool whole) {
    line->send(piece_over{number, whole});
  };
  server_ = std::make_unique<upload::piece_server>(std::move(options), std::move(ears));
}

peer_bytes::~peer_bytes() {
  *closing_ = true;
}

void peer_bytes::equip(swarm_deps& swarm) {
  swarm.line = line_;
  swarm.serve = [to = server_.get()](std::uint64_t request,
                                     std::vector<std::filesystem::path> files, byte_range where) {
    to->serve(request, std::move(files), where.begin, where.size());
  };
  swarm.refuse = [to = server_.get()](std::uint64_t request, errc why) {
    to->refuse(request, why);
  };
  swarm.rules = [files = files_, trust = trust_](const node_id& who) {
    return std::make_shared<peer_rules>(who, files, trust);
  };
  swarm.hash = [to = hashing_.get(),
                closing = closing_](std::filesystem::path blob, swarm::piece_grid grid,
                                    std::function<void(std::vector<swarm::piece_claim>)> then) {
    to->post("hashing pieces", [blob = std::move(blob), grid, then = std::move(then), closing] {
      then(hash_pieces(blob, grid, *closing));
    });
  };
}

} // namespace hive::actors
