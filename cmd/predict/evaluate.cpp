#include "predict/connect/evaluation.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "history/sessions.hpp"
#include "ingest/time_text.hpp"
#include "predict/predict.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

std::vector<predict::UserSessions> sessions_of(const history::Store& store, const policy::History& policy) {
  std::vector<predict::UserSessions> users;
  history::each_user(store, std::chrono::hours(policy.session_hours),
                     [&](const std::string& user, const std::vector<domain::Session>& sessions) {
                       if (!sessions.empty()) users.push_back({user, sessions});
                     });
  if (users.empty()) {
    throw base::Error(base::ErrorKind::usage, "no sessions are recorded",
                      "'deskloom event import' or 'event collect' records them");
  }
  return users;
}

struct Span {
  base::Timestamp from, test_from, until;
};

// All that is recorded, and the test in its last quarter, unless the options say otherwise.
Span span_of(const PredictEvaluateOptions& options, const std::vector<predict::UserSessions>& users,
             const base::TimeZone& zone) {
  std::int64_t first = users.front().sessions.front().begin_s, last = first;
  for (const auto& user : users) {
    first = std::min(first, user.sessions.front().begin_s);
    last = std::max(last, user.sessions.back().end_s);
  }
  ingest::TimeReader times(zone);
  const auto time = [&](const std::optional<std::string>& text, std::int64_t otherwise) {
    return text ? times.read(*text) : base::Timestamp(std::chrono::seconds(otherwise));
  };
  const auto from = time(options.from, first), until = time(options.until, last);
  const auto quarter =
      std::chrono::floor<std::chrono::seconds>(until - (until - from) / 4).time_since_epoch();
  return {from, time(options.test_from, quarter.count()), until};
}

// Of who is in the state store, if there is one.
std::vector<predict::Person> people_of(frame::Context& context,
                                       const std::vector<predict::UserSessions>& users) {
  std::map<std::string, predict::Person> known;
  if (std::filesystem::exists(context.state_file())) {
    for (const domain::User& user : context.state().users.list())
      known[user.name] = {user.role.value_or(""), user.department.value_or("")};
  }
  std::vector<predict::Person> people;
  for (const predict::UserSessions& user : users) people.push_back(known[user.user]);
  return people;
}

std::vector<predict::ModelScores> evaluate(const PredictEvaluateOptions& options, frame::Context& context,
                                           predict::Dataset dataset, std::int64_t test_from) {
  std::ofstream file;
  predict::ForecastSink sink;
  if (options.forecasts) {
    file.open(*options.forecasts);
    if (!file) throw base::system_error("cannot write " + *options.forecasts, errno);
    file << "entity,ts,p\n";
    sink = [&](const std::string& user, std::int64_t slot, double probability) {
      file << fmt::format("{},{},{:.6g}\n", user, dataset.grid.time_s(slot), probability);
    };
  }
  auto scores = predict::evaluate_connects(dataset.grid, dataset.users, {}, test_from,
                                           options.network ? predict::ForecastSink() : sink);
  if (options.network) {
    const predict::ConnectNetwork network(predict::read_model(*options.network));
    dataset.people = people_of(context, dataset.users);
    std::ranges::copy(predict::evaluate_network(network, dataset, {}, test_from, sink),
                      std::back_inserter(scores));
  }
  if (options.forecasts && !file.flush())
    throw base::system_error("cannot write " + *options.forecasts, errno);
  return scores;
}

}  // namespace

void setup(CLI::App& app, PredictEvaluateOptions& options) {
  app.add_option("--from", options.from, "what was before is left out; else all that is recorded counts")
      ->type_name("TIME");
  app.add_option("--test-from", options.test_from, "learn from what was before, score from there on")
      ->type_name("TIME");
  app.add_option("--until", options.until, "what was later is left out")->type_name("TIME");
  app.add_option("--network", options.network, "score this network, too: a file that deskloom-predict made")
      ->type_name("FILE");
  app.add_option("--forecasts", options.forecasts,
                 "write what the network, or else the regression, foretold: entity,ts,p")
      ->type_name("FILE");
}

frame::ExitCode run(const PredictEvaluateOptions& options, frame::Context& context) {
  const history::Store store(context.policy().history_file(), history::Store::Access::read);
  const auto users = sessions_of(store, context.policy().history);
  const auto zone = users_clock(context.policy());
  const Span span = span_of(options, users, zone);
  const predict::TimeGrid grid(zone, span.from, span.until);
  const auto test_from = grid.slot_of(base::to_seconds(span.test_from));
  frame::Table table({{"model", "MODEL"},
                      {"users", "USERS"},
                      {"slots", "SLOTS"},
                      {"rate", "CONNECTS"},
                      {"log_loss", "LOG LOSS"},
                      {"brier", "BRIER"},
                      {"calibration_error", "CALIBRATION"}});
  for (const auto& [model, known, scores] : evaluate(options, context, {grid, users, {}}, test_from)) {
    if (scores.count == 0) continue;
    const auto exact = [](double value) { return frame::Value::number_of(value, 5); };
    table.add({model, known ? "known" : "new", scores.count, exact(scores.rate), exact(scores.log_loss),
               exact(scores.brier), exact(scores.calibration_error)});
  }
  context.print(
      frame::Document()
          .field("from", "From", base::Timestamp(std::chrono::seconds(grid.begin_s())))
          .field("test_from", "Test from", base::Timestamp(std::chrono::seconds(grid.time_s(test_from))))
          .field("until", "Until", base::Timestamp(std::chrono::seconds(grid.time_s(grid.slots()))))
          .field("users", "Users", users.size())
          .table("connects", "Connecting within a quarter of an hour", table, "nothing to score"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
