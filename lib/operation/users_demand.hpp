#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "operation/pool_demand.hpp"
#include "predict/ahead/model.hpp"
#include "predict/demand/users_sum.hpp"

namespace deskloom::operation {

// What is foretold of users, added up for the pools that serve them, hour by hour.
class UsersDemand {
 public:
  // Hours since 1970 from first on.
  UsersDemand(const policy::Policy& policy, std::int64_t first, std::size_t hours);

  // Slots from origin_s on, the same of each user. Of an hour that they begin or end within, the rest is
  // taken to be like it.
  void add(const std::string& user, std::int64_t origin_s, std::span<const float> connects,
           std::span<const float> present);

  struct OfPool {
    std::vector<predict::SummedHour> arrivals, concurrent;
  };
  // Of a pool of policy's.
  const OfPool& of(const std::string& pool) const { return pools_.at(pool); }
  // Whether anything of the hour, by its number from first on, was foretold of anybody.
  bool covers(std::size_t hour) const { return covered_[hour] != 0; }

 private:
  const policy::Policy& policy_;
  std::int64_t first_;
  std::map<std::string, OfPool> pools_;
  std::vector<char> covered_;
};

// What is foretold of a pool.
struct PoolDemandKind {
  const char* name;  // as in model files, behind the pool's
  predict::DemandKind kind;
  std::vector<float> forecast::PoolHours::*counted;
  std::vector<predict::Quantiles> forecast::PoolForecast::*foretold;
  std::vector<predict::SummedHour> UsersDemand::OfPool::*summed;
};
inline constexpr std::array<PoolDemandKind, 2> pool_demand_kinds{
    {{".arrivals", predict::DemandKind::arrivals, &forecast::PoolHours::arrivals,
      &forecast::PoolForecast::arrivals, &UsersDemand::OfPool::arrivals},
     {".concurrent", predict::DemandKind::concurrent, &forecast::PoolHours::concurrent,
      &forecast::PoolForecast::concurrent, &UsersDemand::OfPool::concurrent}}};

// On the weeks that a model of users has not learnt from: where the users' sum foretells a pool better than
// what is learnt of the pool itself, that is put into the file, and the sum will be used.
void choose_sums(const UsageSource& source, const std::vector<predict::UserSessions>& users,
                 const predict::Calendars& calendars, const predict::TimeGrid& grid,
                 const predict::AheadModel& model, std::int64_t test_slot,
                 const std::vector<forecast::PoolHours>& pools, predict::ModelFile& file);

}  // namespace deskloom::operation
