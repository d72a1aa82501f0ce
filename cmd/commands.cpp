#include "commands.hpp"

#include <array>

#include "app/app.hpp"
#include "config/config.hpp"
#include "doctor/doctor.hpp"
#include "event/event.hpp"
#include "host/host.hpp"
#include "instance/instance.hpp"
#include "persona/persona.hpp"
#include "pool/pool.hpp"
#include "predict/predict.hpp"
#include "scale/scale.hpp"
#include "session/session.hpp"
#include "shadow/shadow.hpp"
#include "snapshot/snapshot.hpp"
#include "state/state.hpp"
#include "store/store.hpp"
#include "top/top.hpp"
#include "user/user.hpp"

namespace deskloom::cmd {
namespace {

using frame::bind;
using frame::Command;
constexpr auto policy = frame::Needs::policy;
constexpr auto state_read = frame::Needs::state_read;
constexpr auto state_write = frame::Needs::state_write;
constexpr auto snapshots_read = frame::Needs::snapshots_read;
constexpr auto snapshots_write = frame::Needs::snapshots_write;
constexpr auto nothing_opened = frame::Needs::nothing;

constexpr auto nothing = frame::Changes::nothing;
constexpr auto world = frame::Changes::world;

constexpr Command table[] = {
    {"init", "", "Create the state store and the snapshot store", policy, world, bind<InitOptions>},
    {"status", "", "Show pools, instances, operations, hosts on one screen", state_read, nothing,
     bind<StatusOptions>},
    {"doctor", "", "Say what is missing on this machine and its hosts, and how to fix it", nothing_opened,
     nothing, bind<DoctorOptions>},
    {"config", "check", "Check the policy files", policy, nothing, bind<ConfigCheckOptions>},
    {"config", "show", "Show the effective policy", policy, nothing, bind<ConfigShowOptions>},
    {"host", "list", "List hosts and what their last probe found", state_read, nothing,
     bind<HostListOptions>},
    {"host", "probe", "Connect to hosts and record what they are", state_write, nothing,
     bind<HostProbeOptions>},
    {"user", "set", "Say what is known of a user, and what they agree to", state_write, world,
     bind<UserSetOptions>},
    {"user", "list", "List users", state_read, nothing, bind<UserListOptions>},
    {"event", "import", "Add recorded use from a file", state_read, world, bind<EventImportOptions>},
    {"event", "record", "Add one event (for hooks)", state_read, world, bind<EventRecordOptions>},
    {"event", "collect", "Record what hosts, guests, captures and sessions tell of use", snapshots_write,
     world, bind<EventCollectOptions>},
    {"event", "list", "List recorded use, newest first", policy, nothing, bind<EventListOptions>},
    {"event", "rollup", "Roll up samples of use, and remove what is too old", policy, world,
     bind<EventRollupOptions>},
    {"predict", "evaluate", "Say how well models would have foretold what is recorded", policy, nothing,
     bind<PredictEvaluateOptions>},
    {"predict", "train", "Learn a model from what is recorded", policy, nothing, bind<PredictTrainOptions>},
    {"predict", "list", "List models, and which one was in force when", policy, nothing,
     bind<PredictListOptions>},
    {"predict", "promote", "Put a model into force when it is better", policy, world,
     bind<PredictPromoteOptions>},
    {"predict", "forecast", "Foretell when users come and are there", policy, nothing,
     bind<PredictForecastOptions>},
    {"predict", "show", "Show what is foretold of a user, and what it is based on", policy, nothing,
     bind<PredictShowOptions>},
    {"predict", "map", "Show where groups of users are expected", policy, nothing, bind<PredictMapOptions>},
    {"app", "check", "Check the documents of application personas", policy, nothing, bind<AppCheckOptions>},
    {"app", "list", "List application personas", policy, nothing, bind<AppListOptions>},
    {"app", "show", "Show an application persona, with what it leaves out", policy, nothing,
     bind<AppShowOptions>},
    {"app", "assign", "Give a user an application, by the persona that suits best", state_write, world,
     bind<AppAssignOptions>},
    {"app", "release", "End a user's use of an application, with all that it is made of", state_write, world,
     bind<AppReleaseOptions>},
    {"app", "status", "Show applications in use, their components, and how much they are used", state_read,
     nothing, bind<AppStatusOptions>},
    {"app", "watch", "Look after the components of applications in use (for timers)", state_write, world,
     bind<AppWatchOptions>},
    {"pool", "plan", "Say what a pool needs, and why", state_read, nothing, bind<PoolPlanOptions>},
    {"pool", "apply", "Make and reclaim instances until every pool is as planned", state_write, world,
     bind<PoolApplyOptions>},
    {"pool", "status", "Show how full each pool is", state_read, nothing, bind<PoolStatusOptions>},
    {"instance", "list", "List instances", state_read, nothing, bind<InstanceListOptions>},
    {"instance", "show", "Show one instance and its history", state_read, nothing, bind<InstanceShowOptions>},
    {"instance", "exec", "Run a command in an instance", state_read, world, bind<InstanceExecOptions>},
    {"instance", "destroy", "Destroy an instance and its disks", state_write, world,
     bind<InstanceDestroyOptions>},
    {"persona", "capture", "Capture the persona of a user from their running instance", state_write, world,
     bind<PersonaCaptureOptions>},
    {"persona", "show", "Show what a captured persona is made of", snapshots_read, nothing,
     bind<PersonaShowOptions>},
    {"persona", "apply", "Give a persona to a warm instance", state_write, world, bind<PersonaApplyOptions>},
    {"persona", "localise", "Copy attached volumes from the snapshot store to their instances", state_write,
     world, bind<PersonaLocaliseOptions>},
    {"persona", "mode", "Say what a user is at for a time, or show it", state_write, world,
     bind<PersonaModeOptions>},
    {"scale", "run", "Let desktops in use, and pools, follow what is used of them (for a timer)", state_write,
     world, bind<ScaleRunOptions>},
    {"session", "assign", "Give a user their desktop, and say how to connect to it", state_write, world,
     bind<SessionAssignOptions>},
    {"session", "connect", "A user has connected: wake and fill their desktop (for login hooks)", state_write,
     world, bind<SessionConnectOptions>},
    {"session", "disconnect", "A user has left: capture and shrink their desktop (for hooks)", state_write,
     world, bind<SessionDisconnectOptions>},
    {"session", "list", "List who has which instance", state_read, nothing, bind<SessionListOptions>},
    {"session", "waits", "List how long users waited for their desktops, beside a cold boot", state_read,
     nothing, bind<SessionWaitsOptions>},
    {"shadow", "start", "Apply a user's persona to a ghost ahead of their return", state_write, world,
     bind<ShadowStartOptions>},
    {"shadow", "inflate", "Give shadows what the probability of a return asks for", state_write, world,
     bind<ShadowInflateOptions>},
    {"shadow", "deflate", "Take back all but the minimum from a shadow", state_write, world,
     bind<ShadowDeflateOptions>},
    {"shadow", "list", "List shadows, what they have, and when their users are expected", state_read, nothing,
     bind<ShadowListOptions>},
    {"shadow", "show", "Show one shadow, and what it should have", state_read, nothing,
     bind<ShadowShowOptions>},
    {"snapshot", "create", "Capture a directory of this machine, no instance involved", snapshots_write,
     world, bind<SnapshotCreateOptions>},
    {"snapshot", "list", "List snapshots, newest first", snapshots_read, nothing, bind<SnapshotListOptions>},
    {"snapshot", "show", "Show one snapshot and its layers", snapshots_read, nothing,
     bind<SnapshotShowOptions>},
    {"snapshot", "diff", "Show what changed between two snapshots", snapshots_read, nothing,
     bind<SnapshotDiffOptions>},
    {"snapshot", "stats", "Show what snapshots take, and what their removal would free", policy, nothing,
     bind<SnapshotStatsOptions>},
    {"snapshot", "restore", "Restore files of a snapshot into a directory", snapshots_read, world,
     bind<SnapshotRestoreOptions>},
    {"snapshot", "export", "Write a snapshot's files as a tar archive", snapshots_read, nothing,
     bind<SnapshotExportOptions>},
    {"snapshot", "mount", "Show snapshots as a read-only file system", snapshots_read, nothing,
     bind<SnapshotMountOptions>},
    {"snapshot", "remove", "Remove the snapshots that are named", snapshots_write, world,
     bind<SnapshotRemoveOptions>},
    {"snapshot", "prune", "Remove the snapshots that policy does not keep", snapshots_write, world,
     bind<SnapshotPruneOptions>},
    {"snapshot", "gc", "Free what no snapshot needs any more", policy, world, bind<SnapshotGcOptions>},
    {"snapshot", "push", "Send snapshots to another store; only what it lacks travels", policy, world,
     bind<SnapshotPushOptions>},
    {"snapshot", "pull", "Bring snapshots from another store; only what is missing travels", snapshots_write,
     world, bind<SnapshotPullOptions>},
    {"snapshot", "verify", "Check the snapshot store", policy, nothing, bind<SnapshotVerifyOptions>},
    {"state", "check", "Check the state store", state_read, nothing, bind<StateCheckOptions>},
    {"state", "upgrade", "Bring an older state store to this version", policy, world,
     bind<StateUpgradeOptions>},
    {"state", "backup", "Copy the state store while it is in use", state_read, nothing,
     bind<StateBackupOptions>},
    {"store", "serve", "Serve the snapshot store to push and pull, on standard input and output", policy,
     nothing, bind<StoreServeOptions>},
    {"store", "rekey", "Change the key that unlocks an encrypted snapshot store", policy, world,
     bind<StoreRekeyOptions>},
};

}  // namespace

std::span<const frame::Command> commands() { return table; }

}  // namespace deskloom::cmd
