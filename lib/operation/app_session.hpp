#pragma once

#include <optional>
#include <string>

#include "domain/app_persona.hpp"
#include "domain/app_session.hpp"
#include "operation/journal.hpp"

// The beginning and end of what an application is made of beside its user's desktop (SPEC F1).
namespace deskloom::operation {

// The components, each after those it depends on; then all are told of each other. What fails takes all that
// was started back, and leaves the session failed with its desktop.
class StartApplicationWork : public Work {
 public:
  StartApplicationWork(const World& world, const domain::Operation& operation);
  std::vector<Step> steps() override;
  void undo(const base::Error& why) override;

 private:
  const World& world_;
  std::int64_t session_;
};

// Places the components of the session's persona, if it has any, on hosts, and starts them. Throws
// Error(failed) when there is no placement, before anything is made.
void start_application(const World& world, const domain::AppSession& session);

// The components first, what depends on others before those; then the user's desktop, where it came with the
// session: captured, and reclaimed. What cannot be ended leaves the session failed, to be ended again.
class EndApplicationWork : public Work {
 public:
  EndApplicationWork(const World& world, const domain::Operation& operation);
  std::vector<Step> steps() override;
  void undo(const base::Error& why) override;

 private:
  void capture() const;
  void reclaim_desktop() const;

  const World& world_;
  std::int64_t session_;
  bool captures_ = true, takes_desktop_ = false;
};

struct Ending {
  bool captures = true;              // the desktop, before it goes
  bool leaves_desktop = false;       // it is gone already, or goes by another operation
  std::optional<std::string> why{};  // recorded, when it is no user's wish
};
void end_application(const World& world, const domain::AppSession& session, const Ending& ending);

// Ends all open sessions whose desktop is this instance, which goes.
void end_applications_on(const World& world, const std::string& instance);

// The personas by which applications are served on the instance, as they were when their use began; none for
// a component's, or a desktop with no application.
std::vector<domain::AppPersona> personas_served_on(const World& world, const std::string& instance);

}  // namespace deskloom::operation
