#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/app.hpp"
#include "frame/context.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::cmd {
namespace {

// Those that it suits, the best first.
std::vector<std::string> roles(const domain::AppPersona& persona) {
  std::vector<std::pair<double, std::string>> suited;
  for (const auto& [role, affinity] : persona.role_affinity) {
    if (affinity > 0) suited.emplace_back(-affinity, role);
  }
  std::ranges::sort(suited);
  std::vector<std::string> names;
  names.reserve(suited.size());
  for (const auto& [affinity, role] : suited) names.push_back(role);
  return names;
}

frame::Value size_or_none(std::uint64_t bytes) {
  return bytes == 0 ? frame::Value::absent() : frame::Value::size(bytes);
}

}  // namespace

void setup(CLI::App&, AppListOptions&) {}

frame::ExitCode run(const AppListOptions&, frame::Context& context) {
  const auto& directory = context.policy().app_persona_dir;
  frame::Table table({{"persona", "PERSONA"},
                      {"app", "APP"},
                      {"image", "IMAGE"},
                      {"cpus", "CPUS"},
                      {"memory_bytes", "MEMORY"},
                      {"gpus", "GPUS"},
                      {"storage_bytes", "STORAGE"},
                      {"roles", "ROLES"}});
  for (const auto& persona : policy::load_app_personas(directory)) {
    const auto& needs = persona.resources;
    table.add({persona.id, persona.app, persona.environment.image, needs.cpus,
               frame::Value::size(needs.memory_bytes), needs.gpus, size_or_none(needs.storage_bytes),
               roles(persona)});
  }
  context.print(
      frame::Document().table("personas", "", table, "no application personas in " + directory.string()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
