#pragma once

#include <optional>
#include <string>

#include "domain/instance.hpp"
#include "frame/command.hpp"
#include "frame/document.hpp"
#include "operation/returns.hpp"

namespace deskloom::cmd {

struct ShadowStartOptions {
  std::string user;
  std::optional<std::string> pool;
};
void setup(CLI::App& app, ShadowStartOptions& options);
frame::ExitCode run(const ShadowStartOptions& options, frame::Context& context);

struct ShadowInflateOptions {
  std::optional<std::string> user;
  std::optional<std::string> stage;
  bool full = false;
};
void setup(CLI::App& app, ShadowInflateOptions& options);
frame::ExitCode run(const ShadowInflateOptions& options, frame::Context& context);

struct ShadowDeflateOptions {
  std::string user;
};
void setup(CLI::App& app, ShadowDeflateOptions& options);
frame::ExitCode run(const ShadowDeflateOptions& options, frame::Context& context);

struct ShadowListOptions {
  std::optional<std::string> pool;
};
void setup(CLI::App& app, ShadowListOptions& options);
frame::ExitCode run(const ShadowListOptions& options, frame::Context& context);

struct ShadowShowOptions {
  std::string user;
};
void setup(CLI::App& app, ShadowShowOptions& options);
frame::ExitCode run(const ShadowShowOptions& options, frame::Context& context);

// What is expected of users' returns now.
operation::Returns returns_now(frame::Context& context);
// "63 %"; absent when nothing is foretold.
frame::Value probability_value(const std::optional<double>& probability);
// What start and deflate print.
frame::Document describe_shadow(const domain::Instance& shadow, bool dry_run);

}  // namespace deskloom::cmd
