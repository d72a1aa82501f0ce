#pragma once

#include <optional>
#include <string>

#include "policy/policy.hpp"
#include "predict/heads/record.hpp"
#include "predict/network/dataset.hpp"

namespace deskloom::cmd {

struct TrainingData {
  base::TimeZone zone;  // whose clock users live by
  predict::Dataset sessions;
  predict::HeadRecord record;  // of all else
};

// What is recorded of a span of time, which the texts limit; all of it, when they do not. Throws Error(usage)
// when there are no sessions.
TrainingData read_training_data(const policy::Policy& policy, const std::optional<std::string>& from,
                                const std::optional<std::string>& until);

}  // namespace deskloom::cmd
