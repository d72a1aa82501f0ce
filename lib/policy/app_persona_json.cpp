#include "policy/app_persona.hpp"
#include "policy/key_types.hpp"

namespace deskloom::policy {
namespace {

using base::Json;
using domain::AppSource;

Json size_json(std::uint64_t bytes) { return bytes == 0 ? Json() : Json(exact_size(bytes)); }

Json rate_json(std::uint64_t bytes_s) { return bytes_s == 0 ? Json() : Json(exact_size(bytes_s) + "/s"); }

Json to_json(const domain::AppResources& resources) {
  return {{"cpus", resources.cpus},
          {"memory", exact_size(resources.memory_bytes)},
          {"gpus", resources.gpus},
          {"storage", size_json(resources.storage_bytes)},
          {"storage_rate", rate_json(resources.storage_bytes_s)},
          {"network", rate_json(resources.network_bytes_s)}};
}

Json to_json(const AppSource& source) {
  if (source.kind == AppSource::Kind::container) return {{"container", source.reference}};
  if (source.kind == AppSource::Kind::package) return {{"package", source.reference}};
  return {{"in_image", true}};
}

template <std::size_t Count>
Json to_json(const std::array<domain::UseLevel, Count>& levels) {
  Json json = Json::array();
  for (const auto level : levels) json.push_back(domain::to_string(level));
  return json;
}

Json to_json(const domain::ScaleRule& rule) {
  return {{"metric", rule.metric},   {rule.is_above ? "above_percent" : "below_percent", rule.percent},
          {"minutes", rule.minutes}, {"scale", rule.scale},
          {"by", rule.by},           {"limit", rule.limit ? Json(*rule.limit) : Json()}};
}

Json to_json(const domain::AppHealth& health) {
  if (health.command.empty()) return nullptr;
  return {{"command", health.command},
          {"interval_s", health.interval_s},
          {"timeout_s", health.timeout_s},
          {"retries", health.retries}};
}

Json to_json(const domain::AppComponent& component) {
  return {{"name", component.name},
          {"application_source", to_json(component.source)},
          {"resource_profile", component.resources ? to_json(*component.resources) : Json()},
          {"image", component.image ? Json(*component.image) : Json()},
          {"command", component.command.empty() ? Json() : Json(component.command)},
          {"env", Json(component.env)},
          {"ports", component.ports},
          {"depends_on", component.depends_on},
          {"health", to_json(component.health)},
          {"on_failure", domain::to_string(component.on_failure)},
          {"anti_affinity", component.anti_affinity},
          {"co_locate_with", component.co_located_with}};
}

template <typename Item>
Json list_json(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(to_json(item));
  return json;
}

// A document leaves out what it does not say.
void remove_nulls(Json& json) {
  if (json.is_object()) {
    for (auto member = json.begin(); member != json.end();)
      member = member->is_null() ? json.erase(member) : std::next(member);
  }
  for (Json& member : json) {
    if (member.is_structured()) remove_nulls(member);
  }
}

}  // namespace

Json to_json(const domain::AppPersona& persona) {
  const auto& environment = persona.environment;
  return {{"persona_id", persona.id},
          {"app_id", persona.app},
          {"resource_profile", to_json(persona.resources)},
          {"execution_environment",
           {{"image", environment.image},
            {"libraries", environment.libraries},
            {"network", environment.network}}},
          {"application_source", to_json(persona.source)},
          {"predicted_usage_pattern",
           {{"hourly", to_json(persona.usage.hourly)}, {"daily", to_json(persona.usage.daily)}}},
          {"user_role_affinity", Json(persona.role_affinity)},
          {"auto_scale_rules", list_json(persona.scale_rules)},
          {"components", list_json(persona.components)}};
}

std::string document_of(const domain::AppPersona& persona) {
  Json json = to_json(persona);
  remove_nulls(json);
  return json.dump();
}

}  // namespace deskloom::policy
