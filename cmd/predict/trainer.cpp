#include "predict/trainer.hpp"

#include <array>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"

namespace deskloom::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours longest{24 * 7};

std::vector<std::string> arguments(frame::Context& context, const fs::path& program,
                                   const NetworkTraining& training, const fs::path& output) {
  std::vector<std::string> argv{program.string(), "--kind",        training.kind,
                                "--device",       training.device, "--output",
                                output.string(),  "--checkpoint",  output.string() + ".checkpoint"};
  const policy::Sources sources = context.policy_sources();
  if (sources.config) argv.insert(argv.end(), {"--config", sources.config->string()});
  if (sources.state_dir) argv.insert(argv.end(), {"--state-dir", sources.state_dir->string()});
  if (training.time_limit_s)
    argv.insert(argv.end(), {"--time-limit", std::to_string(*training.time_limit_s)});
  if (context.quiet()) argv.emplace_back("--quiet");
  return argv;
}

}  // namespace

std::optional<fs::path> trainer_program() {
  const auto own = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& candidate :
       {own / "deskloom-predict", own / ".." / "libexec" / "deskloom" / "deskloom-predict"}) {
    if (fs::exists(candidate)) return candidate;
  }
  return {};
}

predict::ModelFile train_network(frame::Context& context, const NetworkTraining& training,
                                 base::Timestamp from, base::Timestamp until) {
  const auto program = trainer_program();
  if (!program) {
    throw base::Error(base::ErrorKind::usage, "networks cannot be trained: deskloom-predict was not built",
                      "run scripts/install-deps --with-torch and build anew, or train without --kind");
  }
  const fs::path directory = context.policy().state_dir / "models";
  fs::create_directories(directory);
  const fs::path output = directory / ("." + training.kind + ".part");
  auto argv = arguments(context, *program, training, output);
  argv.insert(argv.end(), {"--from", base::to_rfc3339(from), "--until", base::to_rfc3339(until)});
  base::ProcessOptions options;
  options.timeout = longest;
  options.shows_errors = true;
  const auto result = base::run_process(argv, options);
  if (result.exit_code != 0) {
    const bool is_usage = result.exit_code == static_cast<int>(frame::ExitCode::usage);
    throw base::Error(is_usage ? base::ErrorKind::usage : base::ErrorKind::failed,
                      "deskloom-predict, which trains networks, has failed (" +
                          std::to_string(result.exit_code) + "): the reason stands above",
                      "what is in force stays so; started again, it goes on where it was");
  }
  auto model = predict::read_model(output);
  base::remove_file(output);
  return model;
}

}  // namespace deskloom::cmd
