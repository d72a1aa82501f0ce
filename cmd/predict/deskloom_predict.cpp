#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "base/parallel.hpp"
#include "frame/exit_codes.hpp"
#include "predict/torch/connect_training.hpp"
#include "predict/torch/heads.hpp"
#include "predict/training_data.hpp"

// deskloom-predict: trains networks with LibTorch. 'deskloom predict train' starts it.
namespace {

using namespace deskloom;

struct Options {
  policy::Sources policy;
  std::optional<std::string> from, until;
  bool is_quiet = false;
  predict::TrainingOptions training;
  std::filesystem::path output;
};

void set_up(CLI::App& app, Options& options) {
  const std::map<std::string, predict::EncoderKind> kinds{{"lstm", predict::EncoderKind::lstm},
                                                          {"transformer", predict::EncoderKind::transformer}};
  const std::map<std::string, predict::Device> devices{
      {"auto", predict::Device::automatic}, {"cpu", predict::Device::cpu}, {"cuda", predict::Device::cuda}};
  options.training.threads = static_cast<int>(base::usable_cpus());
  app.set_version_flag("--version", "deskloom-predict " DESKLOOM_VERSION);
  app.add_option("--config", options.policy.config, "as deskloom takes it");
  app.add_option("--state-dir", options.policy.state_dir, "as deskloom takes it");
  app.add_option("--from", options.from, "what was before is left out")->type_name("TIME");
  app.add_option("--until", options.until, "what was later is left out")->type_name("TIME");
  app.add_option("--kind", options.training.shape.encoder, "what reads past sessions: lstm or transformer")
      ->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--output", options.output, "the model's file")->required();
  app.add_option("--checkpoint", options.training.checkpoint,
                 "kept after each epoch, and gone on from when it is there");
  app.add_option("--seed", options.training.seed, "of chance: the same gives the same model");
  app.add_option("--epochs", options.training.epochs, "how often all is learnt from, at most")
      ->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.training.threads, "processors to use")->check(CLI::Range(1, 256));
  app.add_option("--device", options.training.device, "auto, cpu or cuda")
      ->transform(CLI::CheckedTransformer(devices));
  app.add_option("--time-limit", options.training.time_limit_s, "seconds; the best until then is kept")
      ->check(CLI::PositiveNumber);
  app.add_flag("--quiet", options.is_quiet, "say only what is wrong");
}

// OpenMP and BLAS read their settings before main begins: so it is begun once more with them.
void bound_threads(int threads, char** argv) {
  const std::string count = std::to_string(threads);
  const std::map<std::string, std::string> wanted{
      {"OMP_NUM_THREADS", count}, {"OPENBLAS_NUM_THREADS", count}, {"OMP_WAIT_POLICY", "PASSIVE"}};
  bool is_settled = true;
  for (const auto& [name, value] : wanted) {
    const char* now = std::getenv(name.c_str());
    is_settled = is_settled && now != nullptr && now == value;
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  if (!is_settled) ::execv("/proc/self/exe", argv);
}

// Says on stderr how far it is, line by line, or at most once a second on one line of a terminal.
class Reporter {
 public:
  void operator()(const predict::TrainingProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    if (progress.validation_loss) {
      std::cerr << clear_ << line(progress)
                << fmt::format(", on held-out weeks {:.5f} ({:.3f} of the regression's)\n",
                               *progress.validation_loss,
                               *progress.validation_loss / *progress.regression_loss);
    } else if (is_terminal_ && now - shown_ > std::chrono::seconds(1)) {
      std::cerr << clear_ << line(progress) << std::flush;
      shown_ = now;
    }
  }

 private:
  static std::string line(const predict::TrainingProgress& progress) {
    std::string text = fmt::format("epoch {} of {}: {:3.0f} %, loss {:.5f}", progress.epoch, progress.epochs,
                                   100 * progress.done, progress.loss);
    if (std::isfinite(progress.seconds_left))
      text += fmt::format(", {:.0f} s left", std::max(progress.seconds_left, 0.0));
    return text;
  }

  bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  const char* clear_ = is_terminal_ ? "\r\033[K" : "";
  std::chrono::steady_clock::time_point shown_{};
};

void report_head(const std::string& name, const predict::HeadScore& score) {
  std::cerr << fmt::format("{}: ", name);
  if (score.strength > 0)
    std::cerr << fmt::format("on held-out weeks {:.3f} of the loss without it\n",
                             score.loss / score.base_loss);
  else
    std::cerr << "left out: too little is known, or it would not be better\n";
}

int train(const Options& options) {
  const policy::Policy policy = policy::load(options.policy);
  const auto data = cmd::read_training_data(policy, options.from, options.until);
  const predict::TimeGrid& grid = data.sessions.grid;
  const auto begin = std::chrono::steady_clock::now();
  const std::function<void(const predict::TrainingProgress&)> silent = [](const auto&) {};
  auto model = predict::train_connects(data.sessions, grid.slots(), options.training,
                                       options.is_quiet ? silent : Reporter());
  predict::train_heads(
      data.sessions, data.zone, data.record, options.training.connects.lead_s, options.training.seed, model,
      [&](const std::string& name, const predict::HeadScore& score) {
        if (!options.is_quiet) report_head(name, score);
      },
      [&] {
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
        return options.training.time_limit_s && spent.count() > *options.training.time_limit_s;
      });
  const auto time = [&](std::int64_t slot) {
    return base::to_rfc3339(base::from_seconds(grid.time_s(slot)));
  };
  model.metadata["kind"] = model.text("encoder");
  model.metadata["time_zone"] = data.zone.name();
  model.metadata["learnt_from"] = time(0);
  model.metadata["learnt_until"] = time(grid.slots());
  predict::write_model(options.output, model);
  return static_cast<int>(frame::ExitCode::done);
}

int fail(const base::Error& error) {
  std::cerr << "deskloom-predict: error: " << error.what() << '\n';
  if (!error.hint().empty()) std::cerr << "deskloom-predict: hint: " << error.hint() << '\n';
  return static_cast<int>(frame::exit_code_of(error.kind()));
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Trains the networks of Deskloom's forecasts. 'deskloom predict train' starts it.",
               "deskloom-predict");
  set_up(app, options);
  try {
    app.parse(argc, argv);
    bound_threads(options.training.threads, argv);
    return train(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(frame::ExitCode::usage);
  } catch (const base::Error& error) {
    return fail(error);
  } catch (const std::bad_alloc&) {
    return fail({base::ErrorKind::failed, "memory does not suffice", "learn from less: --from"});
  } catch (const std::exception& error) {
    return fail({base::ErrorKind::failed, error.what()});
  }
}
