#include <CLI/CLI.hpp>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "operation/captures.hpp"
#include "operation/sessions.hpp"
#include "persona/persona.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

using frame::Value;

frame::Table captures_table() {
  return frame::Table({{"user", "USER"},
                       {"instance", "INSTANCE"},
                       {"snapshot", "SNAPSHOT"},
                       {"files", "FILES"},
                       {"files_changed", "CHANGED"},
                       {"size_bytes", "SIZE"},
                       {"read_bytes", "READ"},
                       {"added_bytes", "ADDED"},
                       {"applications", "APPS"},
                       {"settings", "SETTINGS"},
                       {"skipped", "SKIPPED"},
                       {"elapsed_ms", "TOOK"},
                       {"volume", ""},
                       {"frozen_ms", ""},
                       {"paused_ms", ""},
                       {"error", "ERROR"}});
}

// Milliseconds are rounded: nobody needs their fractions.
Value live_fact(const deskloom::persona::CaptureResult& result, const char* layer, const char* name) {
  const auto fact = result.more.value(layer, base::Json::object()).value(name, base::Json());
  if (fact.is_number()) return Value::duration_ms(std::llround(fact.get<double>()));
  return fact.is_string() ? Value(fact.get<std::string>()) : Value::absent();
}

void say_how(const deskloom::persona::CaptureResult& result, frame::Context& context) {
  const auto& more = result.more;
  const auto ms = [](const base::Json& value) {
    return std::to_string(std::llround(value.get<double>())) + " ms";
  };
  if (more.contains("volume")) {
    const auto& volume = more["volume"];
    const std::string frozen = volume["frozen"].get<bool>() ? "frozen for " + ms(volume["frozen_ms"])
                                                            : volume["not_frozen"].get<std::string>();
    context.say(result.record.user + ": volume: " + volume["mode"].get<std::string>() + "; " + frozen);
  }
  if (more.contains("memory"))
    context.say(result.record.user + ": memory: guest stood still for " + ms(more["memory"]["paused_ms"]));
}

void add_row(frame::Table& table, const deskloom::persona::CaptureResult& result) {
  const auto& r = result.record;
  std::size_t running = 0;
  for (const auto& p : result.profile.processes) running += p.relaunch ? 1 : 0;
  table.add({r.user, r.instance, r.id, r.files, result.stats.files_changed, Value::size(r.size_bytes),
             Value::size(r.read_bytes), Value::size(r.added_bytes), running, result.profile.settings.size(),
             r.skipped, Value::duration_ms(r.elapsed_ms), live_fact(result, "volume", "mode"),
             live_fact(result, "volume", "frozen_ms"), live_fact(result, "memory", "paused_ms"),
             Value::absent()});
}

void add_failure(frame::Table& table, const domain::Instance& instance, const std::string& error) {
  const auto none = Value::absent();
  table.add({instance.user, instance.name, none, none, none, none, none, none, none, none, none, none, none,
             none, none, error});
}

void add_skipped(frame::Table& table, const deskloom::persona::CaptureResult& result) {
  for (const auto& s : result.skipped)
    table.add({result.record.user, base::printable(s.path), base::printable(s.reason)});
}

std::vector<domain::Instance> targets(const PersonaCaptureOptions& options, const state::Store& state) {
  if (options.user.has_value() == options.connected) {
    throw base::Error(base::ErrorKind::usage, "name either one USER or --connected");
  }
  if (options.connected) {
    state::InstanceFilter filter;
    filter.state = domain::InstanceState::connected;
    return state.instances.list(filter);
  }
  return {operation::instance_of(state, *options.user)};
}

}  // namespace

void setup(CLI::App& app, PersonaCaptureOptions& options) {
  app.add_option("user", options.user, "whose persona")->type_name("USER");
  app.add_flag("--volume", options.volume, "their persona disk too, block by block");
  app.add_flag("--memory", options.memory, "memory and machine state of the instance too");
  app.add_flag("--connected", options.connected, "everyone who is connected (for a timer)");
}

frame::ExitCode run(const PersonaCaptureOptions& options, frame::Context& context) {
  const auto instances = targets(options, context.state());
  const auto world = make_world(context);
  auto captures = captures_table();
  frame::Table skipped({{"user", "USER"}, {"path", "PATH"}, {"reason", "REASON"}});
  std::size_t failed = 0;
  for (const auto& instance : instances) {
    if (context.dry_run()) {
      add_failure(captures, instance, "not captured: dry run");
      continue;
    }
    try {
      // With several users and a host already open, waiting for one could wait for ever: that one is left
      // out.
      const auto patience = options.connected ? std::chrono::milliseconds(0) : context.lock_timeout();
      const state::LeaseGuard lease(context.state().leases, "user:" + *instance.user, "persona capture",
                                    patience, context.on_wait());
      const auto result = operation::capture_user(world, *instance.user, {options.volume, options.memory});
      say_how(result, context);
      add_row(captures, result);
      add_skipped(skipped, result);
    } catch (const base::Error& e) {
      if (!options.connected || e.kind() == base::ErrorKind::interrupted) throw;
      add_failure(captures, instance, e.what());
      ++failed;
    }
    frame::stop_if_interrupted();
  }
  frame::Document document;
  document.table("captures", "", captures, "nobody is connected")
      .table("skipped", "Skipped", skipped, "nothing");
  context.print(document);
  if (failed == 0) return frame::ExitCode::done;
  return failed == instances.size() ? frame::ExitCode::failed : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
