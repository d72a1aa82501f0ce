#include "predict/application/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "predict/application/walk.hpp"
#include "predict/heads/applications.hpp"

namespace deskloom::predict {
namespace {

constexpr std::array<const char*, 3> rules{"everybody's frequency", "user's frequency", "Markov chain"};
constexpr std::array<const char*, 2> use_rules{"role's share of sessions", "user's share of sessions"};
constexpr const char *learnt = "learnt mixture", *network = "network";

using ByRule = std::array<double, rules.size()>;

ByRule by_rule(const ApplicationOutlook& outlook, ApplicationId application) {
  return {outlook.by_everybody(application), outlook.by_frequency(application),
          outlook.by_chain(application)};
}

double logistic_of(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

class Evaluation {
 public:
  Evaluation(const std::vector<UserLaunches>& users, const Folds& folds, const ApplicationHeads& heads)
      : users_(users), folds_(folds), heads_(heads) {}

  void learn(const base::TimeZone& zone) {
    for (std::size_t fold = 0; fold < folds_.count(); ++fold)
      models_.push_back(learn_applications(zone, users_, folds_.begin(fold)));
  }

  void foretell(const ApplicationMemory& memory, const ApplicationTarget& target) {
    model_ = &models_[folds_.fold_of(target.time_s)];
    const ApplicationOutlook outlook(memory, target.user, target.moment);
    score_rules(outlook, target.application);
    score_next(forecast_application(*model_, outlook), outlook, target.application, learnt_);
    const std::string& user = users_[target.user].user;
    if (heads_.next) {
      const auto head = heads_.next(user, target.moment.time_s);
      score_next(forecast_application(*model_, outlook, target.moment, head), outlook, target.application,
                 by_network_);
    }
    if (!target.moment.is_first) return;
    for (const ApplicationId application : applications_of(memory, target.user))
      score_use(memory, target, application);
  }

  ApplicationScores scores() const {
    ApplicationScores all;
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
      all.next.push_back({rules[rule], by_rule_[rule].scores()});
    all.next.push_back({learnt, learnt_.scores()});
    if (heads_.next) all.next.push_back({network, by_network_.scores()});
    for (std::size_t rule = 0; rule < use_rules.size(); ++rule)
      all.in_session.push_back({use_rules[rule], score(use_by_rule_[rule])});
    all.in_session.push_back({learnt, score(use_learnt_)});
    if (heads_.use) all.in_session.push_back({network, score(use_by_network_)});
    return all;
  }

 private:
  void score_rules(const ApplicationOutlook& outlook, ApplicationId truth) {
    const ByRule of_truth = by_rule(outlook, truth);
    std::array<std::size_t, rules.size()> likelier{};
    if (!std::ranges::binary_search(outlook.candidates(), truth)) likelier.fill(ChoiceScorer::unranked);
    for (const ApplicationId other : outlook.candidates()) {
      if (likelier.front() == ChoiceScorer::unranked) break;
      const ByRule of_other = by_rule(outlook, other);
      for (std::size_t rule = 0; rule < rules.size(); ++rule)
        likelier[rule] += of_other[rule] > of_truth[rule] ? 1U : 0U;
    }
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
      by_rule_[rule].add(of_truth[rule], likelier[rule]);
  }

  static void score_next(const ApplicationForecast& forecast, const ApplicationOutlook& outlook,
                         ApplicationId truth, ChoiceScorer& scorer) {
    const auto found =
        std::ranges::find(forecast.applications, truth, &std::pair<ApplicationId, float>::first);
    if (found != forecast.applications.end()) {
      scorer.add(found->second, static_cast<std::size_t>(found - forecast.applications.begin()));
    } else {
      scorer.add(forecast.anything_else * outlook.share_of_else(truth), ChoiceScorer::unranked);
    }
  }

  void score_use(const ApplicationMemory& memory, const ApplicationTarget& target,
                 ApplicationId application) {
    const bool outcome = is_used(target, application);
    const auto row = features_of_use(memory, target.user, target.moment, application);
    use_by_rule_[0].add(logistic_of(row[use_by_role]), outcome);
    use_by_rule_[1].add(logistic_of(row[use_by_user]), outcome);
    const double learnt_says = forecast_use(*model_, memory, target.user, target.moment, application);
    use_learnt_.add(learnt_says, outcome);
    if (!heads_.use) return;
    auto p = static_cast<float>(learnt_says);
    correct_chances(heads_.use(users_[target.user].user, target.moment.time_s),
                    use_head_row(row, target.moment.hour), {&p, 1});
    use_by_network_.add(p, outcome);
  }

  const std::vector<UserLaunches>& users_;
  const Folds& folds_;
  const ApplicationHeads& heads_;
  std::vector<ApplicationModel> models_;  // learnt before each fold
  const ApplicationModel* model_ = nullptr;
  std::array<ChoiceScorer, rules.size()> by_rule_;
  ChoiceScorer learnt_, by_network_;
  std::array<Foretold, use_rules.size()> use_by_rule_;
  Foretold use_learnt_, use_by_network_;
};

}  // namespace

ApplicationScores evaluate_applications(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                                        const Folds& folds, const ApplicationHeads& heads) {
  const auto any = [&](const auto& is_meant) {
    return std::ranges::any_of(
        users, [&](const UserLaunches& user) { return std::ranges::any_of(user.launches, is_meant); });
  };
  if (!any([&](const ApplicationLaunch& launch) { return launch.time_s < folds.from(); }) ||
      !any([&](const ApplicationLaunch& launch) { return folds.contain(launch.time_s); })) {
    throw base::Error(base::ErrorKind::usage,
                      "no launches are recorded before the test begins, or none in it",
                      "let the test begin within what is recorded");
  }
  Evaluation evaluation(users, folds, heads);
  evaluation.learn(zone);
  each_application(zone, users, folds.until(),
                   [&](const ApplicationMemory& memory, const ApplicationTarget& target) {
                     if (target.time_s >= folds.from()) evaluation.foretell(memory, target);
                   });
  return evaluation.scores();
}

}  // namespace deskloom::predict
