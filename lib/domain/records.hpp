#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/process.hpp"

// The plain records that the state store keeps and commands print.
namespace deskloom::domain {

struct User {
  std::string name;
  base::Timestamp first_seen;
  std::optional<std::string> role;  // what new users' forecasts start from (SPEC D4)
  std::optional<std::string> department;
  // When they agreed to it; without, nothing of it is recorded (SPEC D2, D3).
  std::optional<base::Timestamp> calendar_consent;
  std::optional<base::Timestamp> location_consent;
};

// What a user was, or is, at from one time to another (SPEC A9).
struct Mode {
  std::string user;
  std::string name;  // as policy describes it
  base::Timestamp from, until;
  std::string set_by;

  bool holds_at(base::Timestamp at) const { return from <= at && at < until; }
};

// What the last probe of a host found; nullopt fields were not found out.
struct HostStatus {
  std::string name;
  std::string uri;
  bool reachable = false;
  std::string accelerator;  // "kvm", "tcg" or "" when unknown
  std::string detail;       // versions, or why it is unreachable
  base::Timestamp probed_at;
};

// One acknowledged capture of a persona (SPEC A5), kept beside the snapshot store's own manifest for fast
// lists.
struct SnapshotRecord {
  std::string id;  // the snapshot store's id
  std::string user;
  std::string instance;
  std::string host;
  base::Timestamp created_at;
  std::vector<std::string> layers;  // "profile", "tree"
  std::uint64_t files = 0;
  std::uint64_t size_bytes = 0;   // logical size of all layers
  std::uint64_t read_bytes = 0;   // bytes that left the guest
  std::uint64_t added_bytes = 0;  // bytes this capture added to the store
  std::int64_t elapsed_ms = 0;
  std::uint64_t skipped = 0;  // paths or processes that could not be captured
};

enum class OperationKind {
  provision,
  stitch,
  reclaim,
  inflate,
  deflate,
  start_application,
  end_application,
};
enum class OperationState { running, done, failed, undone };
std::string_view to_string(OperationKind kind);
std::string_view to_string(OperationState state);
OperationKind parse_operation_kind(std::string_view text);
OperationState parse_operation_state(std::string_view text);

// A journaled multi-step change of the world. steps_done counts the finished prefix of the kind's fixed step
// list.
struct Operation {
  std::string id;
  OperationKind kind = OperationKind::provision;
  std::string instance;
  std::optional<std::string> user;
  std::string parameters;  // JSON object, what the steps need to run again
  OperationState state = OperationState::running;
  base::ProcessIdentity owner;
  std::optional<std::string> error;
  base::Timestamp started_at;
  base::Timestamp changed_at;
};

struct OperationStep {
  std::string name;
  base::Timestamp started_at;
  std::optional<base::Timestamp> finished_at;
};

}  // namespace deskloom::domain
