#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "host/host.hpp"

namespace deskloom::cmd {
namespace {

using frame::Value;

frame::Table hosts_table() {
  return frame::Table({{"name", "HOST"},
                       {"uri", "URI"},
                       {"reachable", "REACHABLE"},
                       {"accelerator", "ACCELERATOR"},
                       {"accelerator_reason", "BECAUSE"},
                       {"hypervisor", "HYPERVISOR"},
                       {"libvirt", "LIBVIRT"},
                       {"cpus", "CPUS"},
                       {"memory_bytes", "MEMORY"},
                       {"running", "RUNNING"},
                       {"error", "ERROR"}});
}

Value known(bool is_unknown, const Value& value) { return is_unknown ? Value::absent() : value; }

// One row; records what was found. False when the host cannot be reached.
bool probe_one(frame::Context& context, const policy::Host& host, frame::Table& table) {
  domain::HostStatus status{host.name, policy::address(host), false, "", "", context.clock().now()};
  const auto none = Value::absent();
  try {
    auto& runtime = context.open_host(host.name);
    const auto facts = runtime.probe();
    status.reachable = true;
    status.accelerator = facts.accelerator;
    status.detail = facts.hypervisor + (facts.libvirt.empty() ? "" : ", libvirt " + facts.libvirt);
    table.add(
        {host.name, policy::address(host), true, facts.accelerator, facts.accelerator_reason,
         facts.hypervisor, known(facts.libvirt.empty(), facts.libvirt), known(facts.cpus == 0, facts.cpus),
         known(facts.memory_bytes == 0, Value::size(facts.memory_bytes)), runtime.running().size(), none});
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::host_unreachable) throw;
    status.detail = e.what();
    table.add({host.name, policy::address(host), false, none, none, none, none, none, none, none,
               std::string(e.what())});
  }
  context.state().hosts.put(status);
  return status.reachable;
}

}  // namespace

void setup(CLI::App& app, HostProbeOptions& options) {
  app.add_option("host", options.host, "only this one")->type_name("HOST");
}

frame::ExitCode run(const HostProbeOptions& options, frame::Context& context) {
  if (options.host) static_cast<void>(context.policy().host(*options.host));
  auto table = hosts_table();
  bool all_reachable = true;
  for (const auto& [name, host] : context.policy().hosts) {
    if (options.host && name != *options.host) continue;
    all_reachable = probe_one(context, host, table) && all_reachable;
  }
  context.print(frame::Document().table("hosts", "", table));
  return all_reachable ? frame::ExitCode::done : frame::ExitCode::host_unreachable;
}

}  // namespace deskloom::cmd
