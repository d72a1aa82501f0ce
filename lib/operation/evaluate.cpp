#include "operation/evaluate.hpp"

#include <algorithm>
#include <iterator>

#include "base/error.hpp"
#include "operation/evaluation_record.hpp"
#include "operation/pool_choice.hpp"
#include "operation/resources.hpp"
#include "operation/session_lengths.hpp"
#include "predict/cost/idle_time.hpp"
#include "predict/cost/own_desktop.hpp"
#include "predict/cost/shared_pool.hpp"
#include "predict/heads/network_heads.hpp"
#include "predict/resource/evaluation.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::size_t most_measured = 1000;  // users: a mixture is the same for all
constexpr predict::HybridHistogram::Options published{}, a_week{7 * 86'400, 300};

struct Span {
  base::Timestamp from, test_from, until;
};

Span span_of(const UsageSource& source, const EvaluationRequest& request,
             const std::vector<predict::UserSessions>& users) {
  Span span;
  if (request.from && request.until) {
    span = {*request.from, {}, *request.until};
  } else {
    const RecordedSpan recorded = recorded_span(source, users);
    span = {request.from.value_or(recorded.from), {}, request.until.value_or(recorded.until)};
  }
  const auto quarter = std::chrono::floor<std::chrono::seconds>(span.until - (span.until - span.from) / 4);
  span.test_from = request.test_from.value_or(quarter);
  return span;
}

predict::Folds folds_of(const predict::TimeGrid& grid, base::Timestamp test_from, int count) {
  const std::int64_t first = grid.slot_of(base::to_seconds(test_from));
  if (first <= 0 || first >= grid.slots()) {
    throw base::Error(base::ErrorKind::usage, "the test does not begin within what is recorded",
                      "what is learnt from comes before it, and it ends with the record, or --until");
  }
  return {first, grid.slots(), count, predict::slots_per_day};
}

[[noreturn]] void throw_not_recorded(const std::string& what, const std::string& hint) {
  throw base::Error(base::ErrorKind::usage, what, hint);
}

class Evaluation {
 public:
  Evaluation(const UsageSource& source, const EvaluationRequest& request)
      : source_(source),
        request_(request),
        users_(recorded_sessions(source)),
        span_(span_of(source, request, users_)),
        grid_(grid_of(source, span_.from, span_.until)),
        folds_(folds_of(grid_, span_.test_from, request.folds)),
        hours_(folds_.in([](std::int64_t slot) { return slot / predict::hour_slots; })),
        holidays_(holiday_hours(source, grid_)) {
    report_.from = base::from_seconds(grid_.begin_s());
    report_.test_from = time_of(folds_.from());
    report_.until = time_of(folds_.until());
    for (std::size_t fold = 0; fold < folds_.count(); ++fold)
      report_.learnt_until.push_back(time_of(folds_.begin(fold)));
    report_.users = users_.size();
    report_.lead_s = options_.lead_s;
    if (request.network != nullptr) {
      network_.emplace(*request.network);
      dataset_.emplace(dataset());
      heads_.emplace(*request.network, *network_, *dataset_);
    }
  }

  EvaluationReport run() {
    const bool connects_or_cost =
        request_.asks(EvaluationTask::connects) || request_.asks(EvaluationTask::cost);
    if (connects_or_cost) attempt(EvaluationTask::connects, [&] { connects(); });
    const auto each = [&](EvaluationTask task, void (Evaluation::*work)()) {
      if (request_.asks(task)) attempt(task, [&] { (this->*work)(); });
    };
    each(EvaluationTask::lengths, &Evaluation::lengths);
    each(EvaluationTask::pools, &Evaluation::pools);
    each(EvaluationTask::resources, &Evaluation::resources);
    each(EvaluationTask::applications, &Evaluation::applications);
    each(EvaluationTask::places, &Evaluation::places);
    each(EvaluationTask::cost, &Evaluation::cost);
    if (scored_ == 0) throw *first_error_;
    return std::move(report_);
  }

 private:
  base::Timestamp time_of(std::int64_t slot) const { return base::from_seconds(grid_.time_s(slot)); }

  template <typename Work>
  void attempt(EvaluationTask task, const Work& work) {
    try {
      work();
      ++scored_;
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::usage) throw;
      const bool is_needed = request_.network != nullptr || request_.foretold;
      if (task == EvaluationTask::connects && is_needed) throw;
      if (!first_error_) first_error_ = error;
      const bool is_hidden = task == EvaluationTask::connects && !request_.asks(task);
      if (!is_hidden) report_.not_scored.push_back({task, error.what()});
    }
  }

  void check_sessions() const {
    if (users_.empty())
      throw_not_recorded("no sessions are recorded",
                         "'deskloom event import' or 'event collect' records them");
  }

  // What it costs to follow each is found on the way.
  void connects() {
    check_sessions();
    const auto curve = [&] {
      return predict::FollowedForecast(grid_, users_, folds_.from(), folds_.until(), options_.lead_s);
    };
    // A constant says nothing of when.
    std::vector<predict::FollowedForecast> followed(predict::connect_models.size() - 1, curve());
    auto scores = predict::evaluate_connects(
        grid_, users_, options_, folds_,
        [&](std::size_t user, std::int64_t slot, std::span<const double> by_model) {
          for (std::size_t i = 0; i < followed.size(); ++i) followed[i].add(user, slot, by_model[i + 1]);
          if (!network_) tell(user, slot, by_model.back());
        });
    for (std::size_t i = 0; i < followed.size(); ++i)
      followed_.push_back({predict::connect_models[i + 1], predict::pareto(followed[i].finish())});
    if (network_) {
      predict::FollowedForecast by_network = curve();
      std::ranges::copy(
          predict::evaluate_network(*network_, *dataset_, options_, folds_,
                                    [&](std::size_t user, std::int64_t slot, std::span<const double> by) {
                                      by_network.add(user, slot, by.back());
                                      tell(user, slot, by.back());
                                    }),
          std::back_inserter(scores));
      followed_.push_back({"network", predict::pareto(by_network.finish())});
    }
    if (request_.asks(EvaluationTask::connects)) report_.connects = std::move(scores);
  }

  void tell(std::size_t user, std::int64_t slot, double probability) const {
    if (request_.foretold) request_.foretold(users_[user].user, grid_.time_s(slot), probability);
  }

  // For networks.
  predict::Dataset dataset() const {
    predict::Dataset dataset{grid_, users_, {}, {}};
    std::vector<std::string> names;
    for (const predict::UserSessions& user : users_) {
      names.push_back(user.user);
      dataset.people.push_back(source_.person(user.user));
    }
    dataset.calendars = calendars_of(source_, names, report_.from, report_.until);
    return dataset;
  }

  void lengths() {
    check_sessions();
    report_.lengths =
        predict::evaluate_lengths(grid_, users_, folds_, options_.lead_s, roles_of(source_, users_),
                                  heads_ ? heads_->at(heads_->heads().length) : predict::HeadAt());
  }

  void pools() {
    check_sessions();
    each_pool([&](const std::string& pool, const std::vector<predict::UserSessions>& users) {
      predict::DemandSeries series;
      series.hours_of_week = predict::hours_of_week(grid_);
      series.holidays = holidays_;
      series.amounts = predict::arrivals_per_hour(predict::arrivals_per_slot(grid_, users));
      add_pool(pool, predict::DemandKind::arrivals, series);
      series.amounts = predict::concurrent_per_hour(grid_, users);
      add_pool(pool, predict::DemandKind::concurrent, series);
    });
  }

  void add_pool(const std::string& pool, predict::DemandKind kind, const predict::DemandSeries& series) {
    report_.pools.push_back({pool, kind, predict::evaluate_demand(series, kind, hours_)});
  }

  // Those that serve somebody.
  template <typename Visit>
  void each_pool(const Visit& visit) const {
    std::map<std::string, std::vector<predict::UserSessions>> pools;
    for (const predict::UserSessions& user : users_) {
      const policy::Pool* pool = pool_serving(source_.policy, user.user);
      if (pool != nullptr) pools[pool->name].push_back(user);
    }
    if (pools.empty())
      throw_not_recorded("no pool of policy serves any of the recorded users", "see 'deskloom config show'");
    for (const auto& [name, users] : pools) visit(name, users);
  }

  void resources() {
    const auto in_hours = [&](std::int64_t slot) { return grid_.time_s(slot) / hour_s; };
    const predict::Folds folds = folds_.in(in_hours);
    const auto users = measured(source_, in_hours(0), folds.until(), most_measured);
    std::optional<base::Error> none;
    for (const auto& [metric, name] : domain::metric_names) {
      std::vector<predict::HourlyAmounts> entities;
      predict::ResourceHead head;
      if (heads_) head.at = heads_->at(heads_->heads().resources[static_cast<std::size_t>(metric)]);
      for (const MeasuredUser& user : users) {
        const predict::HourlyAmounts& amounts = user.amounts[static_cast<std::size_t>(metric)];
        if (amounts.amounts.empty()) continue;
        entities.push_back(amounts);
        head.users.push_back(user.name);
      }
      if (entities.empty()) continue;
      try {
        report_.resources.push_back(
            {metric, predict::evaluate_resources(entities, source_.zone, folds, head)});
      } catch (const base::Error& error) {
        none = error;
      }
    }
    if (!report_.resources.empty()) return;
    if (none) throw base::Error(*none);
    throw_not_recorded("nothing is recorded of what desktops use, or it was not rolled up",
                       "'deskloom event rollup' makes hours of samples");
  }

  void applications() {
    const auto in_seconds = [&](std::int64_t slot) { return grid_.time_s(slot); };
    const predict::Folds folds = folds_.in(in_seconds);
    const auto users = recorded_launches(source_, in_seconds(0), folds.until());
    if (users.empty())
      throw_not_recorded("no launches of applications are recorded",
                         "'deskloom event import --type launches' or 'event collect' records them");
    predict::ApplicationHeads heads;
    if (heads_) heads = {heads_->at(heads_->heads().next_application), heads_->at(heads_->heads().use)};
    report_.applications = predict::evaluate_applications(source_.zone, users, folds, heads);
  }

  void places() {
    const auto users = recorded_sightings(source_, grid_);
    if (users.empty())
      throw_not_recorded("no places are recorded",
                         "they are, of users who agreed: 'deskloom user set NAME --consent location'");
    predict::PlaceTest test{hours_, {1, predict::day_h}, {}};
    if (heads_) test.head = heads_->at(heads_->heads().places);
    const auto wall = predict::wall_hours(grid_);
    for (std::size_t hour = 0; hour < std::min(holidays_.size(), wall.size()); ++hour)
      if (holidays_[hour] != 0) test.holidays.push_back(wall[hour] / predict::day_h);
    report_.places = predict::evaluate_places(grid_, users, test);
  }

  void cost() {
    check_sessions();
    if (!followed_.empty()) {
      const predict::IdleTimeTest test{grid_.time_s(folds_.from()), grid_.time_s(folds_.until()),
                                       options_.lead_s};
      Costs own{{}, {}};
      own.curves = {
          {"kept for a time", predict::pareto(predict::keep_alive_cost(users_, test))},
          {"hybrid histogram of 4 hours", predict::pareto(predict::hybrid_cost(users_, test, published))},
          {"hybrid histogram of a week", predict::pareto(predict::hybrid_cost(users_, test, a_week))}};
      std::ranges::copy(followed_, std::back_inserter(own.curves));
      report_.costs.push_back(std::move(own));
    }
    each_pool([&](const std::string& pool, const std::vector<predict::UserSessions>& users) {
      const predict::SlotArrivals arrivals{predict::arrivals_per_slot(grid_, users),
                                           predict::arrivals_by_habit(grid_, users, options_)};
      report_.costs.push_back({pool, predict::shared_pool_costs(grid_, arrivals, folds_)});
    });
  }

  const UsageSource& source_;
  const EvaluationRequest& request_;
  const predict::ConnectOptions options_;
  std::vector<predict::UserSessions> users_;
  Span span_;
  predict::TimeGrid grid_;
  predict::Folds folds_, hours_;  // of slots, and of hours of the grid
  std::vector<char> holidays_;
  std::optional<predict::ConnectNetwork> network_;
  std::optional<predict::Dataset> dataset_;  // for the network
  std::optional<predict::RecordHeads> heads_;
  std::vector<predict::CostCurve> followed_;  // forecasts of connecting
  EvaluationReport report_;
  std::size_t scored_ = 0;
  std::optional<base::Error> first_error_;
};

}  // namespace

bool EvaluationRequest::asks(EvaluationTask task) const {
  return std::ranges::find(tasks, task) != tasks.end();
}

EvaluationReport evaluate(const UsageSource& source, const EvaluationRequest& request) {
  return Evaluation(source, request).run();
}

}  // namespace deskloom::operation
