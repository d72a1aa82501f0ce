#include "plan/pool_plan_json.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::plan {
namespace {

using base::Json;

constexpr int version = 3;
constexpr std::size_t most_items = 100'000;

// A JSON value with its place, read strictly: a plan decides what is destroyed.
class Reader {
 public:
  Reader(const Json& json, std::string origin, std::string pointer)
      : json_(json), origin_(std::move(origin)), pointer_(std::move(pointer)) {}

  // Every one of the members, and no other.
  void require_members(const std::vector<std::string>& names) const {
    if (!json_.is_object()) refuse("must be an object");
    for (const auto& [key, value] : json_.items()) {
      if (std::find(names.begin(), names.end(), key) == names.end())
        refuse("unknown member '" + base::printable(key) + "'");
    }
    for (const auto& name : names) {
      if (!json_.contains(name)) refuse("member '" + name + "' is missing");
    }
  }

  Reader at(const std::string& name) const { return {json_.at(name), origin_, pointer_ + "/" + name}; }

  std::vector<Reader> items() const {
    if (!json_.is_array() || json_.size() > most_items)
      refuse("must be an array of at most " + std::to_string(most_items));
    std::vector<Reader> result;
    for (std::size_t i = 0; i < json_.size(); ++i)
      result.push_back({json_[i], origin_, pointer_ + "/" + std::to_string(i)});
    return result;
  }

  std::int64_t natural(std::int64_t max) const {
    const bool fits = json_.is_number_integer() && json_ >= 0 && json_ <= max;
    if (!fits) refuse("must be an integer from 0 to " + std::to_string(max));
    return json_.get<std::int64_t>();
  }

  double probability() const {
    if (!json_.is_number() || json_ < 0 || json_ > 1) refuse("must be a number from 0 to 1");
    return json_.get<double>();
  }

  std::string text() const {
    if (!json_.is_string()) refuse("must be a string");
    return json_.get<std::string>();
  }

  std::string name() const {
    if (!json_.is_string() || !base::is_valid_name(json_.get<std::string>())) refuse("must be a name");
    return json_.get<std::string>();
  }

  bool is_null() const { return json_.is_null(); }

  // Its members, each as JSON text.
  std::map<std::string, std::string> values() const {
    if (!json_.is_object()) refuse("must be an object");
    std::map<std::string, std::string> result;
    for (const auto& [key, value] : json_.items()) result[key] = value.dump();
    return result;
  }

  // What parse makes of the text; its refusal gets the place.
  template <typename Parse>
  auto parsed(Parse parse) const {
    try {
      return parse(text());
    } catch (const base::Error& e) {
      throw e.with_context(origin_ + ": " + pointer_);
    }
  }

  base::Timestamp time() const { return parsed(base::parse_rfc3339); }

  [[noreturn]] void refuse(const std::string& why) const {
    throw base::Error(base::ErrorKind::usage,
                      origin_ + ": " + (pointer_.empty() ? "/" : pointer_) + ": " + why,
                      "make a new plan with 'deskloom pool plan'");
  }

