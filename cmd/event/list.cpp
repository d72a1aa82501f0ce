#include <CLI/CLI.hpp>

#include "event/event.hpp"
#include "frame/context.hpp"
#include "history/listing.hpp"
#include "operation/anonymizer.hpp"

namespace deskloom::cmd {
namespace {

constexpr int most_events = 1'000'000;

void anonymize(std::vector<history::Event>& events, const operation::Anonymizer& anonymizer) {
  for (history::Event& event : events) {
    if (event.type == "location")
      event.object = anonymizer.place(event.object).value_or("elsewhere");
    else
      event.object = anonymizer.object(event.user, event.object);
    event.user = anonymizer.user(event.user);
  }
}

frame::Table newest(const history::Store& store, const EventListOptions& options, int minimum_group) {
  auto events = history::newest_events(store, options.user, options.limit);
  if (options.anonymize) anonymize(events, operation::Anonymizer(store, minimum_group));
  frame::Table table(
      {{"at", "AT"}, {"user", "USER"}, {"type", "TYPE"}, {"object", "OF"}, {"value", "VALUE"}});
  for (const auto& [at, user, type, object, value] : events)
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
  app.add_flag("--anonymize", options.anonymize, "tokens in place of names, to give it to others");
}

frame::ExitCode run(const EventListOptions& options, frame::Context& context) {
  const history::Store store(context.policy().history_file(), history::Store::Access::read);
  frame::Document document;
  document.table("events", "", newest(store, options, context.policy().forecast.minimum_group), "no events");
  if (!options.user) document.table("tables", "Recorded", sizes(store));
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
