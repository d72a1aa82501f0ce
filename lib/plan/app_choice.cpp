#include "plan/app_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace deskloom::plan {
namespace {

constexpr double of_no_roles = 0.5;
constexpr double of_other_roles = 0.1;
constexpr double to_be_made = 0.5;
// Sessions that weigh as much as what was foretold.
constexpr double trust_in_author = 20;

double share_of(domain::UseLevel level) {
  constexpr std::array shares{0.5, 0.75, 1.0};
  return shares.at(static_cast<std::size_t>(level));
}

double capacity_of(const AppCandidate& candidate) {
  if (candidate.warm > 0) return 1;
  return candidate.why_not.empty() ? to_be_made : 0;
}

std::string why(const AppCandidate& candidate) {
  if (candidate.affinity == 0) return "is not meant for the user's role";
  if (capacity_of(candidate) == 0) return candidate.why_not;
  return fmt::format("affinity {:.2f}, predicted use {:.2f}, {}", candidate.affinity, candidate.predicted,
                     candidate.warm > 0 ? fmt::format("{} ready", candidate.warm) : "one can be made");
}

}  // namespace

double affinity_for(const domain::AppPersona& persona, const std::optional<std::string>& role) {
  if (persona.role_affinity.empty()) return of_no_roles;
  const auto found = role ? persona.role_affinity.find(*role) : persona.role_affinity.end();
  return found == persona.role_affinity.end() ? of_other_roles : found->second;
}

double predicted_use(const domain::AppUsage& foretold, int hour, int day, const std::array<int, 24>& begun) {
  const double author = share_of(foretold.hourly.at(static_cast<std::size_t>(hour))) *
                        share_of(foretold.daily.at(static_cast<std::size_t>(day)));
  double all = 0;
  for (const int sessions : begun) all += sessions;
  const int most = *std::ranges::max_element(begun);
  if (most == 0) return author;
  const double seen = static_cast<double>(begun.at(static_cast<std::size_t>(hour))) / most;
  // Never nothing: somebody asks for it just now.
  constexpr double least = 0.1;
  return (trust_in_author * author + all * std::max(seen, least)) / (trust_in_author + all);
}

std::vector<AppVerdict> rank_app_personas(std::span<const AppCandidate> candidates) {
  std::vector<AppVerdict> verdicts;
  for (const AppCandidate& candidate : candidates) {
    const double score = candidate.affinity * candidate.predicted * capacity_of(candidate);
    verdicts.push_back(
        {candidate.persona, score, candidate.warm > 0, why(candidate), candidate.affinity > 0});
  }
  std::ranges::sort(verdicts, [](const AppVerdict& a, const AppVerdict& b) {
    return std::tuple(-a.score, a.persona) < std::tuple(-b.score, b.persona);
  });
  return verdicts;
}

}  // namespace deskloom::plan
