#include "base/time_zone.hpp"

#include <date/tz.h>

#include <stdexcept>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::base {

// The library's own, which lives as long as the program.
struct TimeZone::Rules {
  const date::time_zone* zone;
};

namespace {

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  return names;
}

const date::time_zone* find(const std::string& name) try {
  return date::locate_zone(name);
} catch (const std::runtime_error&) {
  const auto near = nearest(name, known_names());
  throw Error(ErrorKind::usage, "there is no time zone '" + printable(name) + "'",
              near ? "did you mean '" + *near + "'?" : "'timedatectl list-timezones' lists them");
}

}  // namespace

TimeZone::TimeZone(std::string name, std::shared_ptr<const Rules> rules)
    : name_(std::move(name)), rules_(std::move(rules)) {}

TimeZone::TimeZone(const std::string& name)
    : TimeZone(name, std::make_shared<const Rules>(Rules{find(name)})) {}

TimeZone TimeZone::of_machine() {
  const date::time_zone* zone = nullptr;
  try {
    zone = date::current_zone();
  } catch (const std::runtime_error&) {
    return TimeZone("UTC");
  }
  return {zone->name(), std::make_shared<const Rules>(Rules{zone})};
}

TimeZone::LocalSeconds TimeZone::local(Timestamp t) const {
  const auto local = rules_->zone->to_local(std::chrono::floor<std::chrono::seconds>(t));
  return LocalSeconds(local.time_since_epoch());
}

Timestamp TimeZone::utc(LocalSeconds t) const {
  return rules_->zone->to_sys(date::local_seconds(t.time_since_epoch()), date::choose::earliest);
}

}  // namespace deskloom::base
