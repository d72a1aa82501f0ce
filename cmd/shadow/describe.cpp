#include <fmt/format.h>

#include "frame/context.hpp"
#include "shadow/shadow.hpp"

namespace deskloom::cmd {

operation::Returns returns_now(frame::Context& context) {
  return {context.policy().forecast_file(), context.clock().now()};
}

frame::Value probability_value(const std::optional<double>& probability) {
  if (!probability) return frame::Value::absent();
  frame::Value value = frame::Value::number_of(*probability, 3);
  value.text = fmt::format("{:.0f} %", *probability * 100);
  return value;
}

frame::Document describe_shadow(const domain::Instance& shadow, bool dry_run) {
  return frame::Document()
      .field("user", "User", shadow.user)
      .field("instance", "Instance", shadow.name)
      .field("state", "State", domain::to_string(shadow.state))
      .field("power", "Waits", domain::to_string(shadow.power))
      .field("vcpus", "CPUs", shadow.allocation.vcpus)
      .field("memory_bytes", "Memory", frame::Value::size(shadow.allocation.memory_bytes))
      .field("snapshot", "Snapshot", shadow.snapshot)
      .field("dry_run", dry_run ? "Dry run" : "", dry_run);
}

}  // namespace deskloom::cmd
