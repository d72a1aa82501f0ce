#include "operation/app_session.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "operation/app_part.hpp"
#include "operation/app_placing.hpp"
#include "operation/captures.hpp"
#include "operation/power.hpp"
#include "operation/reclaim.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::Json;
using domain::AppPart;
using domain::AppSession;
using domain::AppState;

std::int64_t session_of(const domain::Operation& operation) {
  return base::parse_json(operation.parameters, "operation " + operation.id)
      .at("session")
      .get<std::int64_t>();
}

// What depends on others goes before them.
std::vector<AppPart> in_order_of_ending(const World& world, std::int64_t session) {
  auto parts = world.state.app_parts.of(session);
  if (parts.empty()) return parts;
  const auto whole = app_whole(world, session);
  const auto order = domain::start_order(whole.persona.components).order;
  const auto place = [&](const AppPart& part) {
    return std::ranges::find(order, part.component, [](const auto* component) { return component->name; });
  };
  std::ranges::sort(parts, [&](const AppPart& a, const AppPart& b) { return place(a) > place(b); });
  return parts;
}

// Each is tried although another could not be ended. Returns what went wrong; empty: all are gone.
std::string end_parts(const World& world, std::int64_t session) {
  std::vector<std::string> complaints;
  for (const AppPart& part : in_order_of_ending(world, session)) {
    try {
      end_part(world, part);
    } catch (const Error& e) {
      if (e.kind() == base::ErrorKind::interrupted) throw;
      complaints.push_back("component " + part.component + ": " + e.what());
    }
  }
  return base::join(complaints, "; ");
}

}  // namespace

StartApplicationWork::StartApplicationWork(const World& world, const domain::Operation& operation)
    : world_(world), session_(session_of(operation)) {}

std::vector<Step> StartApplicationWork::steps() {
  std::vector<Step> steps;
  const auto whole = app_whole(world_, session_);
  for (const auto* component : domain::start_order(whole.persona.components).order) {
    steps.push_back(
        {"start-" + component->name, [this, name = component->name] { start_part(world_, session_, name); }});
  }
  steps.push_back({"tell", [this] { tell_parts(world_, app_whole(world_, session_)); }});
  steps.push_back({"mark-running", [this] { world_.state.apps.set_state(session_, AppState::running); }});
  return steps;
}

void StartApplicationWork::undo(const Error& why) {
  const auto complaints = end_parts(world_, session_);
  if (!complaints.empty()) world_.say("not all of it could be ended: " + complaints);
  world_.state.apps.set_state(session_, AppState::failed, why.what());
}

void start_application(const World& world, const AppSession& session) {
  const auto whole = session.document ? app_whole(world, session.id) : AppWhole{session, {}, {}};
  if (whole.persona.components.empty()) return world.state.apps.set_state(session.id, AppState::running);
  const auto places = place_parts(world, whole.persona);
  auto transaction = world.state.transaction();
  for (const auto& [component, host] : places) {
    if (std::ranges::find(whole.parts, component, &AppPart::component) == whole.parts.end())
      world.state.app_parts.add(
          {.session = session.id, .component = component, .host = host, .instance = {}, .address = {}});
  }
  world.state.apps.set_state(session.id, AppState::starting);
  const auto operation =
      begin_operation(world, new_operation_id(world), domain::OperationKind::start_application,
                      session.instance, session.user, {{"session", session.id}});
  transaction.commit();
  StartApplicationWork work(world, operation);
  run_operation(world, operation, work);
}

EndApplicationWork::EndApplicationWork(const World& world, const domain::Operation& operation)
    : world_(world), session_(session_of(operation)) {
  const auto parameters = base::parse_json(operation.parameters, "operation " + operation.id);
  captures_ = parameters.at("captures").get<bool>();
  takes_desktop_ = parameters.at("takes_desktop").get<bool>();
}

std::vector<Step> EndApplicationWork::steps() {
  std::vector<Step> steps;
  for (const AppPart& part : in_order_of_ending(world_, session_))
    steps.push_back({"end-" + part.component, [this, part] { end_part(world_, part); }});
  if (takes_desktop_ && captures_) steps.push_back({"capture", [this] { capture(); }});
  if (takes_desktop_) steps.push_back({"reclaim-desktop", [this] { reclaim_desktop(); }});
  steps.push_back({"mark-ended", [this] { world_.state.apps.end(session_, world_.clock.now()); }});
  return steps;
}

void EndApplicationWork::capture() const {
  const auto session = world_.state.apps.find(session_);
  const auto instance = world_.state.instances.get(session->instance);
  // A desktop that is dead has nothing left to tell.
  if (!domain::holds_persona(instance.state) || !is_there(world_, instance)) return;
  wake(world_, instance);
  capture_user(world_, session->user);
}

void EndApplicationWork::reclaim_desktop() const {
  const auto session = world_.state.apps.find(session_);
  const auto instance = world_.state.instances.get(session->instance);
  // One that was begun and cut off is resumed by itself.
  if (!domain::is_live(instance.state) || instance.state == domain::InstanceState::reclaiming) return;
  reclaim(world_, instance, "application " + session->app + " was released");
}

void EndApplicationWork::undo(const Error& why) {
  world_.state.apps.set_state(session_, AppState::failed, why.what());
}

void end_application(const World& world, const AppSession& session, const Ending& ending) {
  auto others = world.state.apps.open_on(session.instance);
  std::erase_if(others, [&](const AppSession& other) { return other.id == session.id; });
  const bool takes_desktop = !session.is_borrowed && !ending.leaves_desktop && others.empty();
  auto transaction = world.state.transaction();
  // The desktop came with this session, and goes with the last.
  if (!session.is_borrowed && !others.empty()) world.state.apps.set_borrowed(others.front().id, false);
  world.state.apps.set_state(session.id, AppState::ending, ending.why);
  const auto operation = begin_operation(
      world, new_operation_id(world), domain::OperationKind::end_application, session.instance, session.user,
      {{"session", session.id}, {"captures", ending.captures}, {"takes_desktop", takes_desktop}});
  transaction.commit();
  EndApplicationWork work(world, operation);
  run_operation(world, operation, work);
}

void end_applications_on(const World& world, const std::string& instance) {
  for (const AppSession& session : world.state.apps.open_on(instance)) {
    // It reclaims this instance itself.
    if (session.state == AppState::ending) continue;
    end_application(world, session, {.captures = false, .leaves_desktop = true});
  }
}

std::vector<domain::AppPersona> personas_served_on(const World& world, const std::string& instance) {
  std::vector<domain::AppPersona> personas;
  for (const AppSession& session : world.state.apps.open_on(instance)) {
    if (session.document) personas.push_back(*policy::read_app_persona(*session.document).persona);
  }
  return personas;
}

}  // namespace deskloom::operation
