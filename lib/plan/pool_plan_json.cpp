#include "plan/pool_plan_json.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::plan {
namespace {

using base::Json;

constexpr int version = 1;
constexpr std::size_t most_actions = 100'000;

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
    if (!json_.is_array() || json_.size() > most_actions)
      refuse("must be an array of at most " + std::to_string(most_actions));
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

  std::string text() const {
    if (!json_.is_string()) refuse("must be a string");
    return json_.get<std::string>();
  }

  std::string name() const {
    if (!json_.is_string() || !base::is_valid_name(json_.get<std::string>())) refuse("must be a name");
    return json_.get<std::string>();
  }

  bool is_null() const { return json_.is_null(); }

  // What parse makes of the text; its refusal gets the place.
  template <typename Parse>
  auto parsed(Parse parse) const {
    try {
      return parse(text());
    } catch (const base::Error& e) {
      throw e.with_context(origin_ + ": " + pointer_);
    }
  }

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

PoolAction action_from(const Reader& reader) {
  reader.require_members({"kind", "instance", "reason"});
  PoolAction action;
  action.kind = reader.at("kind").parsed([](const std::string& text) { return parse_action_kind(text); });
  const Reader instance = reader.at("instance");
  const bool wants_instance = action.kind == ActionKind::reclaim;
  if (wants_instance == instance.is_null())
    instance.refuse(wants_instance ? "must name what to reclaim" : "must be null");
  if (wants_instance) action.instance = instance.name();
  action.reason = reader.at("reason").text();
  return action;
}

void require_version(const Json& json, const std::string& origin) {
  if (!json.is_object() || !json.contains("version")) return;  // require_members says so
  const Json& found = json["version"];
  if (found.is_number_integer() && found > version)
    throw base::Error(base::ErrorKind::store_newer,
                      origin + ": a plan of version " + found.dump() +
                          ", but this program reads versions up to " + std::to_string(version),
                      "use the newer Deskloom that made it, or make a new plan");
}

}  // namespace

Json to_json(const PoolPlan& plan) {
  Json actions = Json::array();
  for (const auto& action : plan.actions)
    actions.push_back({{"kind", to_string(action.kind)},
                       {"instance", action.instance ? Json(*action.instance) : Json(nullptr)},
                       {"reason", action.reason}});
  return {{"version", version},
          {"pool", plan.pool},
          {"generation", plan.generation},
          {"made_at", base::to_rfc3339(plan.made_at)},
          {"target", {{"warm", plan.target.warm}, {"reason", plan.target.reason}}},
          {"actions", std::move(actions)},
          {"reasons", plan.reasons}};
}

PoolPlan plan_from_json(const Json& json, const std::string& origin) {
  require_version(json, origin);
  const Reader reader(json, origin, "");
  reader.require_members({"version", "pool", "generation", "made_at", "target", "actions", "reasons"});
  if (reader.at("version").natural(version) != version) reader.at("version").refuse("must be 1");
  PoolPlan plan;
  plan.pool = reader.at("pool").name();
  plan.generation = reader.at("generation").natural(std::numeric_limits<std::int64_t>::max());
  plan.made_at = reader.at("made_at").parsed(base::parse_rfc3339);
  const Reader target = reader.at("target");
  target.require_members({"warm", "reason"});
  plan.target = {static_cast<int>(target.at("warm").natural(std::numeric_limits<int>::max())),
                 target.at("reason").text()};
  for (const auto& item : reader.at("actions").items()) plan.actions.push_back(action_from(item));
  for (const auto& item : reader.at("reasons").items()) plan.reasons.push_back(item.text());
  return plan;
}

}  // namespace deskloom::plan
