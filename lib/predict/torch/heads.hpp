#pragma once

#include <functional>

#include "predict/heads/record.hpp"
#include "predict/torch/head_training.hpp"

namespace deskloom::predict {

// Learns the heads for which there is a record, on top of a trained network, and puts those into it that are
// better on the last four weeks than what they correct. lead_s: how long before a session begins its length
// is asked for. report: told of each that was tried. Stops between two when is_late says so.
void train_heads(const Dataset& dataset, const base::TimeZone& zone, const HeadRecord& record,
                 std::int64_t lead_s, std::uint64_t seed, ModelFile& network,
                 const std::function<void(const std::string& name, const HeadScore& score)>& report,
                 const std::function<bool()>& is_late);

}  // namespace deskloom::predict
