#include <stdexcept>

#include "base/json.hpp"
#include "base/path_filter.hpp"
#include "fuzz/expect.hpp"
#include "persona/profile.hpp"
#include "plan/pool_plan_json.hpp"
#include "policy/app_persona.hpp"
#include "policy/policy.hpp"

namespace deskloom::test {
namespace {

using base::ErrorKind;

bool run_profile(Input input) {
  return accepts({ErrorKind::corrupt, ErrorKind::store_newer}, [&] {
    const auto profile = persona::profile_from_json(base::parse_json(text_of(input), "profile"), "profile");
    persona::to_json(profile);
  });
}

std::vector<std::string> profile_seeds() {
  persona::Profile profile;
  profile.user = "anna";
  profile.home = "/home/anna";
  profile.applications = {{"editor", "/usr/bin/editor", 3, 41.5, {}, 1.0}};
  profile.processes.emplace_back().argv = {"/usr/bin/editor"};
  profile.settings = {{"dconf:/org/desk/theme", "dark"}};
  profile.data_locations = {{"xdg", "DOCUMENTS", "/home/anna/Documents", ""}};
  return {persona::to_json(profile).dump()};
}

bool run_pool_plan(Input input) {
  return accepts({ErrorKind::corrupt, ErrorKind::usage, ErrorKind::store_newer}, [&] {
    plan::to_json(plan::plans_from_json(base::parse_json(text_of(input), "plan"), "plan"), {});
  });
}

std::vector<std::string> pool_plan_seeds() {
  return {
      R"({"version": 3, "made_at": "2026-01-05T09:00:00.000Z", "pools": [{"pool": "default",
              "holds_until": "2026-01-05T09:30:00.000Z",
              "made_from": {"policy": {"floor": 2, "users": ["a*"]}, "forecast": null, "prices": "5d"},
              "target": {"ghosts": 2, "keep": 3, "reason": "floor",
                         "shadows": [{"user": "anna", "probability": 0.9, "reason": "comes"}]},
              "actions": [{"kind": "shadow", "instance": null, "user": "anna", "reason": "comes"}],
              "reasons": []}]})"};
}

bool run_policy(Input input) {
  const MemoryFile file(input);
  policy::Sources sources;
  sources.config = file.path();
  return accepts({ErrorKind::usage}, [&] { policy::to_json(policy::load(sources)); });
}

std::vector<std::string> policy_seeds() {
  return {
      "state_dir = \"/var/lib/deskloom\"\n[host.local]\nuri = \"embedded\"\n[pool.default]\nfloor = 2\n"
      "users = [\"a*\"]\nmemory = \"256MiB\"\n[keep]\nlast = 3\n",
      "[capture]\nexclude = [\".cache/\"]\nmax_files = 10\n[application.editor]\nexecutable = "
      "\"*/editor\"\n"};
}

// Patterns, one a line, then a path on the last.
bool run_path_filter(Input input) {
  std::vector<std::string> patterns;
  std::string rest(text_of(input));
  for (std::size_t end; (end = rest.find('\n')) != rest.npos; rest.erase(0, end + 1))
    patterns.push_back(rest.substr(0, end));
  return accepts({ErrorKind::usage}, [&] {
    const base::PathFilter filter(patterns);
    filter.excluded(rest, false);
    filter.excluded(rest, true);
  });
}

std::vector<std::string> path_filter_seeds() {
  return {"*.tmp\n!keep.tmp\n/cache/\na/**/b[!x-z]?\n# comment\n\\#\ndir/below/name.tmp"};
}

// Refusals are what it returns.
bool run_app_persona(Input input) {
  const auto reading = policy::read_app_persona(std::string(text_of(input)));
  if (!reading.persona) return false;
  // As sessions keep it.
  const auto again = policy::read_app_persona(policy::document_of(*reading.persona));
  if (!again.persona || policy::to_json(*again.persona) != policy::to_json(*reading.persona))
    throw std::logic_error("a document is not read back as it was");
  return true;
}

std::vector<std::string> app_persona_seeds() {
  return {
      R"({"persona_id": "p", "app_id": "a", "resource_profile": {"cpus": 2, "memory": "2GiB", "network": "1MiB/s"},
              "execution_environment": {"image": "i", "libraries": ["l"]}, "application_source": {"package": "p"},
              "predicted_usage_pattern": {"hourly": "low"}, "user_role_affinity": {"clerk": 0.5},
              "auto_scale_rules": [{"metric": "cpu", "above_percent": 9, "minutes": 5, "scale": "cpus", "by": 1}],
              "components": [{"name": "c", "application_source": {"in_image": true}, "depends_on": ["d"]},
                {"name": "d", "application_source": {"container": "localhost/d:1"}, "image": "i",
                 "command": ["/bin/d", "-x"], "env": {"LEVEL": "1"}, "ports": [80], "on_failure": "move",
                 "health": {"command": ["/bin/true"], "retries": 2}, "anti_affinity": ["c"],
                 "resource_profile": {"cpus": 1, "memory": "64MiB"}}]})"};
}

}  // namespace

std::vector<FuzzTarget> document_targets() {
  return {{"profile", run_profile, profile_seeds},
          {"pool-plan", run_pool_plan, pool_plan_seeds},
          {"policy", run_policy, policy_seeds},
          {"path-filter", run_path_filter, path_filter_seeds},
          {"app-persona", run_app_persona, app_persona_seeds}};
}

}  // namespace deskloom::test
