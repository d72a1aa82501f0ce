#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "forecast/resources.hpp"
#include "operation/usage_source.hpp"
#include "operation/user_heads.hpp"
#include "predict/resource/file.hpp"

namespace deskloom::operation {

// As domain::Metric numbers them.
using ResourceModels = std::array<predict::ResourceModel, domain::metric_count>;

// Of one user, as domain::Metric numbers metrics; empty: nothing was measured.
struct MeasuredUser {
  std::string name;
  std::array<predict::HourlyAmounts, domain::metric_count> amounts;
};

// What was measured in hours [from, until) since 1970, of so many users at most. Of a metric that was, every
// hour has a place: NaN where nothing was.
std::vector<MeasuredUser> measured(const UsageSource& source, std::int64_t from, std::int64_t until,
                                   std::size_t most_users);

// Metrics about which the file says nothing are as they begin.
ResourceModels resource_models_in(const predict::ModelFile& file);
// Learns from the hours before until what is recorded of each metric, and puts it into the file.
void learn_resources(const UsageSource& source, base::Timestamp until, predict::ModelFile& file);

// Quantiles of what desktops use, hour by hour from that on, of every user of whom something was measured in
// the two weeks before; in hours that modes cover, by those.
void foretell_resources(const UsageSource& source, forecast::Store& store, const ResourceModels& models,
                        const UserHeads& heads, const forecast::HourlyOf& of, base::Timestamp now);

}  // namespace deskloom::operation
