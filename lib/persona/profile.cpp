#include "persona/profile.hpp"

#include "base/error.hpp"

namespace deskloom::persona {
namespace {

using base::Json;

Json pairs_to_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

Json process_to_json(const Process& p) {
  Json files = Json::array();
  for (const auto& file : p.open_files) files.push_back({{"path", file.path}, {"writable", file.writable}});
  return {{"application", p.application},
          {"program", p.program},
          {"argv", p.argv},
          {"cwd", p.cwd},
          {"environment", pairs_to_json(p.environment)},
          {"open_files", files},
          {"cpu_ms", p.cpu_ms},
          {"memory_bytes", p.memory_bytes},
          {"started_at", base::to_rfc3339(p.started_at)},
          {"relaunch", p.relaunch},
          {"reason", p.reason.empty() ? Json() : Json(p.reason)}};
}

Json application_to_json(const ApplicationUse& a) {
  return {{"name", a.name},
          {"program", a.program},
          {"launches", a.launches},
          {"minutes", a.minutes},
          {"last_used", base::to_rfc3339(a.last_used)},
          {"score", a.score}};
}

Json location_to_json(const DataLocation& l) {
  return {{"kind", l.kind},
          {"name", l.name},
          {"path", l.path},
          {"source", l.source.empty() ? Json() : Json(l.source)}};
}

std::string text_or_empty(const Json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

Process process_from_json(const Json& j) {
  Process p;
  p.application = j.at("application");
  p.program = j.at("program");
  p.argv = j.at("argv").get<std::vector<std::string>>();
  p.cwd = j.at("cwd");
  for (const auto& [name, value] : j.at("environment").items()) p.environment.emplace_back(name, value);
  for (const auto& file : j.at("open_files")) p.open_files.push_back({file.at("path"), file.at("writable")});
  p.cpu_ms = j.at("cpu_ms");
  p.memory_bytes = j.at("memory_bytes");
  p.started_at = base::parse_rfc3339(j.at("started_at"));
  p.relaunch = j.at("relaunch");
  p.reason = text_or_empty(j.at("reason"));
  return p;
}

ApplicationUse application_from_json(const Json& j) {
  return {j.at("name"),
          j.at("program"),
          j.at("launches"),
          j.at("minutes"),
          base::parse_rfc3339(j.at("last_used")),
          j.at("score")};
}

Profile parse(const Json& j) {
  Profile p;
  p.user = j.at("user");
  p.home = j.at("home");
  p.captured_at = base::parse_rfc3339(j.at("captured_at"));
  for (const auto& a : j.at("applications")) p.applications.push_back(application_from_json(a));
  for (const auto& process : j.at("processes")) p.processes.push_back(process_from_json(process));
  for (const auto& s : j.at("settings")) p.settings.push_back({s.at("key"), s.at("value")});
  p.settings_files = j.at("settings_files").get<std::vector<std::string>>();
  for (const auto& l : j.at("data_locations")) {
    p.data_locations.push_back({l.at("kind"), l.at("name"), l.at("path"), text_or_empty(l.at("source"))});
  }
  p.cpu_ms = j.at("cpu_ms");
  p.memory_bytes = j.at("memory_bytes");
  p.notes = j.at("notes").get<std::vector<std::string>>();
  return p;
}

}  // namespace

Json to_json(const Profile& profile) {
  Json applications = Json::array();
  for (const auto& a : profile.applications) applications.push_back(application_to_json(a));
  Json processes = Json::array();
  for (const auto& p : profile.processes) processes.push_back(process_to_json(p));
  Json settings = Json::array();
  for (const auto& s : profile.settings) settings.push_back({{"key", s.key}, {"value", s.value}});
  Json locations = Json::array();
  for (const auto& l : profile.data_locations) locations.push_back(location_to_json(l));
  return {{"version", Profile::version},
          {"user", profile.user},
          {"home", profile.home},
          {"captured_at", base::to_rfc3339(profile.captured_at)},
          {"applications", applications},
          {"processes", processes},
          {"settings", settings},
          {"settings_files", profile.settings_files},
          {"data_locations", locations},
          {"cpu_ms", profile.cpu_ms},
          {"memory_bytes", profile.memory_bytes},
          {"notes", profile.notes}};
}

Profile profile_from_json(const Json& document, const std::string& origin) {
  try {
    const int version = document.at("version");
    if (version > Profile::version) {
      throw base::Error(base::ErrorKind::store_newer,
                        origin + " holds a profile of version " + std::to_string(version) +
                            "; this program reads up to " + std::to_string(Profile::version),
                        "use the deskloom that wrote it, or a newer one");
    }
    return parse(document);
  } catch (const Json::exception& e) {
    throw base::Error(base::ErrorKind::corrupt, origin + " holds no valid profile: " + e.what());
  } catch (const base::Error& e) {
    if (e.kind() != base::ErrorKind::usage) throw;  // a time that is none
    throw base::Error(base::ErrorKind::corrupt, origin + " holds no valid profile: " + e.what());
  }
}

}  // namespace deskloom::persona
