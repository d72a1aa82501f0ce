#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/app_session.hpp"
#include "operation/app_choice.hpp"
#include "operation/assign.hpp"

namespace deskloom::operation {

// Where the instance came from that serves the application.
enum class AppSupply {
  running,          // the application was in use already
  own_desktop,      // the user's desktop is as the persona asks
  ready,            // one was warm
  made,             // one was made
  default_profile,  // no persona could serve: the user's desktop as it is, or one as any user gets
};
std::string_view to_string(AppSupply supply);

struct AppAssignment {
  domain::AppSession session;
  AppSupply supply = AppSupply::made;
  std::vector<plan::AppVerdict> verdicts;  // of all personas of the application, the best first
  AssignResult desktop;
  std::vector<domain::AppPart> parts;
  std::vector<std::string> notes;
};

// SPEC G2. The persona that suits the user best and can serve now; where its instance cannot be had, the next
// one, and at last the default profile. Then its components are started. The caller holds the lease
// user:NAME. Throws as assign; what fails of the components leaves the session failed, with its desktop.
AppAssignment assign_app(const World& world, const std::string& user, const std::string& app);

// What assign_app would do now, without doing it.
struct AppForecast {
  AppSupply supply = AppSupply::made;
  std::optional<std::string> persona;
  std::optional<std::string> instance;  // nullopt: one is still to be chosen or made
  std::string reason;
  std::vector<plan::AppVerdict> verdicts;
};
AppForecast forecast_app(const World& world, const std::string& user, const std::string& app);

// The user's open session: of that application, or the only one. Throws Error(not_found) when there is none,
// Error(usage) when there are several and none is named.
domain::AppSession open_app(const state::Store& state, const std::string& user,
                            const std::optional<std::string>& app);

}  // namespace deskloom::operation
