#pragma once

#include <vector>

#include "frame/document.hpp"
#include "operation/pool_planning.hpp"

namespace deskloom::cmd {

// What plans say, pool by pool.
frame::Table target_table(const std::vector<operation::PlannedPool>& pools);
frame::Table action_table(const std::vector<operation::PlannedPool>& pools);
frame::Table note_table(const std::vector<operation::PlannedPool>& pools);
// What they follow from.
frame::Table step_table(const std::vector<operation::PlannedPool>& pools);
frame::Table shadow_table(const std::vector<operation::PlannedPool>& pools);  // of all steps
frame::Table alternative_table(const std::vector<operation::PlannedPool>& pools);
frame::Table host_choice_table(const std::vector<operation::PlannedPool>& pools);

}  // namespace deskloom::cmd
