#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/records.hpp"
#include "snapshot/store.hpp"
#include "state/leases.hpp"
#include "state/store.hpp"

namespace deskloom::operation {

// The snapshots of one snapshot store by user and date. The state store records those of the store that
// policy names; of any other store (on a disk that is carried away, of another deployment) it knows nothing,
// and its manifests are asked.
class Catalogue {
 public:
  virtual ~Catalogue() = default;

  // Newest first.
  virtual std::vector<domain::SnapshotRecord> list(const std::optional<std::string>& user,
                                                   int limit) const = 0;
  // The same of all, without their records: by user, newest first.
  using Dated = state::Snapshots::Dated;
  virtual std::vector<Dated> dates(const std::optional<std::string>& user) const = 0;
  // At most two of those whose id begins with prefix, the one that is prefix itself among them.
  virtual std::vector<domain::SnapshotRecord> beginning_with(
      const std::string& prefix, const std::optional<std::string>& user) const = 0;
  virtual std::optional<domain::SnapshotRecord> latest(const std::string& user) const = 0;
  // Takes in a capture, leaves one out: what the snapshot store holds is not touched.
  virtual void add(const domain::SnapshotRecord& record) const = 0;
  virtual void forget(const std::string& id) const = 0;

  // What work changes in the catalogue, leases among it, others see at once and none of it before; they wait.
  virtual void at_once(const std::function<void()>& work) const = 0;

  // By id, what needs the snapshot still: "instance default-1".
  virtual std::map<std::string, std::string> holders() const = 0;
  // Keeps other commands off the user; nullptr where none could mind. Throws Error(locked).
  using OnWait = std::function<void(const std::string& holder)>;
  virtual std::unique_ptr<state::LeaseGuard> lease(const std::string& user, const std::string& purpose,
                                                   std::chrono::milliseconds timeout,
                                                   const OnWait& on_wait) const = 0;

  // "latest", a full id, or an unambiguous prefix of at least 4 characters; user narrows it. Throws
  // Error(not_found|usage).
  domain::SnapshotRecord resolve(const std::string& text, const std::optional<std::string>& user) const;
};

// Of the store that policy names. latest() first takes in what a killed capture had committed but not
// recorded.
std::unique_ptr<Catalogue> recorded_catalogue(const state::Store& state,
                                              std::function<snapshot::Store&()> snapshots);
// Of any other store, from its manifests; damaged ones are left out. Nothing needs what is in it.
std::unique_ptr<Catalogue> manifest_catalogue(std::function<snapshot::Store&()> snapshots);

// When a capture that comes after newest was made: now, but for a clock that was set back. What was captured
// last is the newest whatever the clock says, or the next desktop would get an older persona.
base::Timestamp time_after(const std::optional<domain::SnapshotRecord>& newest, base::Timestamp now);

// What a manifest says; the bytes read and added and the time that it took are in none.
domain::SnapshotRecord record_of(const snapshot::Snapshot& snapshot);

}  // namespace deskloom::operation
