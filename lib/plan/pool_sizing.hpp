#pragma once

#include <string>
#include <vector>

#include "plan/pool_outlook.hpp"
#include "plan/pool_target.hpp"

namespace deskloom::plan {

// What a pool should have at the begin of a step, and what is to be expected of it.
struct PoolStep {
  base::Timestamp begin;
  int ghosts = 0;
  std::string reason;
  std::vector<ShadowChoice> shadows;  // those of later steps are chosen anew when their time comes
  double arrivals = 0;                // in the step, of users without an instance or shadow
  double waiting = 0;                 // of these, who find no ghost
  double wait_min = 0, idle_min = 0;  // of all together
  double cost = 0;
};

// Another number of ghosts for now, and why it is not the one.
struct SizeAlternative {
  int ghosts = 0;
  double served = 0;  // the probability that nobody waits in the window
  double wait_cost = 0, idle_cost = 0;
  std::string verdict;
};

// Sizes a pool as a newsvendor does who may order again at every step: ghosts ready or coming are to cover
// the demand D until what is ordered now and at the next step could be there (periodic review, order up to
// a level). One too few makes a user wait for provisioning, one too many idles for a step, so the level is
// the smallest k with P(D <= k) >= cu / (cu + co), and not less than the service level: that of policy. What
// cannot be provisioned in time later is asked for earlier.
//
// Arrow, Harris, Marschak: Optimal inventory policy, Econometrica 1951. Porteus: Foundations of Stochastic
// Inventory Theory, 2002, ch. 1 (critical ratio) and 6 (lead times).
class PoolSizing {
 public:
  // Both must outlive it. Nothing of it depends on the order of users.
  PoolSizing(const PoolOutlook& outlook, const PoolSituation& situation);

  PoolTarget target() const;  // for now
  const std::vector<PoolStep>& steps() const { return steps_; }
  // When, and by how much, max will be too small for what is foretold; empty: it is not.
  std::string shortage() const;
  // The numbers beside the one chosen, and the least that policy asks for; none when nothing is foretold.
  std::vector<SizeAlternative> alternatives() const;
  // Whose demand ghosts are to cover: until what is ordered at the next step could be there.
  std::chrono::seconds window() const { return window_; }

 private:
  // What one step is sized by.
  struct Demand {
    CountDistribution count;           // of those who come in its window and need a ghost
    std::vector<std::size_t> shadows;  // numbers of users
    double idle_shadows = 0;           // of these, who do not come, in the mean
    int most = 0;                      // ghosts that max leaves beside what is in use
    PoolTarget least;
  };

  // Who holds instances as a step begins, those included whose shadows are started now: until they have left,
  // if they come, and their grace time is over.
  struct Held {
    std::vector<bool> users;
    int instances = 0, shadows = 0;
  };

  std::size_t step_count() const;
  double minutes_of(std::size_t step) const;
  TimeSpan window_at(std::size_t step) const;
  std::vector<double> chances_at(std::size_t step) const;
  Held held_at(std::size_t step) const;
  int in_use_at(std::size_t step) const;
  int scheduled_at(std::size_t step) const;
  int room_for_shadows(std::size_t step, const Held& held) const;
  Demand demand_at(std::size_t step) const;
  double critical_ratio(std::size_t step) const;
  double level(std::size_t step) const;
  void size(std::size_t step);
  void order_early();
  void expect(std::size_t step);
  std::string why_shadow(std::size_t step, double chance) const;
  int to_survive(int ghosts) const;
  SizeAlternative alternative(int ghosts) const;

  const PoolOutlook& outlook_;
  const PoolSituation& situation_;
  std::chrono::seconds lead_, window_;
  std::vector<std::size_t> started_;  // users, whose shadows are started now
  std::vector<Demand> demands_;       // of each step
  std::vector<PoolStep> steps_;
};

}  // namespace deskloom::plan
