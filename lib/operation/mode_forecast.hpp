#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "forecast/resources.hpp"
#include "operation/usage_source.hpp"

namespace deskloom::operation {

// What desktops will use while their users are in a mode (SPEC A9), as hours were that were spent in it, of
// the last 90 days: the user's own, when 8 were measured; else all users', when 24 were. Where there are
// fewer, the forecast stays what it is without the mode, but that the upper quantiles of processors and
// memory are at least what policy says of the mode.
class ModeForecast {
 public:
  // Of modes that were set by now; of: the forecast's hours.
  ModeForecast(const UsageSource& source, const forecast::HourlyOf& of, base::Timestamp now);

  // Changes those hours whose middle the user's mode covers.
  void apply(const std::string& user, forecast::ResourceForecast& forecast) const;

 private:
  using Amounts = std::array<std::vector<float>, domain::metric_count>;

  void measure(base::Timestamp now);
  void add(const std::string& mode, const std::string& user, std::size_t metric, float amount);
  const std::vector<float>* measured(const domain::Mode& mode, std::size_t metric) const;
  void apply(const domain::Mode& mode, std::size_t metric, forecast::ResourceBand& band) const;

  const UsageSource& source_;
  forecast::HourlyOf of_;
  std::vector<domain::Mode> ahead_;                             // that cover some of it
  std::map<std::pair<std::string, std::string>, Amounts> own_;  // by mode and user
  std::map<std::string, Amounts> all_;                          // by mode
};

// Whether somebody's mode has begun or ended since the hour began.
bool have_modes_changed(const UsageSource& source, std::int64_t hour, base::Timestamp now);

}  // namespace deskloom::operation
