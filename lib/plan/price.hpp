#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/time_zone.hpp"
#include "domain/allocation.hpp"
#include "domain/weekly_window.hpp"

namespace deskloom::plan {

// What desktops cost on some hosts at some times (SPEC C5). Money is of any one currency, for an hour.
struct Price {
  std::string name;
  std::vector<std::string> hosts;                // empty: all
  bool is_regional = false;                      // they are those of regions, not named one by one
  std::optional<domain::WeeklyWindow> window;    // nullopt: always
  double per_cpu = 0, per_gib = 0, per_gpu = 0;  // for each that an instance has
  double per_host = 0;                           // shared by the instances on it
};

// What a host costs and risks now, whatever its list price.
struct SpotPrice {
  std::string host;
  double factor = 1;                     // of the list price
  std::optional<double> per_host;        // in place of it, shared by the instances on the host
  double evictions_per_hour = 0;         // the probability that it is taken away within an hour
  std::optional<base::Timestamp> until;  // nullopt: nobody knows
};

class PriceList {
 public:
  PriceList(std::vector<Price> prices, const std::vector<SpotPrice>& spot, base::TimeZone zone);

  // What an hour of it costs from t on, on the host with so many others; nullopt: no price holds there then.
  // Of the prices that do, one that names its hosts goes before one for their region, that before one for
  // all, then one with a window before one without, then the first by name.
  std::optional<double> per_hour(const std::string& host, const domain::Allocation& instance, int others,
                                 base::Timestamp t) const;
  // The mean of that over the span, by quarters of an hour.
  std::optional<double> per_hour(const std::string& host, const domain::Allocation& instance, int others,
                                 base::Timestamp from, base::Timestamp until) const;
  double evictions_per_hour(const std::string& host, base::Timestamp t) const;

 private:
  const Price* list_price(const std::string& host, base::Timestamp t) const;
  const SpotPrice* spot_price(const std::string& host, base::Timestamp t) const;

  std::vector<Price> prices_;  // those that go before others first
  std::map<std::string, SpotPrice> spot_;
  base::TimeZone zone_;
};

}  // namespace deskloom::plan
