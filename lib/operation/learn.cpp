#include "operation/learn.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "history/sessions.hpp"
#include "operation/applications.hpp"
#include "operation/foretell.hpp"
#include "operation/habits.hpp"
#include "operation/places.hpp"
#include "operation/pool_demand.hpp"
#include "operation/resources.hpp"
#include "operation/session_lengths.hpp"
#include "operation/standing.hpp"
#include "operation/users_demand.hpp"
#include "predict/ahead/file.hpp"
#include "predict/heads/network_heads.hpp"
#include "predict/length/file.hpp"
#include "predict/length/learning.hpp"
#include "predict/network/forecasts.hpp"
#include "predict/spread.hpp"

namespace deskloom::operation {
namespace {

using std::chrono::weeks;

constexpr weeks settling{6}, least_learnt{2}, longest_test{4}, least_test{1};
constexpr weeks longest{60};
// Weights are few, and the same for all: so many users are enough to learn them from.
constexpr std::size_t most_users = 1000;

struct Recorded {
  std::vector<predict::UserSessions> users;
  predict::Calendars calendars;
  base::Timestamp from, until;
  bool is_sample = false;  // not of all users
};

// What foretells connects: regressions, and in the coming hour a network, if the model has one.
struct Foreteller {
  predict::AheadModel ahead;
  std::optional<predict::ConnectNetwork> network;
};

Foreteller foreteller_in(const predict::ModelFile& file) {
  Foreteller foreteller{predict::ahead_model_in(file), {}};
  if (const auto network = predict::network_in(file)) foreteller.network.emplace(*network);
  return foreteller;
}

Recorded recorded_until(const UsageSource& source, base::Timestamp now) {
  Recorded recorded;
  std::int64_t first = base::to_seconds(now), last = 0;
  history::each_user(source.history, source.longest_session(),
                     [&](const std::string& user, std::vector<domain::Session> sessions) {
                       std::erase_if(sessions, [&](const domain::Session& session) {
                         return session.begin_s >= base::to_seconds(now);
                       });
                       if (sessions.empty()) return;
                       first = std::min(first, sessions.front().begin_s);
                       last = std::max(last, std::min(sessions.back().end_s, base::to_seconds(now)));
                       recorded.users.push_back({user, std::move(sessions)});
                     });
  if (recorded.users.empty()) {
    throw base::Error(base::ErrorKind::usage, "no sessions are recorded",
                      "'deskloom event import' or 'event collect' records them");
  }
  recorded.is_sample = recorded.users.size() > most_users;
  if (recorded.is_sample) {
    const double share = static_cast<double>(most_users) / static_cast<double>(recorded.users.size());
    std::size_t number = 0;
    std::erase_if(recorded.users, [&](const auto&) { return predict::spread(number++) >= share; });
  }
  recorded.until = base::from_seconds(last);
  recorded.from = std::max(base::from_seconds(first), recorded.until - longest);
  std::vector<std::string> names;
  for (const auto& user : recorded.users) names.push_back(user.user);
  recorded.calendars = calendars_of(source, names, recorded.from, recorded.until);
  return recorded;
}

// Where the test begins.
base::Timestamp test_of(const Recorded& recorded) {
  const auto span = recorded.until - recorded.from;
  if (span < settling + least_learnt + least_test) {
    throw base::Error(
        base::ErrorKind::usage,
        fmt::format("use is recorded of {} days, too few to learn from", span / std::chrono::days(1)),
        fmt::format("{} weeks are needed; until then, forecasts are made of habits alone",
                    least_recorded().count()));
  }
  const auto test = std::min<base::Timestamp::duration>(span - settling - least_learnt, longest_test);
  return recorded.until - test;
}

std::string name_for(const forecast::Store& store, const std::string& kind, base::Timestamp now) {
  const std::string stem =
      fmt::format("{}-{:%Y%m%d-%H%M%S}", kind, std::chrono::floor<std::chrono::seconds>(now));
  std::set<std::string> taken;
  for (const forecast::Model& model : forecast::models(store)) taken.insert(model.name);
  std::string name = stem;
  for (int number = 2; taken.contains(name); ++number) name = fmt::format("{}-{}", stem, number);
  return name;
}

std::vector<predict::AheadScores> scores_of(const UsageSource& source, const Recorded& recorded,
                                            const Foreteller& foreteller, base::Timestamp test_from) {
  const auto grid = grid_of(source, recorded.from, recorded.until);
  const std::int64_t test_slot = grid.slot_of(base::to_seconds(test_from));
  auto scores =
      predict::evaluate_ahead(grid, recorded.users, recorded.calendars, {}, test_slot, foreteller.ahead);
  if (foreteller.network) {
    predict::Dataset dataset{grid, recorded.users, {}, recorded.calendars};
    for (const auto& user : recorded.users) dataset.people.push_back(source.person(user.user));
    const auto near = predict::evaluate_network_ahead(*foreteller.network, dataset, {}, test_slot);
    for (std::size_t band = 0; band < near.size(); ++band) scores[band].by_model = near[band];
  }
  return scores;
}

// One number for the whole horizon: what is foretold of all its bands counts alike.
double loss_of(const std::vector<predict::AheadScores>& scores, bool by_model) {
  const double sum =
      std::accumulate(scores.begin(), scores.end(), 0.0, [&](double all, const predict::AheadScores& band) {
        return all + (by_model ? band.by_model : band.by_habit).log_loss;
      });
  return sum / static_cast<double>(scores.size());
}

}  // namespace

std::chrono::weeks least_recorded() { return settling + least_learnt + least_test; }

LearnReport learn(const UsageSource& source, forecast::Store& store, base::Timestamp now,
                  const LearnOptions& options) {
  const Recorded recorded = recorded_until(source, now);
  const auto test_from = test_of(recorded);
  const auto grid = grid_of(source, recorded.from, recorded.until);
  const predict::ConnectOptions connects;
  predict::ModelFile file(predict::ahead_schema);
  predict::put_ahead_model(file, predict::learn_ahead(grid, recorded.users, recorded.calendars, connects,
                                                      grid.slot_of(base::to_seconds(test_from))));
  if (options.train_network) predict::put_network(file, options.train_network(recorded.from, test_from));

  LearnReport report;
  report.scores = scores_of(source, recorded, foreteller_in(file), test_from);
  report.tested_until = recorded.until;
  const predict::ProbabilityScores& next = report.scores.front().by_model;
  report.model = {name_for(store, options.kind, now),
                  options.kind,
                  now,
                  recorded.from,
                  test_from,
                  static_cast<std::int64_t>(recorded.users.size()),
                  next.log_loss,
                  next.brier,
                  next.calibration_error};
  file.metadata.merge(
      std::map<std::string, std::string>{{"kind", report.model.kind},
                                         {"time_zone", source.zone.name()},
                                         {"learnt_from", base::to_rfc3339(report.model.learnt_from)},
                                         {"learnt_until", base::to_rfc3339(report.model.learnt_until)},
                                         {"users", std::to_string(report.model.users)},
                                         {"log_loss", fmt::format("{:.6g}", next.log_loss)}});
  predict::put_length_model(file, predict::learn_lengths(grid, recorded.users, grid.slots(), connects.lead_s,
                                                         roles_of(source, recorded.users)));
  learn_resources(source, recorded.until, file);
  learn_places(source, recorded.until, file);
  learn_applications(source, recorded.until, file);
  const auto pools = known_users(source, store, connects, recorded.until).pools;
  learn_pools(source, pools, file);
  if (!recorded.is_sample) {
    choose_sums(source, recorded.users, recorded.calendars, grid, predict::ahead_model_in(file),
                grid.slot_of(base::to_seconds(test_from)), pools, file);
  }
  std::filesystem::create_directories(store.model_dir());
  predict::write_model(report.model.file(store), file);
  forecast::add_model(store, report.model);
  put_promise(store, report.model.name, report.scores);
  return report;
}

void check_model(const forecast::Store& store, const forecast::Model& model) {
  const auto file = predict::read_model(model.file(store));
  const auto foreteller = foreteller_in(file);
  if (foreteller.network) predict::NetworkHeads(*predict::network_in(file), *foreteller.network);
}

Judgement judge(const UsageSource& source, const forecast::Store& store, const std::string& name,
                base::Timestamp now) {
  const auto candidate = forecast::model(store, name);
  const auto model = foreteller_in(predict::read_model(candidate.file(store)));
  const auto incumbent = forecast::model_in_force(store);
  if (incumbent && incumbent->name == name) return {false, "it is in force"};
  const Recorded recorded = recorded_until(source, now);
  const auto from =
      incumbent ? std::max(candidate.learnt_until, incumbent->learnt_until) : candidate.learnt_until;
  if (recorded.until - from < least_test)
    return {false, "less than a week is recorded that neither has learnt from: wait, or use --always"};
  const auto scores = scores_of(source, recorded, model, from);
  const double ours = loss_of(scores, true);
  const double theirs =
      incumbent ? loss_of(scores_of(source, recorded,
                                    foreteller_in(predict::read_model(incumbent->file(store))), from),
                          true)
                : loss_of(scores, false);
  return {ours <= theirs * (1 - source.policy.forecast.margin_percent / 100.0),
          fmt::format("log loss {:.5f} against {:.5f} of {} since {}", ours, theirs,
                      incumbent ? incumbent->name : "habits alone", base::to_rfc3339(from))};
}

}  // namespace deskloom::operation
