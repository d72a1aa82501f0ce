#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/progress.hpp"
#include "domain/records.hpp"
#include "guest/client.hpp"
#include "persona/profile.hpp"
#include "policy/policy.hpp"
#include "snapshot/store.hpp"

namespace deskloom::persona {

struct CaptureRequest {
  std::string user;
  std::string instance;
  std::string host;
  std::optional<std::string> previous;  // the user's last snapshot: only what changed since is read
  base::Timestamp created_at{};         // of the snapshot
  // Puts further layers in, and returns what of them belongs into the metadata.
  std::function<base::Json(snapshot::Writer&)> put_more{};
};

struct CaptureResult {
  domain::SnapshotRecord record;
  Profile profile;
  std::vector<snapshot::Skipped> skipped;
  snapshot::WriteStats stats;
  base::Json more;  // as put_more returned it
};

snapshot::SpecialFiles special_files(const policy::Capture& capture);

// Captures the layers "profile" and "tree" of one user from a running guest (SPEC A2, A3) and commits them.
// Durable when it returns. Everything from the guest is untrusted; see guest::Limits and TreeSource.
CaptureResult capture(guest::Client& client, const CaptureRequest& request, const policy::Policy& policy,
                      snapshot::Store& store, const base::Clock& clock, base::Progress& progress);

// The profile layer of a snapshot. Throws Error(not_found) when it has none.
Profile load_profile(const snapshot::Store& store, const snapshot::Snapshot& snapshot);

}  // namespace deskloom::persona
