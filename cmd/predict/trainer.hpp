#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "frame/context.hpp"
#include "predict/model_file.hpp"

namespace deskloom::cmd {

// Where deskloom-predict is, which trains networks: beside this program, or where it is installed. nullopt:
// it was not built.
std::optional<std::filesystem::path> trainer_program();

struct NetworkTraining {
  std::string kind;    // lstm or transformer
  std::string device;  // auto, cpu or cuda
  std::optional<int> time_limit_s;
};
// Lets it learn from what is recorded of [from, until), and reads what it made. Its progress is shown. What
// it has done when it is interrupted is kept beside the models, and gone on from the next time. Throws
// Error(usage) when the program is not there, and as it fails itself.
predict::ModelFile train_network(frame::Context& context, const NetworkTraining& training,
                                 base::Timestamp from, base::Timestamp until);

}  // namespace deskloom::cmd
