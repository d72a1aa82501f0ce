#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "predict/model_file.hpp"
#include "predict/network/connect_network.hpp"
#include "predict/network/dataset.hpp"

namespace deskloom::predict {

enum class Device { automatic, cpu, cuda };

struct TrainingOptions {
  ConnectShape shape;
  ConnectOptions connects;
  Device device = Device::automatic;
  std::uint64_t seed = 1;
  int threads = 1;
  int epochs = 5;
  int patience = 3;  // epochs without an improvement, after which it ends
  std::optional<double> time_limit_s;
  // Where it stands after each epoch is kept there, and gone on from; removed at the end. Empty: nowhere.
  std::filesystem::path checkpoint;
};

struct TrainingProgress {
  int epoch = 0, epochs = 0;  // from 1 on
  double done = 0;            // share of the epoch
  double loss = 0;            // mean, of what was learnt from in this epoch
  // After an epoch: on the weeks that are not learnt from, and the regression's on the same.
  std::optional<double> validation_loss, regression_loss;
  double seconds_left = 0;  // if no epoch is spared
};

// Learns from the slots of the grid before `until`, the last four weeks of which tell when to end, and
// calibrate. The same data, options, and machine give the same model. Throws Error(usage) when there is too
// little to learn from, or no such device.
ModelFile train_connects(const Dataset& dataset, std::int64_t until, const TrainingOptions& options,
                         const std::function<void(const TrainingProgress& progress)>& report);

}  // namespace deskloom::predict
