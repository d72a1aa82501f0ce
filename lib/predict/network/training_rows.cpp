#include "predict/network/training_rows.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "predict/ahead/model.hpp"
#include "predict/logistic.hpp"
#include "predict/spread.hpp"

namespace deskloom::predict {
namespace {

constexpr double most_idle_share = 0.3, most_learnt = 1.2e6, most_validated = 0.5e6;
constexpr double share_earlier = 0.1;  // of questions, from each slot of the hour before
constexpr std::int64_t least_learnt_slots = 2 * slots_per_week;

class Sampling {
 public:
  Sampling(const Dataset& dataset, const ConnectOptions& options, std::int64_t until)
      : dataset_(dataset), options_(options), validated_from_(until - validation_slots), until_(until) {
    for (const UserSessions& user : dataset.users) {
      known_.push_back(!user.sessions.empty() &&
                       user.sessions.front().begin_s < dataset.grid.time_s(validated_from_));
    }
  }

  TrainingSet sample() {
    TrainingSet set;
    // What begins after the last slot that is learnt from belongs to the validation.
    set.learnt = rows(settling_slots, validated_from_ - 1, most_learnt, true);
    set.validated = rows(validated_from_, until_, most_validated, false);
    for (std::size_t band = 0; band < network_bands; ++band)
      set.regression[band] = regression(set.learnt, band);
    for (TrainingRows* some : {&set.learnt, &set.validated}) foretell(*some, set);
    name(set);
    for (const UserSessions& user : dataset_.users)
      set.tokens.push_back(tokens_of(dataset_.grid, user.sessions));
    return set;
  }

 private:
  TrainingRows rows(std::int64_t from, std::int64_t until, double most, bool known_only) const {
    const double cells = static_cast<double>(until - from) * static_cast<double>(dataset_.users.size());
    const double share = std::min(most_idle_share, most / std::max(cells, 1.0));
    TrainingRows rows;
    each_connect_sample(
        dataset_, options_, {from, until, network_slots},
        [&](std::size_t user, std::int64_t slot, std::int64_t ahead, bool connects) {
          if (!known_[user] && known_only) return false;
          const double asked = (connects ? 1 : share) * (ahead == 0 ? 1 : share_earlier);
          const auto question =
              (user * static_cast<std::uint64_t>(dataset_.grid.slots()) + static_cast<std::uint64_t>(slot)) *
                  network_slots +
              static_cast<std::uint64_t>(ahead);
          return asked >= 1 || spread(question) < asked;
        },
        [&](const ConnectSample& sample) {
          rows.inputs.insert(rows.inputs.end(), sample.inputs.begin(), sample.inputs.end());
          rows.outcomes.push_back(sample.connects ? 1 : 0);
          rows.weights.push_back(static_cast<float>(sample.connects ? 1 : 1 / share));
          rows.bands.push_back(static_cast<std::uint32_t>(horizon_band_of(sample.ahead)));
          rows.users.push_back(static_cast<std::uint32_t>(sample.user));
          rows.ended.push_back(static_cast<std::uint32_t>(sample.ended));
        });
    return rows;
  }

  static std::vector<double> regression(const TrainingRows& rows, std::size_t band) {
    Examples examples;
    examples.width = ahead_features;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (rows.bands[row] != band) continue;
      const auto features = std::span(rows.inputs).subspan(row * connect_inputs, ahead_features);
      examples.features.insert(examples.features.end(), features.begin(), features.end());
      examples.weights.push_back(rows.weights[row]);
      examples.outcomes.push_back(rows.outcomes[row] > 0 ? 1 : 0);
    }
    return fit_logistic(examples, 1, usual_ahead_weights());
  }

  static void foretell(TrainingRows& rows, const TrainingSet& set) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const float* inputs = rows.inputs.data() + row * connect_inputs;
      const std::vector<double>& weights = set.regression[rows.bands[row]];
      double logit = 0;
      for (std::size_t i = 0; i < ahead_features; ++i) logit += weights[i] * inputs[i];
      rows.regression.push_back(static_cast<float>(logit));
    }
  }

  void name(TrainingSet& set) const {
    std::set<std::string> roles, departments;
    for (std::size_t user = 0; user < dataset_.users.size(); ++user) {
      set.user_of.push_back(set.vocabulary.users.size());
      if (!known_[user]) continue;
      set.vocabulary.users.push_back(dataset_.users[user].user);
      roles.insert(dataset_.people[user].role);
      departments.insert(dataset_.people[user].department);
    }
    for (std::set<std::string>* names : {&roles, &departments}) names->erase("");
    set.vocabulary.roles.assign(roles.begin(), roles.end());
    set.vocabulary.departments.assign(departments.begin(), departments.end());
    for (std::size_t user = 0; user < dataset_.users.size(); ++user) {
      if (!known_[user]) set.user_of[user] = set.vocabulary.users.size();
      set.role_of.push_back(place(set.vocabulary.roles, dataset_.people[user].role));
      set.department_of.push_back(place(set.vocabulary.departments, dataset_.people[user].department));
    }
  }

  static std::size_t place(const std::vector<std::string>& names, const std::string& name) {
    const auto found = std::ranges::lower_bound(names, name);
    return found != names.end() && *found == name ? static_cast<std::size_t>(found - names.begin())
                                                  : names.size();
  }

  const Dataset& dataset_;
  const ConnectOptions& options_;
  std::int64_t validated_from_, until_;
  std::vector<bool> known_;
};

}  // namespace

TrainingSet training_set(const Dataset& dataset, const ConnectOptions& options, std::int64_t until) {
  const auto too_little = [](const std::string& what) {
    return base::Error(base::ErrorKind::usage, what,
                       "six weeks are left for histograms to settle, and the last four tell when to end: "
                       "record more, or use 'deskloom predict train' without a network");
  };
  if (until > dataset.grid.slots() || until < settling_slots + least_learnt_slots + validation_slots)
    throw too_little("less than twelve weeks are recorded");
  TrainingSet set = Sampling(dataset, options, until).sample();
  for (const TrainingRows* rows : {&set.learnt, &set.validated}) {
    if (std::ranges::count(rows->outcomes, 1.0F) == 0)
      throw too_little("nobody is known to connect in the weeks to learn from, or in the last four");
  }
  return set;
}

double loss_of(const TrainingRows& rows, std::span<const float> logits) {
  double loss = 0, weight = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double z = logits[row];
    loss +=
        rows.weights[row] * (std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))) - rows.outcomes[row] * z);
    weight += rows.weights[row];
  }
  return loss / weight;
}

std::array<float, 2> calibrated(const TrainingRows& rows, std::span<const float> logits) {
  Examples examples;
  examples.width = 2;
  examples.weights = rows.weights;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    examples.features.insert(examples.features.end(), {1.0F, logits[row]});
    examples.outcomes.push_back(rows.outcomes[row] > 0 ? 1 : 0);
  }
  const auto weights = fit_logistic(examples);
  return {static_cast<float>(weights[1]), static_cast<float>(weights[0])};
}

}  // namespace deskloom::predict
