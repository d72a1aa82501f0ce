#include "session/session.hpp"

namespace deskloom::cmd {

frame::Document describe_session(const domain::Instance& instance, bool dry_run) {
  return frame::Document()
      .field("user", "user", instance.user)
      .field("instance", "instance", instance.name)
      .field("state", "state", domain::to_string(instance.state))
      .field("changed_at", "since", instance.changed_at)
      .field("dry_run", dry_run ? "dry run" : "", dry_run);
}

}  // namespace deskloom::cmd
