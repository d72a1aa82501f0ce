#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "snapshot/transfer_choice.hpp"

namespace deskloom::cmd {

struct SnapshotCreateOptions {
  std::string user;
  std::optional<std::string> tree, volume, memory, blob;
  std::optional<std::string> changed, since;
};
void setup(CLI::App& app, SnapshotCreateOptions& options);
frame::ExitCode run(const SnapshotCreateOptions& options, frame::Context& context);

struct SnapshotListOptions {
  std::optional<std::string> user;
  int limit = 100;
};
void setup(CLI::App& app, SnapshotListOptions& options);
frame::ExitCode run(const SnapshotListOptions& options, frame::Context& context);

struct SnapshotShowOptions {
  std::string snapshot;
};
void setup(CLI::App& app, SnapshotShowOptions& options);
frame::ExitCode run(const SnapshotShowOptions& options, frame::Context& context);

struct SnapshotDiffOptions {
  std::string older;
  std::string newer;
  std::vector<std::string> paths;
  bool stat = false;
  bool content = false;
};
void setup(CLI::App& app, SnapshotDiffOptions& options);
frame::ExitCode run(const SnapshotDiffOptions& options, frame::Context& context);

struct SnapshotRestoreOptions {
  std::string snapshot;
  std::string to;
  std::string layer = "tree";
  std::vector<std::string> paths;
};
void setup(CLI::App& app, SnapshotRestoreOptions& options);
frame::ExitCode run(const SnapshotRestoreOptions& options, frame::Context& context);

struct SnapshotStatsOptions {
  std::optional<std::string> user;
};
void setup(CLI::App& app, SnapshotStatsOptions& options);
frame::ExitCode run(const SnapshotStatsOptions& options, frame::Context& context);

struct SnapshotRemoveOptions {
  std::vector<std::string> snapshots;
};
void setup(CLI::App& app, SnapshotRemoveOptions& options);
frame::ExitCode run(const SnapshotRemoveOptions& options, frame::Context& context);

struct SnapshotExportOptions {
  std::string snapshot;
  std::vector<std::string> paths;
  std::string output;
  std::string layer = "tree";
};
void setup(CLI::App& app, SnapshotExportOptions& options);
frame::ExitCode run(const SnapshotExportOptions& options, frame::Context& context);

struct SnapshotMountOptions {
  std::string snapshot;  // or "all"
  std::string directory;
  bool allow_other = false;
  bool background = false;
};
void setup(CLI::App& app, SnapshotMountOptions& options);
frame::ExitCode run(const SnapshotMountOptions& options, frame::Context& context);

struct SnapshotPruneOptions {
  std::optional<std::string> user;
  std::optional<int> last, hourly, daily, weekly;
};
void setup(CLI::App& app, SnapshotPruneOptions& options);
frame::ExitCode run(const SnapshotPruneOptions& options, frame::Context& context);

struct SnapshotGcOptions {};
void setup(CLI::App& app, SnapshotGcOptions& options);
frame::ExitCode run(const SnapshotGcOptions& options, frame::Context& context);

struct SnapshotPushOptions {
  TransferChoice choice;
  std::string target;
};
void setup(CLI::App& app, SnapshotPushOptions& options);
frame::ExitCode run(const SnapshotPushOptions& options, frame::Context& context);

struct SnapshotPullOptions {
  TransferChoice choice;
  std::string source;
};
void setup(CLI::App& app, SnapshotPullOptions& options);
frame::ExitCode run(const SnapshotPullOptions& options, frame::Context& context);

struct SnapshotVerifyOptions {
  bool full = false;
};
void setup(CLI::App& app, SnapshotVerifyOptions& options);
frame::ExitCode run(const SnapshotVerifyOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
