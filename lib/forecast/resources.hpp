#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/usage.hpp"
#include "forecast/hourly.hpp"

namespace deskloom::forecast {

// What a desktop will use in an hour: amounts that it exceeds with a probability of 0.5, 0.1 and 0.05.
struct ResourceBand {
  float median = 0, q90 = 0, q95 = 0;
};

// Hour by hour, of each metric as domain::Metric numbers them; empty: nothing was measured.
using ResourceForecast = std::array<std::vector<ResourceBand>, domain::metric_count>;

std::optional<HourlyOf> newest_resources(const Store& store);
// nullopt: nothing was measured of the user.
std::optional<ResourceForecast> resources_of(const Store& store, const std::string& user);

// What lies in the BLOBs: see formats(7). Reading throws Error(corrupt) for bytes that nobody has written.
std::string pack_resources(const ResourceForecast& forecast);
ResourceForecast unpack_resources(std::span<const std::byte> packed);

// Replaces what was foretold: readers see the old or the new one.
class ResourceWriter {
 public:
  explicit ResourceWriter(Store& store);
  void add(const std::string& user, const ResourceForecast& forecast);
  void finish(const HourlyOf& of);

 private:
  Store& store_;
  base::Transaction transaction_;
  base::Statement insert_;
};

}  // namespace deskloom::forecast
