#pragma once

#include "operation/usage_source.hpp"
#include "predict/heads/record.hpp"

namespace deskloom::operation {

// What a network's heads learn from, of the grid's time. Of many users, as many as suffice.
predict::HeadRecord head_record(const UsageSource& source, const predict::TimeGrid& grid);

}  // namespace deskloom::operation
