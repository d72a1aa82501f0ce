#include "session/session.hpp"

namespace deskloom::cmd {

frame::Document describe_session(const domain::Instance& instance, bool dry_run) {
  return frame::Document()
      .field("user", "User", instance.user)
      .field("instance", "Instance", instance.name)
      .field("state", "State", domain::to_string(instance.state))
      .field("vcpus", "CPUs", instance.allocation.vcpus)
      .field("memory_bytes", "Memory", frame::Value::size(instance.allocation.memory_bytes))
      .field("changed_at", "Since", instance.changed_at)
      .field("dry_run", dry_run ? "Dry run" : "", dry_run);
}

}  // namespace deskloom::cmd
