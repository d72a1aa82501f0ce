#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct EventImportOptions {
  std::string file;  // "-": standard input
  std::optional<std::string> type, format, time_zone;
  std::vector<std::string> columns;  // OURS=THEIRS
  bool skip_rejected = false;
  // Of a calendar.
  std::optional<std::string> user, calendar;
  bool holidays = false;
};
void setup(CLI::App& app, EventImportOptions& options);
frame::ExitCode run(const EventImportOptions& options, frame::Context& context);

struct EventRecordOptions {
  std::string type, user;
  std::optional<std::string> at;
  std::vector<std::string> values;  // COLUMN=VALUE
};
void setup(CLI::App& app, EventRecordOptions& options);
frame::ExitCode run(const EventRecordOptions& options, frame::Context& context);

struct EventCollectOptions {
  bool record_only = false;
};
void setup(CLI::App& app, EventCollectOptions& options);
frame::ExitCode run(const EventCollectOptions& options, frame::Context& context);

struct EventListOptions {
  std::optional<std::string> user;
  int limit = 100;
  bool anonymize = false;
};
void setup(CLI::App& app, EventListOptions& options);
frame::ExitCode run(const EventListOptions& options, frame::Context& context);

struct EventRollupOptions {};
void setup(CLI::App& app, EventRollupOptions& options);
frame::ExitCode run(const EventRollupOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
