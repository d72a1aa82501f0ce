#include "commands.hpp"

#include <array>

#include "config/config.hpp"
#include "host/host.hpp"
#include "instance/instance.hpp"
#include "pool/pool.hpp"
#include "session/session.hpp"
#include "snapshot/snapshot.hpp"
#include "state/state.hpp"
#include "top/top.hpp"

namespace deskloom::cmd {
namespace {

using frame::bind;
using frame::Command;
constexpr auto policy = frame::Needs::policy;
constexpr auto state_read = frame::Needs::state_read;

constexpr auto nothing = frame::Changes::nothing;
constexpr auto world = frame::Changes::world;

constexpr Command table[] = {
    {"init", "", "Create the state store and the snapshot store", policy, world, bind<InitOptions>},
    {"status", "", "Show pools, instances, operations, hosts on one screen", state_read, nothing,
     bind<StatusOptions>},
    {"config", "check", "Check the policy files", policy, nothing, bind<ConfigCheckOptions>},
    {"config", "show", "Show the effective policy", policy, nothing, bind<ConfigShowOptions>},
    {"host", "list", "List hosts and what their last probe found", state_read, nothing,
     bind<HostListOptions>},
    {"pool", "status", "Show how full each pool is", state_read, nothing, bind<PoolStatusOptions>},
    {"instance", "list", "List instances", state_read, nothing, bind<InstanceListOptions>},
    {"instance", "show", "Show one instance and its history", state_read, nothing, bind<InstanceShowOptions>},
    {"session", "list", "List who has which instance", state_read, nothing, bind<SessionListOptions>},
    {"snapshot", "list", "List snapshots, newest first", state_read, nothing, bind<SnapshotListOptions>},
    {"state", "check", "Check the state store", state_read, nothing, bind<StateCheckOptions>},
    {"state", "upgrade", "Bring an older state store to this version", policy, world,
     bind<StateUpgradeOptions>},
    {"state", "backup", "Copy the state store while it is in use", state_read, nothing,
     bind<StateBackupOptions>},
};

}  // namespace

std::span<const frame::Command> commands() { return table; }

}  // namespace deskloom::cmd
