#include "operation/app_assign.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/app_pools.hpp"
#include "operation/app_session.hpp"
#include "operation/attendance.hpp"
#include "operation/journal.hpp"
#include "operation/power.hpp"
#include "operation/reclaim.hpp"
#include "operation/shadow.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;
using domain::AppPersona;
using domain::AppSession;
using domain::AppState;
using domain::Instance;

bool is_alive(const World& world, const Instance& instance) {
  return domain::holds_persona(instance.state) && is_there(world, instance);
}

std::optional<Instance> own_desktop(const World& world, const std::string& user) {
  auto instance = world.state.instances.of_user(user);
  if (!instance || !is_there(world, *instance)) return std::nullopt;
  return instance;
}

// What can be done without this persona, by another or by the default profile.
bool lets_others_try(const Error& e) {
  const auto kind = e.kind();
  return kind == ErrorKind::failed || kind == ErrorKind::not_found || kind == ErrorKind::no_space ||
         kind == ErrorKind::host_unreachable || kind == ErrorKind::usage;
}

std::string reason_of(const plan::AppVerdict& verdict) { return verdict.persona + ": " + verdict.why; }

std::string why_not_on(const Instance& desktop, const AppPersona& persona) {
  const bool is_same = desktop.image == persona.environment.image;
  return "the user has instance " + desktop.name + " of image " + desktop.image +
         " already, and application persona " + persona.id + " needs " +
         (is_same ? "container " + persona.source.reference : "image " + persona.environment.image);
}

// The best persona that the desktop can serve by; nullopt: none.
std::optional<std::size_t> fitting(const World& world, const AppChoice& choice, const Instance& desktop) {
  for (std::size_t i = 0; i < choice.personas.size(); ++i) {
    if (choice.verdicts[i].is_meant && runs_as(world.policy, desktop.pool, desktop.image, choice.personas[i]))
      return i;
  }
  return std::nullopt;
}

std::string why_none_fits(const AppChoice& choice, const Instance& desktop) {
  const auto meant = std::ranges::find_if(choice.verdicts, &plan::AppVerdict::is_meant);
  if (meant == choice.verdicts.end()) return choice.why_none;
  return why_not_on(desktop, choice.personas.at(static_cast<std::size_t>(meant - choice.verdicts.begin())));
}

// It has nothing that its snapshot has not.
bool is_unused_shadow(const World& world, const Instance& desktop) {
  return !was_used(world.state, desktop) && world.state.apps.open_on(desktop.name).empty() &&
         !is_anybody_there(world, desktop);
}

// A persona can be served from elsewhere, and what the user would lose is nothing.
bool is_better_given_up(const World& world, const AppChoice& choice, const Instance& desktop) {
  return !fitting(world, choice, desktop) && choice.why_none.empty() && is_unused_shadow(world, desktop);
}

class Assigner {
 public:
  Assigner(const World& world, const std::string& user, const std::string& app)
      : world_(world), user_(user), app_(app) {}

  AppAssignment run() {
    auto choice = choose_app_persona(world_, user_, app_);
    result_.verdicts = choice.verdicts;
    try {
      auto own = own_desktop(world_, user_);
      if (own && is_better_given_up(world_, choice, *own)) {
        reclaim(world_, *own, "nobody has used it, and application " + app_ + " needs another");
        own.reset();
      }
      if (own)
        serve_on(*own, choice);
      else
        serve_anew(choice);
    } catch (const Error& e) {
      // What was interrupted is resumed; of all else no session is left.
      const auto begun = world_.state.apps.open_of(user_, app_);
      if (begun && e.kind() != ErrorKind::interrupted) world_.state.apps.end(begun->id, world_.clock.now());
      throw;
    }
    result_.session = *world_.state.apps.open_of(user_, app_);
    return std::move(result_);
  }

 private:
  void record(const Instance& instance, const AppPersona* persona, bool is_borrowed,
              const std::string& reason) {
    auto transaction = world_.state.transaction();
    // Of a ghost that turned out to be dead.
    if (const auto before = world_.state.apps.open_of(user_, app_))
      world_.state.apps.end(before->id, world_.clock.now());
    AppSession session;
    session.user = user_;
    session.app = app_;
    if (persona != nullptr) {
      session.persona = persona->id;
      session.document = policy::document_of(*persona);
    }
    session.reason = reason;
    session.instance = instance.name;
    session.is_borrowed = is_borrowed;
    session.began_at = world_.clock.now();
    world_.state.apps.begin(session);
    transaction.commit();
  }

  void serve_on(const Instance& own, const AppChoice& choice) {
    const auto fits = fitting(world_, choice, own);
    const auto* persona = fits ? &choice.personas[*fits] : nullptr;
    result_.supply = fits ? AppSupply::own_desktop : AppSupply::default_profile;
    result_.desktop = assign(world_, {user_, std::nullopt, std::nullopt});
    record(result_.desktop.instance, persona, true,
           fits ? reason_of(choice.verdicts[*fits]) : why_none_fits(choice, own));
    if (fits) note_lack(*persona, result_.desktop.instance);
  }

  void note_lack(const AppPersona& persona, const Instance& instance) {
    const auto asked = asked_for(persona, instance.full);
    std::vector<std::string> lacks;
    for (const auto resource : domain::all_resources) {
      auto with_it = instance.full;
      domain::take_over(with_it, asked, resource);
      if (!domain::is_within(with_it, instance.full))
        lacks.push_back(std::string(to_string(resource)) + " " + describe(instance.full, resource) + " of " +
                        describe(asked, resource));
    }
    if (lacks.empty()) return;
    result_.notes.push_back("desktop " + instance.name + " has at most " + base::join(lacks, ", ") +
                            " that persona " + persona.id + " asks for");
  }

