#include "state/hosts.hpp"

namespace deskloom::state {
namespace {

const std::string select = "SELECT name, uri, reachable, accelerator, detail, probed_at FROM hosts ";

domain::HostStatus status_of(const base::Statement& row) {
  return {.name = row.text(0),
          .uri = row.text(1),
          .reachable = row.integer(2) != 0,
          .accelerator = row.text(3),
          .detail = row.text(4),
          .probed_at = base::from_ns(row.integer(5))};
}

}  // namespace

void Hosts::put(const domain::HostStatus& status) const {
  db_.prepare("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?)")
      .bind(status.name)
      .bind(status.uri)
      .bind(std::int64_t{status.reachable})
      .bind(status.accelerator)
      .bind(status.detail)
      .bind(base::to_ns(status.probed_at))
      .run();
}

std::optional<domain::HostStatus> Hosts::find(const std::string& name) const {
  auto row = db_.prepare(select + "WHERE name = ?");
  return row.bind(name).step() ? std::optional(status_of(row)) : std::nullopt;
}

std::vector<domain::HostStatus> Hosts::list() const {
  auto row = db_.prepare(select + "ORDER BY name");
  std::vector<domain::HostStatus> hosts;
  while (row.step()) hosts.push_back(status_of(row));
  return hosts;
}

}  // namespace deskloom::state
