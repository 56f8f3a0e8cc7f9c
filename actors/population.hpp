#pragma once
/// Who is alive in one actor system: entered at launch, gone before anybody is told of the death.
/// Thread-safe.

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace hive::actors {

struct resident {
  std::uint64_t id{0};
  std::uint64_t parent{0}; ///< 0: spawned from outside
  std::string name;
};

class population {
 public:
  void enter(resident who);
  void leave(std::uint64_t id) noexcept;
  std::size_t size() const;
  std::vector<resident> list() const;
  /// How many are called `name`.
  std::size_t count(const std::string& name) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, resident> residents_;
};

} // namespace hive::actors