  void serve_anew(const AppChoice& choice) {
    std::string why_none = choice.why_none;
    for (std::size_t i = 0; i < choice.personas.size() && choice.verdicts[i].score > 0; ++i) {
      try {
        return serve_by(choice.personas[i], reason_of(choice.verdicts[i]));
      } catch (const Error& e) {
        if (!lets_others_try(e)) throw;
        why_none = "application persona " + choice.personas[i].id + " cannot serve: " + e.what();
        world_.say(why_none);
      }
    }
    result_.supply = AppSupply::default_profile;
    result_.desktop =
        assign(world_, {user_, std::nullopt, std::nullopt, nullptr,
                        [&](const Instance& instance) { record(instance, nullptr, false, why_none); }});
  }

  void serve_by(const AppPersona& persona, const std::string& reason) {
    const auto pool = pool_to_take_from(persona);
    result_.desktop =
        assign(world_, {user_, std::nullopt, std::nullopt, &pool,
                        [&](const Instance& instance) { record(instance, &persona, false, reason); }});
    const bool was_made = result_.desktop.action == AssignAction::provisioned_and_stitched;
    result_.supply = was_made ? AppSupply::made : AppSupply::ready;
  }

  // One with a ghost, else one that may make another, else the persona's own.
  policy::Pool pool_to_take_from(const AppPersona& persona) const {
    const auto pools = pools_for(world_.policy, persona, user_);
    state::InstanceFilter warm;
    warm.state = domain::InstanceState::warm;
    for (const auto* pool : pools) {
      warm.pool = pool->name;
      if (!world_.state.instances.list(warm).empty()) return *pool;
    }
    for (const auto* pool : pools) {
      if (pool->on_demand) return *pool;
    }
    return own_pool(world_.policy, persona);
  }

  const World& world_;
  const std::string& user_;
  const std::string& app_;
  AppAssignment result_;
};

// What is left of a session whose desktop is gone is ended; nullopt: there is none that goes on.
std::optional<AppSession> going_on(const World& world, const std::string& user, const std::string& app) {
  auto session = world.state.apps.open_of(user, app);
  if (!session) return std::nullopt;
  const auto instance = world.state.instances.get(session->instance);
  if (is_alive(world, instance) && session->state != AppState::ending) return session;
  world.say("application " + app + " of " + user + " is ended: its instance " + instance.name + " is " +
            (is_alive(world, instance) ? "being released" : "not running any more"));
  end_application(world, *session, {.captures = false});
  return std::nullopt;
}

}  // namespace

std::string_view to_string(AppSupply supply) {
  constexpr std::array<std::string_view, 5> names{"running", "own-desktop", "ready", "made",
                                                  "default-profile"};
  return names.at(static_cast<std::size_t>(supply));
}

AppAssignment assign_app(const World& world, const std::string& user, const std::string& app) {
  recover(world, user);
  AppAssignment assignment;
  if (auto session = going_on(world, user, app)) {
    assignment.session = std::move(*session);
    assignment.supply = AppSupply::running;
    assignment.desktop = assign(world, {user, std::nullopt, std::nullopt});
  } else {
    assignment = Assigner(world, user, app).run();
  }
  const auto id = assignment.session.id;
  if (assignment.session.state != AppState::running) start_application(world, assignment.session);
  assignment.session = *world.state.apps.find(id);
  assignment.parts = world.state.app_parts.of(id);
  return assignment;
}

AppForecast forecast_app(const World& world, const std::string& user, const std::string& app) {
  AppForecast forecast;
  if (const auto session = world.state.apps.open_of(user, app)) {
    const auto instance = world.state.instances.get(session->instance);
    if (is_alive(world, instance))
      return {AppSupply::running, session->persona, instance.name, "it is in use already", {}};
  }
  const auto choice = choose_app_persona(world, user, app);
  forecast.verdicts = choice.verdicts;
  auto own = own_desktop(world, user);
  if (own && is_better_given_up(world, choice, *own)) own.reset();
  if (own) {
    const auto fits = fitting(world, choice, *own);
    forecast.supply = fits ? AppSupply::own_desktop : AppSupply::default_profile;
    if (fits) forecast.persona = choice.personas[*fits].id;
    forecast.instance = own->name;
    forecast.reason = fits ? reason_of(choice.verdicts[*fits]) : why_none_fits(choice, *own);
  } else if (choice.why_none.empty()) {
    forecast.supply = choice.verdicts.front().is_ready ? AppSupply::ready : AppSupply::made;
    forecast.persona = choice.personas.front().id;
    forecast.reason = reason_of(choice.verdicts.front());
  } else {
    forecast.supply = AppSupply::default_profile;
    forecast.reason = choice.why_none;
  }
  return forecast;
}

AppSession open_app(const state::Store& state, const std::string& user,
                    const std::optional<std::string>& app) {
  const auto open = state.apps.open_of(user);
  std::vector<std::string> apps;
  apps.reserve(open.size());
  for (const AppSession& session : open) apps.push_back(session.app);
  const auto found = app ? std::ranges::find(open, *app, &AppSession::app) : open.begin();
  if (found == open.end()) {
    throw Error(ErrorKind::not_found,
                "user " + user + " does not use " +
                    (app ? "application '" + base::printable(*app) + "'" : "any application"),
                apps.empty() ? "'deskloom app assign' gives one" : "in use: " + base::join(apps, ", "));
  }
  if (!app && open.size() > 1)
    throw Error(ErrorKind::usage, "user " + user + " uses several applications",
                "name one of them: " + base::join(apps, ", "));
  return *found;
}

}  // namespace deskloom::operation
