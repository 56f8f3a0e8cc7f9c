#include "core/trust/attempts.hpp"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace hive::trust {

std::optional<std::chrono::seconds> attempts::barred(const std::string& from,
                                                     time_point now) const {
  const auto at = debts_.find(from);
  if (at == debts_.end()) return std::nullopt;
  const auto over = at->second - now - each * (burst - 1);
  if (over <= time_point::duration::zero()) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(over);
}

void attempts::failed(const std::string& from, time_point now) {
  auto at = debts_.find(from);
  if (at == debts_.end()) {
    std::erase_if(debts_, [&](const auto& one) { return one.second <= now; });
    if (debts_.size() >= most)
      debts_.erase(std::min_element(debts_.begin(), debts_.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      }));
    at = debts_.emplace(from, now).first;
  }
  at->second = std::min(std::max(at->second, now) + each, now + each * burst);
}

std::string culprit(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &bytes) != 1)
    return address;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) {
    ::inet_ntop(AF_INET, &bytes.s6_addr[12], text.data(), text.size());
    return text.data();
  }
  std::fill(&bytes.s6_addr[8], &bytes.s6_addr[16], std::uint8_t{0});
  ::inet_ntop(AF_INET6, &bytes, text.data(), text.size());
  return std::string{text.data()} + "/64";
}

} // namespace hive::trust
