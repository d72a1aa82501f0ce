#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "forecast/store.hpp"
#include "plan/pool_outlook.hpp"
#include "plan/price.hpp"
#include "policy/policy.hpp"
#include "predict/quantiles.hpp"
#include "state/store.hpp"

namespace deskloom::operation {

// One pool's, and what is to be said of it: what is missing or old, and what is assumed in its place.
struct PoolView {
  plan::PoolOutlook outlook;
  std::vector<std::string> notes;
};

// What pools are sized by: the newest forecasts, measured times, prices and schedules. Forecasts that end
// within the hour count as not there; then the floor and the schedule serve.
class PoolOutlooks {
 public:
  // Reads what all pools share; of users' forecasts, only those whom one of the pools serves.
  // Throws as price_list, and Error(corrupt) for forecasts that nobody has made.
  PoolOutlooks(const policy::Policy& policy, const state::Store& state, const std::vector<std::string>& pools,
               base::Timestamp now);

  // Each pool's once: what is foretold of its users moves out.
  PoolView take(const policy::Pool& pool);
  const plan::PriceList& prices() const { return prices_; }

 private:
  void read_forecasts(const std::set<std::string>& pools);
  void read_hours(const forecast::Store& store, const std::set<std::string>& pools);
  void read_users(const forecast::Store& store, const std::set<std::string>& pools);
  void read_holders();
  void add_held(const policy::Pool& pool, plan::PoolOutlook& outlook);
  void add_steps(const policy::Pool& pool, PoolView& view) const;
  void add_use(const policy::Pool& pool, plan::PoolOutlook& outlook) const;
  double idle_per_min(const policy::Pool& pool, const std::map<std::string, int>& hosts,
                      base::Timestamp t) const;
  void add_evictions(const policy::Pool& pool, plan::PoolOutlook& outlook) const;

  const policy::Policy& policy_;
  const state::Store& state_;
  base::Timestamp now_;
  std::vector<std::string> shared_notes_;
  plan::PriceList prices_;
  std::map<std::string, plan::ArrivalForecast> arrivals_;  // by pool
  // Of users who have an instance, when it is reclaimed; nullopt: they have not left it.
  std::map<std::string, std::optional<base::Timestamp>> holders_;
  std::map<std::string, std::vector<std::uint32_t>> sessions_s_;  // the median of each user; by pool
  // Users at once in each hour, from the first of arrivals on; by pool.
  std::map<std::string, std::vector<predict::Quantiles>> concurrent_;
};

}  // namespace deskloom::operation
