#pragma once

#include <string>
#include <vector>

#include "domain/usage.hpp"
#include "forecast/pools.hpp"
#include "operation/usage_source.hpp"
#include "predict/demand/file.hpp"

namespace deskloom::operation {

class UsersDemand;

// What is asked of the hours [first, last), since 1970, of each of policy's pools: user by user.
class PoolCounter {
 public:
  PoolCounter(const policy::Policy& policy, std::int64_t first, std::int64_t last);

  // Sessions count for the pool that serves their user.
  void add(const std::string& user, const std::vector<domain::Session>& sessions);
  const std::vector<forecast::PoolHours>& pools() const { return pools_; }
  // These hours behind those that were counted before; of pools that policy no longer has, nothing stays.
  std::vector<forecast::PoolHours> behind(std::vector<forecast::PoolHours> before) const;

 private:
  const policy::Policy& policy_;
  std::int64_t first_, last_;
  std::vector<forecast::PoolHours> pools_;
};

// Whether what was counted is what policy's pools are now.
bool counts_pools_of(const policy::Policy& policy, const std::vector<forecast::PoolHours>& pools);

// Learns from all hours that were counted of each pool.
void learn_pools(const UsageSource& source, const std::vector<forecast::PoolHours>& pools,
                 predict::ModelFile& file);
// Quantiles for each hour of policy's horizon, from the hour after the counted ones on. users: of the same
// hours; in the place of what is learnt of a pool where the file says so.
std::vector<forecast::PoolForecast> foretell_pools(const UsageSource& source,
                                                   const std::vector<forecast::PoolHours>& pools,
                                                   const UsersDemand& users, const predict::ModelFile& file);
// What is known of the hours of a pool and of some ahead, whatever is counted: its amounts are empty.
predict::DemandSeries series_of(const UsageSource& source, const forecast::PoolHours& pool,
                                std::size_t ahead);

}  // namespace deskloom::operation
