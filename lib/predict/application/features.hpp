#pragma once

#include <span>
#include <vector>

#include "predict/application/memory.hpp"

// What speaks for each application that a user may start next, and use in their next session.
namespace deskloom::predict {

// Candidates are the applications that the user or others of their role have started; then everything else.
// Columns of their features:
enum ApplicationColumn : std::size_t {
  // Logarithms of shares, of the user's launches
  share_of_launches,       // in the last weeks; shrunk to share_of_role
  share_of_late_launches,  // in the last days; this and the next are shrunk to share_of_launches
  share_after_last,        // after the last application
  share_after_two,         // after the last two; to share_after_last
  share_at_hour_of_day,
  share_in_position,  // of first ones in a session, or of later ones
  // and of the role's
  share_of_role_after_last,
  share_of_role_in_position,
  share_of_role,  // to everybody's
  // 1 for the last application
  is_last,                    // within a session
  is_last_of_session_before,  // when one begins
  is_before_last,             // for the one before
  used_in_session,            // 1 for those of this session
  launches_ago,               // the logarithm of how many
  // Of everything else
  anything_else,     // 1
  else_new_to_user,  // the logarithm of how often a launch is of something new
  application_features,
};
inline constexpr std::size_t application_shares = is_last;
inline constexpr std::size_t most_applications = 64;

// When it is to be foretold what comes next.
struct ApplicationMoment {
  std::int64_t time_s = 0;
  int hour = 0;           // local, 0 to 23
  bool is_first = false;  // a session begins; else one goes on
};

class ApplicationOutlook {
 public:
  ApplicationOutlook(const ApplicationMemory& memory, std::size_t user, const ApplicationMoment& moment);

  std::span<const ApplicationId> candidates() const { return candidates_; }  // ascending
  // A row for each candidate, then one for everything else.
  std::span<const float> features() const { return rows_; }
  // Within everything else, the share of one application, by everybody's launches. What is left is of those
  // that nobody has started.
  double share_of_else(ApplicationId application) const;
  // What baselines say of one application: of all that anybody has started, these sum to 1.
  double by_frequency(ApplicationId application) const;
  double by_chain(ApplicationId application) const;  // after the last application
  double by_everybody(ApplicationId application) const;

 private:
  void choose_candidates();
  void write(std::size_t row, ApplicationId application);
  void write_else(std::size_t row);
  double by_role(ApplicationId application) const;

  const ApplicationMemory& memory_;
  const ApplicationUser& user_;
  const ApplicationHabits& role_;
  ApplicationMoment moment_;
  std::vector<ApplicationId> candidates_;
  std::vector<float> rows_;
};

}  // namespace deskloom::predict
