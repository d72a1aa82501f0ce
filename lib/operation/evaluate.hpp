#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operation/usage_source.hpp"
#include "predict/application/evaluation.hpp"
#include "predict/connect/evaluation.hpp"
#include "predict/cost/curve.hpp"
#include "predict/demand/evaluation.hpp"
#include "predict/length/evaluation.hpp"
#include "predict/place/evaluation.hpp"
#include "predict/scaled_scores.hpp"

// A back-test of every forecast on what is recorded, beside simple ones (SPEC D4, A9).
namespace deskloom::operation {

enum class EvaluationTask { connects, lengths, pools, resources, applications, places, cost };
inline constexpr domain::Names<EvaluationTask, 7> evaluation_task_names{
    {{EvaluationTask::connects, "connects"},
     {EvaluationTask::lengths, "lengths"},
     {EvaluationTask::pools, "pools"},
     {EvaluationTask::resources, "resources"},
     {EvaluationTask::applications, "applications"},
     {EvaluationTask::places, "places"},
     {EvaluationTask::cost, "cost"}}};

struct EvaluationRequest {
  std::vector<EvaluationTask> tasks;
  // nullopt: all that is recorded, and the test in its last quarter.
  std::optional<base::Timestamp> from, test_from, until;
  int folds = 1;
  const predict::ModelFile* network = nullptr;  // to be scored, too, with its heads
  // Told what the network, or else the regression, foretold of connecting in the slot that begins then.
  std::function<void(const std::string& user, std::int64_t at_s, double probability)> foretold;

  bool asks(EvaluationTask task) const;
};

// Of a pool's arrivals, or of how many use it at once.
struct PoolScores {
  std::string pool;
  predict::DemandKind kind{};
  std::vector<predict::AmountScores> models;
};

struct MetricScores {
  domain::Metric metric{};
  std::vector<predict::AmountScores> models;
};

// What it costs to keep desktops ready by each model.
struct Costs {
  std::optional<std::string> pool;  // nullopt: every user has a desktop of their own
  std::vector<predict::CostCurve> curves;
};

struct NotScored {
  EvaluationTask task{};
  std::string why;
};

struct EvaluationReport {
  base::Timestamp from, test_from, until;
  std::vector<base::Timestamp> learnt_until;  // of each fold: where it begins
  std::size_t users = 0;                      // with sessions
  std::int64_t lead_s = 0;                    // who finds no desktop ready waits so long
  std::vector<predict::ModelScores> connects;
  std::vector<predict::LengthScores> lengths;
  std::vector<PoolScores> pools;
  std::vector<MetricScores> resources;
  predict::ApplicationScores applications;
  std::vector<predict::PlaceScores> places;
  std::vector<Costs> costs;
  std::vector<NotScored> not_scored;
};

// Reads the record once. What cannot be scored is named in the report; throws Error(usage) when nothing can,
// or when a network or forecasts were asked for and connects cannot.
EvaluationReport evaluate(const UsageSource& source, const EvaluationRequest& request);

}  // namespace deskloom::operation
