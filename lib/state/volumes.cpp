#include "state/volumes.hpp"

namespace deskloom::state {
namespace {

constexpr const char* columns = "SELECT instance, snapshot, size_bytes, attached_at, local_at FROM volumes ";

Volume volume_of(const base::Statement& row) {
  Volume volume{row.text(0), row.text(1), static_cast<std::uint64_t>(row.integer(2)),
                base::from_ns(row.integer(3)), std::nullopt};
  if (const auto local_at = row.optional_integer(4)) volume.local_at = base::from_ns(*local_at);
  return volume;
}

}  // namespace

void Volumes::put(const Volume& volume) const {
  db_.prepare("INSERT INTO volumes VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING")
      .bind(volume.instance)
      .bind(volume.snapshot)
      .bind(static_cast<std::int64_t>(volume.size_bytes))
      .bind(base::to_ns(volume.attached_at))
      .run();
}

void Volumes::set_local(const std::string& instance, base::Timestamp at) const {
  db_.prepare("UPDATE volumes SET local_at = ? WHERE instance = ? AND local_at IS NULL")
      .bind(base::to_ns(at))
      .bind(instance)
      .run();
}

std::optional<Volume> Volumes::of(const std::string& instance) const {
  auto row = db_.prepare(std::string(columns) + "WHERE instance = ?");
  return row.bind(instance).step() ? std::optional(volume_of(row)) : std::nullopt;
}

std::vector<Volume> Volumes::elsewhere() const {
  auto row = db_.prepare(std::string(columns) + "WHERE local_at IS NULL ORDER BY instance");
  std::vector<Volume> volumes;
  while (row.step()) volumes.push_back(volume_of(row));
  return volumes;
}

}  // namespace deskloom::state
