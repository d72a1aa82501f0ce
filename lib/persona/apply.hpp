#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/progress.hpp"
#include "guest/client.hpp"
#include "persona/profile.hpp"
#include "policy/policy.hpp"
#include "snapshot/store.hpp"

namespace deskloom::persona {

struct ApplicationResult {
  std::string application;
  std::vector<std::string> files;
  bool restored = false;
  std::string detail;  // "running as pid 71", "already running", or why it is not restored
};

struct ApplyResult {
  std::uint64_t files = 0;          // in the snapshot
  std::uint64_t files_written = 0;  // those that the instance did not have already
  std::vector<snapshot::Skipped> file_failures;
  std::uint64_t settings = 0;
  std::vector<snapshot::Skipped> setting_failures;  // path holds the key
  std::vector<ApplicationResult> applications;
};

base::Json to_json(const ApplyResult& result);
ApplyResult apply_result_from_json(const base::Json& document);

// The parts of a stitch (SPEC A7), each idempotent, each writing its part of the result.

// Files in place with owners, modes and times; what the snapshot does not name is removed from the captured
// paths.
void apply_files(guest::Client& client, const std::string& user, const snapshot::Store& store,
                 const snapshot::Snapshot& snapshot, const policy::Capture& capture, ApplyResult& result,
                 base::Progress& progress);
void apply_settings(guest::Client& client, const Profile& profile, ApplyResult& result);
// Installs and configures what policy says, then relaunches, most used first, what was running. An
// application that runs already with the same command line is left alone. Those that have a display find the
// one of the session that runs.
void launch_applications(guest::Client& client, const Profile& profile, const policy::Policy& policy,
                         ApplyResult& result);
// Starts, by their commands, those of them of which the user runs none.
void start_applications(guest::Client& client, const std::string& user,
                        const std::vector<policy::Application>& wanted, ApplyResult& result);

}  // namespace deskloom::persona
