#include <CLI/CLI.hpp>

#include "event/event.hpp"
#include "frame/context.hpp"
#include "history/listing.hpp"

namespace deskloom::cmd {
namespace {

constexpr int most_events = 1'000'000;

frame::Table newest(const history::Store& store, const EventListOptions& options) {
  frame::Table table(
      {{"at", "AT"}, {"user", "USER"}, {"type", "TYPE"}, {"object", "OF"}, {"value", "VALUE"}});
  for (const auto& [at, user, type, object, value] :
       history::newest_events(store, options.user, options.limit))
    table.add({at, user, type, object.empty() ? frame::Value::absent() : frame::Value(object), value});
  return table;
}

frame::Table sizes(const history::Store& store) {
  frame::Table table({{"table", "WHAT"}, {"rows", "COUNT"}, {"first", "FIRST"}, {"last", "LAST"}});
  for (const auto& [name, rows, first, last] : store.sizes()) table.add({name, rows, first, last});
  return table;
}

}  // namespace

void setup(CLI::App& app, EventListOptions& options) {
  app.add_option("user", options.user, "only of this user")->type_name("USER");
  app.add_option("--limit", options.limit, "so many, the newest first")
      ->check(CLI::Range(1, most_events))
      ->type_name("N");
}

frame::ExitCode run(const EventListOptions& options, frame::Context& context) {
  const history::Store store(context.policy().history_file(), history::Store::Access::read);
  frame::Document document;
  document.table("events", "", newest(store, options), "no events");
  if (!options.user) document.table("tables", "Recorded", sizes(store));
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
