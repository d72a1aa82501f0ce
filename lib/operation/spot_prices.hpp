#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plan/price.hpp"

namespace deskloom::operation {

// Prices of the moment as somebody else keeps them: CSV with a header, or a JSON array of objects (told by
// its first character), both with these columns or members; host is required, and others may be missing:
//   host               name of a [host.NAME]
//   factor             of the list price
//   price              of the host for an hour, in place of the list price
//   eviction_per_hour  the probability that it is taken away within an hour
//   until              until when this holds, as times of recorded use are written (ingest/usage_table.hpp)
// Throws Error(usage) that names file, place and member, and what reading throws; a host that comes twice is
// refused.
std::vector<plan::SpotPrice> read_spot_prices(const std::filesystem::path& file);

}  // namespace deskloom::operation
