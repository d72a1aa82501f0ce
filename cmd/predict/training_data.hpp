#pragma once

#include <optional>
#include <string>

#include "policy/policy.hpp"
#include "predict/network/dataset.hpp"

namespace deskloom::cmd {

// What is recorded of a span of time, which the texts limit; all of it, when they do not. Throws Error(usage)
// when it is nothing.
predict::Dataset read_training_data(const policy::Policy& policy, const std::optional<std::string>& from,
                                    const std::optional<std::string>& until);

}  // namespace deskloom::cmd
