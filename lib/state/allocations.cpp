#include "base/error.hpp"
#include "base/text.hpp"
#include "state/instance_rows.hpp"
#include "state/instances.hpp"

// What instances have of their hosts.
namespace deskloom::state {
namespace {

void write_allocation(const base::Database& db, const std::string& name,
                      const domain::Allocation& allocation) {
  auto update = db.prepare(
      "UPDATE instances SET vcpus = ?, memory_bytes = ?, network_bytes_s = ?, storage_bytes_s = ?, gpus = ? "
      "WHERE name = ?");
  bind(update, allocation);
  update.bind(name).run();
}

std::uint64_t memory_given(const base::Database& db, const std::string& host) {
  auto row = db.prepare(
      "SELECT coalesce(sum(memory_bytes), 0) FROM instances WHERE host = ? AND state <> 'reclaimed'");
  row.bind(host).step();
  return static_cast<std::uint64_t>(row.integer(0));
}

}  // namespace

void Instances::change_allocation(const domain::Instance& seen, const domain::Allocation& wanted,
                                  std::optional<std::uint64_t> host_memory_bytes) const {
  base::Transaction transaction(db_);
  const auto now = get(seen.name);
  if (!(now.allocation == seen.allocation) || now.host != seen.host) {
    throw base::Error(base::ErrorKind::locked,
                      "instance '" + seen.name + "' has been given other resources meanwhile",
                      "another command is at it; look at 'deskloom instance show " + seen.name + "'");
  }
  write_allocation(db_, seen.name, wanted);
  if (host_memory_bytes && wanted.memory_bytes > seen.allocation.memory_bytes) {
    auto wants = seen;
    wants.allocation = wanted;
    require_memory(wants, *host_memory_bytes);
  }
  transaction.commit();
}

void Instances::require_memory(const domain::Instance& instance, std::uint64_t host_memory_bytes) const {
  const std::uint64_t given = memory_given(db_, instance.host);
  if (given <= host_memory_bytes) return;
  throw base::Error(base::ErrorKind::failed,
                    "host " + instance.host + " is full: with " +
                        base::human_size(instance.allocation.memory_bytes) + " for instance " +
                        instance.name + ", " + base::human_size(given) + " of its " +
                        base::human_size(host_memory_bytes) + " of memory would be given away",
                    "deflate or reclaim others there, or let the pool use more hosts");
}

void Instances::set_power(const std::string& name, domain::Power power) const {
  db_.prepare("UPDATE instances SET power = ? WHERE name = ?")
      .bind(domain::to_string(power))
      .bind(name)
      .run();
}

}  // namespace deskloom::state
