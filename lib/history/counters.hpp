#pragma once

#include <optional>
#include <string>

#include "history/store.hpp"

namespace deskloom::history {

// What an instance's counters said when they were last read.
struct Counters {
  base::Timestamp at;
  std::uint64_t cpu_ns = 0;
  std::uint64_t network_bytes = 0;
  std::uint64_t storage_bytes = 0;
};

std::optional<Counters> last_counters(const Store& store, const std::string& instance);
void put_counters(Store& store, const std::string& instance, const Counters& counters);
// Of instances that nobody has read since.
void forget_counters(Store& store, base::Timestamp before);

// Until when snapshots were looked through for what ran.
std::optional<base::Timestamp> snapshots_seen_until(const Store& store);
void put_snapshots_seen(Store& store, base::Timestamp until);

// When a launch of the application was recorded that began within tolerance of at.
std::optional<base::Timestamp> launch_near(const Store& store, const std::string& user,
                                           const std::string& application, base::Timestamp at,
                                           std::chrono::seconds tolerance);

}  // namespace deskloom::history
