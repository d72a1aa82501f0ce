#pragma once

#include <array>
#include <string>

#include "frame/document.hpp"
#include "operation/evaluate.hpp"

// What an evaluation has found, as tables. Columns without a title are for programs.
namespace deskloom::cmd {

// Shares of sessions that wait at which costs are compared.
inline constexpr std::array<double, 3> compared_waits{0.05, 0.1, 0.2};

// As scores stand in tables: five digits.
frame::Value exact(double score);

frame::Table connects_table(const operation::EvaluationReport& report);
frame::Table lengths_table(const operation::EvaluationReport& report);
frame::Table calibration_table(const operation::EvaluationReport& report);
frame::Table pools_table(const operation::EvaluationReport& report);
frame::Table resources_table(const operation::EvaluationReport& report);
frame::Table next_applications_table(const operation::EvaluationReport& report);
frame::Table used_applications_table(const operation::EvaluationReport& report);
frame::Table places_table(const operation::EvaluationReport& report);
// A row for each model, at all compared waits; and, for programs, for each of these, too.
frame::Table cost_table(const operation::EvaluationReport& report);
frame::Table costs_by_wait(const operation::EvaluationReport& report);
frame::Table cost_curves_table(const operation::EvaluationReport& report);
frame::Table not_scored_table(const operation::EvaluationReport& report);

// How the test was made, in plain words.
std::string method_of(const operation::EvaluationReport& report);
std::string cost_title(const operation::EvaluationReport& report);
std::string name_of(const operation::Costs& costs);
std::string name_of(predict::DemandKind kind);

}  // namespace deskloom::cmd
