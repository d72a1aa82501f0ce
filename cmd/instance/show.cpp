#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "instance/instance.hpp"

namespace deskloom::cmd {
namespace {

using frame::Value;

std::optional<std::string> name_of(std::optional<domain::InstanceState> state) {
  if (!state) return std::nullopt;
  return std::string(domain::to_string(*state));
}

frame::Table history_table(const std::vector<domain::Transition>& history) {
  frame::Table table(
      {{"at", "AT"}, {"from", "FROM"}, {"to", "TO"}, {"cause", "CAUSE"}, {"operation", "OPERATION"}});
  for (const domain::Transition& t : history) {
    table.add({t.at, name_of(t.from), domain::to_string(t.to), t.cause, t.operation});
  }
  return table;
}

}  // namespace

void setup(CLI::App& app, InstanceShowOptions& options) {
  app.add_option("name", options.name, "the instance")->type_name("INSTANCE")->required();
}

frame::ExitCode run(const InstanceShowOptions& options, frame::Context& context) {
  const auto& instances = context.state().instances;
  const domain::Instance i = instances.get(options.name);
  const auto volume = context.state().volumes.of(i.name);
  context.print(
      frame::Document()
          .field("name", "Instance", i.name)
          .field("pool", "Pool", i.pool)
          .field("host", "Host", i.host)
          .field("image", "Image", i.image)
          .field("state", "State", domain::to_string(i.state))
          .field("user", "User", i.user)
          .field("snapshot", "Snapshot", i.snapshot)
          .field("vcpus", "CPUs", i.allocation.vcpus)
          .field("memory_bytes", "Memory", Value::size(i.allocation.memory_bytes))
          .field("power", "Power", domain::to_string(i.power))
          .field("full_vcpus", "CPUs in use", i.full.vcpus)
          .field("full_memory_bytes", "Memory in use", Value::size(i.full.memory_bytes))
          .field("volume_snapshot", "Volume of snapshot", volume ? Value(volume->snapshot) : Value::absent())
          .field("volume_bytes", "Volume", volume ? Value::size(volume->size_bytes) : Value::absent())
          .field("volume_local_at", "Volume local", volume ? Value(volume->local_at) : Value::absent())
          .field("created_at", "Created", i.created_at)
          .field("changed_at", "Changed", i.changed_at)
          .table("history", "History", history_table(instances.history(i.name))));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
