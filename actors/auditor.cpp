#include "actors/auditor.hpp"

#include "actors/inspect.hpp"
#include "actors/spelling.hpp"
#include "core/store/audit.hpp"

namespace hive::actors {
namespace {

class auditor_state {
 public:
  using handle = auditor_actor;
  static constexpr const char* name = "auditor";

  auditor_state(auditor_actor::pointer self, audit_actor audit)
    : self_(self), audit_(std::move(audit)) {}

  auditor_actor::behavior_type make_behavior() {
    return {
        [this](check_part& m) { begin(std::move(m)); },
        [this](const audit_step&) { step(); },
    };
  }

 private:
  void begin(check_part m) {
    now_ = std::move(m);
    tell(self_, self_, audit_step{});
  }

  void step() {
    auto& part = *now_.part;
    const auto checked = part.checked();
    const auto right = part.right();
    const bool more = part.step();
    tell(self_, audit_,
         bytes_checked{now_.subject, part.checked() - checked, part.right() - right});
    if (more)
      tell(self_, self_, audit_step{});
    else
      tell(self_, audit_, part_checked{now_.subject, std::move(now_.part)});
  }

  auditor_actor::pointer self_;
  audit_actor audit_;
  check_part now_;
};

} // namespace

auditor_actor spawn_auditor(caf::local_actor* parent, audit_actor audit) {
  return spawn_blocking_child<auditor_state>(parent, std::move(audit));
}

} // namespace hive::actors
