#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/sqlite.hpp"

namespace deskloom::state {

// The persona volume of an instance that was given one out of the snapshot store (SPEC A8).
struct Volume {
  std::string instance;
  std::string snapshot;  // whose layer "volume" it is
  std::uint64_t size_bytes = 0;
  base::Timestamp attached_at;
  std::optional<base::Timestamp> local_at;  // unset: it still reads from the store
};

// Rows go with their instances.
class Volumes {
 public:
  explicit Volumes(const base::Database& db) : db_(db) {}
  // Before it is attached, so that its snapshot stays. Again is nothing.
  void put(const Volume& volume) const;
  void set_local(const std::string& instance, base::Timestamp at) const;
  std::optional<Volume> of(const std::string& instance) const;
  std::vector<Volume> elsewhere() const;  // that are not local yet, by instance

 private:
  const base::Database& db_;
};

}  // namespace deskloom::state