 private:
  const Json& json_;
  std::string origin_;
  std::string pointer_;
};

// Present for the kind of action that it belongs to, and null for others.
Reader part_of(const Reader& action, const std::string& member, bool is_wanted, const std::string& meaning) {
  Reader part = action.at(member);
  if (is_wanted == part.is_null()) part.refuse(is_wanted ? "must name " + meaning : "must be null");
  return part;
}

PoolAction action_from(const Reader& reader) {
  reader.require_members({"kind", "instance", "user", "reason"});
  PoolAction action;
  action.kind = reader.at("kind").parsed([](const std::string& text) { return parse_action_kind(text); });
  const bool is_reclaim = action.kind == ActionKind::reclaim, is_shadow = action.kind == ActionKind::shadow;
  const Reader instance = part_of(reader, "instance", is_reclaim, "what to reclaim");
  if (is_reclaim) action.instance = instance.name();
  const Reader user = part_of(reader, "user", is_shadow, "whose shadow it is");
  if (is_shadow) action.user = user.text();
  action.reason = reader.at("reason").text();
  return action;
}

ShadowChoice shadow_from(const Reader& reader) {
  reader.require_members({"user", "probability", "reason"});
  return {reader.at("user").text(), reader.at("probability").probability(), reader.at("reason").text()};
}

int count_from(const Reader& reader) {
  return static_cast<int>(reader.natural(std::numeric_limits<int>::max()));
}

PoolTarget target_from(const Reader& reader) {
  reader.require_members({"ghosts", "keep", "reason", "shadows"});
  PoolTarget target{
      count_from(reader.at("ghosts")), count_from(reader.at("keep")), reader.at("reason").text(), {}};
  for (const auto& item : reader.at("shadows").items()) target.shadows.push_back(shadow_from(item));
  return target;
}

PlanBasis basis_from(const Reader& reader) {
  reader.require_members({"policy", "forecast", "prices"});
  PlanBasis basis;
  basis.policy = reader.at("policy").values();
  const Reader forecast = reader.at("forecast");
  if (!forecast.is_null()) basis.forecast_made_at = forecast.time();
  basis.prices = reader.at("prices").text();
  return basis;
}

// One pool's. made_at: what the file says once for all.
PoolPlan plan_from(const Reader& reader, base::Timestamp made_at) {
  reader.require_members({"pool", "holds_until", "made_from", "target", "actions", "reasons"});
  PoolPlan plan;
  plan.pool = reader.at("pool").name();
  plan.made_at = made_at;
  plan.holds_until = reader.at("holds_until").time();
  plan.made_from = basis_from(reader.at("made_from"));
  plan.target = target_from(reader.at("target"));
  for (const auto& item : reader.at("actions").items()) plan.actions.push_back(action_from(item));
  for (const auto& item : reader.at("reasons").items()) plan.reasons.push_back(item.text());
  return plan;
}

void require_version(const Json& json, const std::string& origin) {
  if (!json.is_object() || !json.contains("version")) return;  // require_members says so
  const Json& found = json["version"];
  if (!found.is_number_integer() || found == version) return;  // natural() says so
  if (found > version)
    throw base::Error(base::ErrorKind::store_newer,
                      origin + ": a plan of version " + found.dump() +
                          ", but this program reads those of version " + std::to_string(version),
                      "use the newer Deskloom that made it, or make a new plan");
  throw base::Error(
      base::ErrorKind::usage,
      origin + ": a plan of version " + found.dump() + ", which does not say what it was made from",
      "make a new plan with 'deskloom pool plan'");
}

Json basis_json(const PlanBasis& basis) {
  Json policy = Json::object();
  for (const auto& [key, value] : basis.policy) policy[key] = base::parse_json(value, key);
  const auto& forecast = basis.forecast_made_at;
  return {{"policy", std::move(policy)},
          {"forecast", forecast ? Json(base::to_rfc3339(*forecast)) : Json(nullptr)},
          {"prices", basis.prices}};
}

Json pool_json(const PoolPlan& plan) {
  Json actions = Json::array(), shadows = Json::array();
  for (const auto& action : plan.actions)
    actions.push_back({{"kind", to_string(action.kind)},
                       {"instance", action.instance ? Json(*action.instance) : Json(nullptr)},
                       {"user", action.user ? Json(*action.user) : Json(nullptr)},
                       {"reason", action.reason}});
  for (const auto& shadow : plan.target.shadows)
    shadows.push_back(
        {{"user", shadow.user}, {"probability", shadow.probability}, {"reason", shadow.reason}});
  return {{"pool", plan.pool},
          {"holds_until", base::to_rfc3339(plan.holds_until)},
          {"made_from", basis_json(plan.made_from)},
          {"target",
           {{"ghosts", plan.target.ghosts},
            {"keep", plan.target.keep},
            {"reason", plan.target.reason},
            {"shadows", std::move(shadows)}}},
          {"actions", std::move(actions)},
          {"reasons", plan.reasons}};
}

void refuse_repeated_pools(const std::vector<PoolPlan>& plans, const Reader& pools) {
  std::set<std::string> names;
  for (const PoolPlan& plan : plans)
    if (!names.insert(plan.pool).second) pools.refuse("pool " + plan.pool + " stands there twice");
}

}  // namespace

Json to_json(const std::vector<PoolPlan>& plans, base::Timestamp made_at) {
  Json pools = Json::array();
  for (const PoolPlan& plan : plans) pools.push_back(pool_json(plan));
  return {{"version", version}, {"made_at", base::to_rfc3339(made_at)}, {"pools", std::move(pools)}};
}

std::vector<PoolPlan> plans_from_json(const Json& json, const std::string& origin) {
  require_version(json, origin);
  const Reader reader(json, origin, "");
  reader.require_members({"version", "made_at", "pools"});
  static_cast<void>(reader.at("version").natural(version));
  const auto made_at = reader.at("made_at").time();
  std::vector<PoolPlan> plans;
  for (const auto& pool : reader.at("pools").items()) plans.push_back(plan_from(pool, made_at));
  refuse_repeated_pools(plans, reader.at("pools"));
  return plans;
}

}  // namespace deskloom::plan
