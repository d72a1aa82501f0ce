#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "predict/application/memory.hpp"
#include "predict/time_grid.hpp"

// Which applications a session will use, from counts that are few enough to be kept of an organisation.
namespace deskloom::predict {

// Features of whether an application is used in the next session: one; logits of the share of sessions in
// which the user, and their role, used it; whether it was used in the last session, in the one before that;
// and the logarithm of its share of launches at this hour of the day against that at any.
inline constexpr std::size_t use_features = 6;
inline constexpr std::size_t use_by_user = 1, use_by_role = 2;  // the logits' columns

// Of one application; counts are faded to when it is asked.
struct UseCounts {
  double sessions = 0, all_sessions = 0;  // of the user that used it, and all
  double role_sessions = 0, all_role_sessions = 0;
  double launches = 0, all_launches = 0;  // of the user
  double at_hour = 0, all_at_hour = 0;    // at that hour of the day
  bool in_last = false, in_one_before = false;
};
std::array<float, use_features> features_of_use(const UseCounts& counts);

// What ApplicationMemory counts of one user, as far as features of use need it.
struct UserUse {
  static constexpr std::size_t most_applications = 64;

  struct Application {
    ApplicationId id = 0;
    float launches = 0, sessions = 0;                          // faded
    bool in_session = false, in_one_before = false;            // the newest session, and the one before it
    std::array<std::uint16_t, hours_per_day> half_launches{};  // by the hour of the day; beside it, half
  };
  std::vector<Application> applications;  // ascending
  float sessions = 0;                     // all that have ended
  std::int64_t faded_to_s = 0;
  std::int64_t in_use_until_s = 0;

  // In the order of time. hour: local, 0 to 23. Of more applications, the one least used is forgotten.
  void see(const ApplicationLaunch& launch, int hour);
  void fade_to(std::int64_t time_s);

 private:
  void close_session();
  Application& remember(ApplicationId id);
};

// What all users of a role use, faded to one time.
class RoleUse {
 public:
  void add(const UserUse& user);
  double of(ApplicationId application) const;
  double all() const { return all_; }
  // Used in at least this share of its sessions, ascending.
  std::vector<ApplicationId> common(double least_share) const;

 private:
  std::unordered_map<ApplicationId, double> sessions_;
  double all_ = 0;
};

// What speaks for each application that the user knows, or that is common in the role, when a session begins
// at that hour of the day.
using UseFeatures = std::pair<ApplicationId, std::array<float, use_features>>;
std::vector<UseFeatures> features_of_uses(const UserUse& user, const RoleUse& role, int hour);

using UseForecast = std::vector<std::pair<ApplicationId, float>>;  // likeliest first
// weights: ApplicationModel::in_session. Probabilities that the session uses each.
UseForecast forecast_uses(const std::array<double, use_features>& weights, const UserUse& user,
                          const RoleUse& role, int hour);

}  // namespace deskloom::predict
