#pragma once

#include <map>
#include <string>
#include <vector>

#include "predict/application/memory.hpp"
#include "predict/heads/resources.hpp"
#include "predict/network/dataset.hpp"
#include "predict/place/history.hpp"

namespace deskloom::predict {

// What is recorded of an organisation beside its sessions, of the same time; what there is none of is empty.
struct HeadRecord {
  std::vector<UserLaunches> launches;
  std::vector<UserSightings> sightings;                     // hours of the dataset's grid
  std::vector<std::int32_t> holidays;                       // as PlaceMemory takes them
  std::map<std::string, std::vector<UserAmounts>> amounts;  // of each metric
};

}  // namespace deskloom::predict
