#pragma once

#include <string>
#include <vector>

// What it costs to keep desktops ready: some wait for nobody, and some users wait for one.
namespace deskloom::predict {

// A rule at one setting of it. NaN when there were no connects.
struct CostPoint {
  double setting = 0;       // such as the least probability at which a desktop is made ready
  double unmet = 0;         // share of connects that found none ready
  double idle_minutes = 0;  // that desktops were ready and not in use, for each connect
};

struct CostCurve {
  std::string model;
  std::vector<CostPoint> points;  // as pareto() leaves them
};

// Those points that no other beats in both, by rising idle minutes.
std::vector<CostPoint> pareto(std::vector<CostPoint> points);

// Idle minutes when so large a share of connects is unmet: between two settings, each is used for a part of
// the time. NaN: no setting leaves so few.
double idle_at(const std::vector<CostPoint>& pareto, double unmet);

}  // namespace deskloom::predict
