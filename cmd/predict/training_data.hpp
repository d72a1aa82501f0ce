#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "predict/network/dataset.hpp"

namespace deskloom::cmd {

struct TrainingData {
  std::filesystem::path history;
  std::filesystem::path state;  // empty: of no user is a role or department known
  std::string time_zone = "UTC";
  int session_hours = 16;
  std::optional<std::string> from, until;  // else all that is recorded
};

// The sessions that begin between from and until, and a grid that ends with until.
predict::Dataset read_training_data(const TrainingData& data);

}  // namespace deskloom::cmd
