#include "state/leases.hpp"

#include <algorithm>
#include <optional>
#include <thread>

#include "base/error.hpp"

namespace deskloom::state {
namespace {

struct Lease {
  base::ProcessIdentity owner;
  std::string purpose;
};

std::optional<Lease> find(const base::Database& db, const std::string& name) {
  auto row = db.prepare("SELECT pid, start_ticks, boot_id, purpose FROM leases WHERE name = ?");
  if (!row.bind(name).step()) return std::nullopt;
  return Lease{{static_cast<pid_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1)), row.text(2)},
               row.text(3)};
}

}  // namespace

bool Leases::try_acquire(const std::string& name, const base::ProcessIdentity& owner,
                         const std::string& purpose) const {
  base::Transaction transaction(db_);
  if (const auto held = find(db_, name); held && base::is_alive(held->owner)) return false;
  db_.prepare("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?)")
      .bind(name)
      .bind(std::int64_t{owner.pid})
      .bind(static_cast<std::int64_t>(owner.start_ticks))
      .bind(owner.boot_id)
      .bind(purpose)
      .run();
  transaction.commit();
  return true;
}

void Leases::release(const std::string& name, const base::ProcessIdentity& owner) const {
  db_.prepare("DELETE FROM leases WHERE name = ? AND pid = ? AND start_ticks = ? AND boot_id = ?")
      .bind(name)
      .bind(std::int64_t{owner.pid})
      .bind(static_cast<std::int64_t>(owner.start_ticks))
      .bind(owner.boot_id)
      .run();
}

std::string Leases::holder(const std::string& name) const {
  const auto held = find(db_, name);
  return held ? "process " + std::to_string(held->owner.pid) + ", " + held->purpose : "nobody";
}

LeaseGuard::LeaseGuard(const Leases& leases, std::string name, std::string purpose,
                       std::chrono::milliseconds timeout,
                       const std::function<void(const std::string& holder)>& on_wait)
    : leases_(leases), name_(std::move(name)), owner_(base::this_process()) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::chrono::milliseconds pause{5};
  while (!leases_.try_acquire(name_, owner_, purpose)) {
    if (on_wait) on_wait(leases_.holder(name_));
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero())
      throw base::Error(base::ErrorKind::locked, name_ + " is held by " + leases_.holder(name_),
                        "wait for it to end, or raise --lock-timeout");
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(pause, left));
    pause = std::min(pause * 2, std::chrono::milliseconds(100));
  }
}

LeaseGuard::~LeaseGuard() {
  // A lease that cannot be released now is free as soon as this process has ended.
  try {
    leases_.release(name_, owner_);
  } catch (const base::Error&) {
  }
}

}  // namespace deskloom::state
