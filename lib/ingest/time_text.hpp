#pragma once

#include <optional>
#include <string_view>

#include "base/time_zone.hpp"

namespace deskloom::ingest {

// Times as tables write them: see usage_table.hpp.
class TimeReader {
 public:
  explicit TimeReader(std::optional<base::TimeZone> zone) : zone_(std::move(zone)) {}
  // Whole seconds, from 1970 to 2199. Throws Error(usage).
  base::Timestamp read(std::string_view text);

 private:
  base::Timestamp from_local(base::TimeZone::LocalSeconds local);

  std::optional<base::TimeZone> zone_;
  // Of the last time: lines that follow one another are mostly near. Clocks change at the quarter hour.
  using Quarters = std::chrono::duration<std::int64_t, std::ratio<900>>;
  std::chrono::local_time<Quarters> quarter_{};
  std::optional<base::Timestamp> quarter_utc_;
};

}  // namespace deskloom::ingest
