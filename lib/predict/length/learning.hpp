#pragma once

#include <span>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/length/model.hpp"

namespace deskloom::predict {

// Learnt from the sessions that begin in the twelve weeks before slot `until` of the grid, each foretold from
// what was known lead_s before it: each number in turn is set to that of a ladder which loses least (pinball
// loss of the levels up to 0.95), twice over. Of too few sessions nothing is learnt: the usual model. Looks
// at nothing from slot `until` on. groups: as for each_length.
LengthModel learn_lengths(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t until,
                          std::int64_t lead_s, std::span<const std::size_t> groups = {});

}  // namespace deskloom::predict
