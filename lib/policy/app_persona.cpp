#include "policy/app_persona.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/text.hpp"
#include "policy/app_reading.hpp"

namespace deskloom::policy {
namespace {

using base::Json;
using domain::AppPersona;
using domain::AppResources;
using domain::AppSource;
using domain::UseLevel;

constexpr std::uint64_t max_document_bytes = 1 << 20;
constexpr int max_cpus = 1024;
constexpr int max_gpus = 64;
constexpr int max_minutes = 1440;
constexpr int max_step = 1'000'000;
constexpr std::size_t max_size_digits = 7;

bool only_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// Units are written out: "2G" could be either.
bool is_size(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  return digits > 0 && digits <= max_size_digits && text[0] != '0' &&
         (unit == "KiB" || unit == "MiB" || unit == "GiB" || unit == "TiB");
}

bool is_rate(std::string_view text) {
  return text.ends_with("/s") && is_size(text.substr(0, text.size() - 2));
}

bool is_package(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return !text.empty() && text.size() <= 128 && letters.find(text[0]) != letters.npos &&
         only_of(text, "abcdefghijklmnopqrstuvwxyz0123456789+.-");
}

bool is_container(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return !text.empty() && text.size() <= 255 && letters.find(text[0]) != letters.npos &&
         only_of(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@-");
}

constexpr Format size_format{"a size such as \"512MiB\"", is_size};
constexpr Format rate_format{"a rate such as \"20MiB/s\"", is_rate};
constexpr Format package_format{"the name of a package", is_package};
constexpr Format container_format{"the name of a container image", is_container};

std::uint64_t size_of(const std::string& text) { return base::parse_size(text).value_or(0); }

std::uint64_t take_size(ObjectReader& reader, const std::string& key) {
  return reader.has(key) ? size_of(reader.text(key, size_format)) : 0;
}

std::uint64_t take_rate(ObjectReader& reader, const std::string& key) {
  if (!reader.has(key)) return 0;
  const std::string text = reader.text(key, rate_format);
  return size_of(text.substr(0, text.find('/')));
}

domain::AppEnvironment take_environment(ObjectReader& reader) {
  domain::AppEnvironment environment;
  environment.image = reader.text("image", object_name);
  if (reader.has("libraries")) environment.libraries = reader.texts("libraries", package_format);
  if (reader.has("network")) environment.network = reader.word("network", {"pod", "host"});
  return environment;
}

// One level for all, or one for each of the array.
template <std::size_t Count>
void take_levels(ObjectReader& reader, const std::string& key, std::array<UseLevel, Count>& levels) {
  if (!reader.has(key)) return;
  const Json& value = reader.value(key);
  const auto level_of = [](const Json& json) {
    return json.is_string() ? domain::find_use_level(json.get<std::string>()) : std::nullopt;
  };
  if (const auto all = level_of(value)) return levels.fill(*all);
  const bool fits = value.is_array() && value.size() == Count &&
                    std::all_of(value.begin(), value.end(), [&](const Json& v) { return level_of(v); });
  if (!fits) {
    const std::string count = value.is_array() ? " of " + std::to_string(value.size()) : "";
    return reader.complain(key, "must be \"low\", \"medium\" or \"high\", or an array of " +
                                    std::to_string(Count) + " of them, not " + describe(value) + count);
  }
  std::transform(value.begin(), value.end(), levels.begin(), [&](const Json& v) { return *level_of(v); });
}

domain::ScaleRule take_rule(ObjectReader& reader) {
  domain::ScaleRule rule;
  rule.metric = reader.word("metric", {"cpu", "memory", "gpu", "network", "storage", "instances"});
  rule.is_above = reader.has("above_percent");
  if (rule.is_above == reader.has("below_percent"))
    reader.complain("", "must have one of \"above_percent\" and \"below_percent\"");
  if (reader.has("above_percent")) rule.percent = reader.integer("above_percent", 0, 100);
  if (reader.has("below_percent")) rule.percent = reader.integer("below_percent", 0, 100);
  rule.minutes = reader.integer("minutes", 1, max_minutes);
  rule.scale = reader.word("scale", {"instances", "cpus", "memory"});
  rule.by = reader.integer("by", -max_step, max_step);
  if (rule.by == 0) reader.complain("by", "must not be 0");
  if ((rule.metric == "instances") != (rule.scale == "instances"))
    reader.complain(
        "scale", "goes together with the metric \"instances\", and with no other, when it is \"instances\"");
  if (reader.has("limit")) rule.limit = reader.integer("limit", 0, max_step);
  return rule;
}

void take_optional(ObjectReader& reader, AppPersona& persona) {
  if (reader.has("predicted_usage_pattern")) {
    reader.object("predicted_usage_pattern", [&](ObjectReader& r) {
      take_levels(r, "hourly", persona.usage.hourly);
      take_levels(r, "daily", persona.usage.daily);
    });
  }
  if (reader.has("user_role_affinity")) {
    reader.named("user_role_affinity", [&](ObjectReader& r, const std::string& role) {
      persona.role_affinity[role] = r.number(role, 0, 1);
      if (role.empty()) r.complain(role, "has a role without a name");
    });
  }
  if (reader.has("auto_scale_rules"))
    reader.objects("auto_scale_rules", [&](ObjectReader& r) { persona.scale_rules.push_back(take_rule(r)); });
  if (reader.has("components")) persona.components = take_components(reader);
}

AppPersona take_persona(ObjectReader& reader) {
  AppPersona persona;
  persona.id = reader.text("persona_id", object_name);
  persona.app = reader.text("app_id", object_name);
  reader.object("resource_profile", [&](ObjectReader& r) { persona.resources = take_resources(r); });
  reader.object("execution_environment", [&](ObjectReader& r) { persona.environment = take_environment(r); });
  reader.object("application_source", [&](ObjectReader& r) { persona.source = take_source(r); });
  refuse_storage_rate(reader, persona.source, persona.resources);
  take_optional(reader, persona);
  reader.end();
  return persona;
}

AppPersonaReading read_file(const std::filesystem::path& file) {
  try {
    return read_app_persona(base::read_file(file, max_document_bytes));
  } catch (const base::Error& error) {
    return {std::nullopt, {{"", error.what()}}};
  }
}

[[noreturn]] void refuse(const std::filesystem::path& file, const DocumentProblem& problem) {
  const std::string where = problem.pointer.empty() ? "" : problem.pointer + ": ";
  throw base::Error(base::ErrorKind::usage, file.string() + ": " + where + problem.complaint,
                    "'deskloom app check' lists all that is wrong");
}

}  // namespace

AppResources take_resources(ObjectReader& reader) {
  AppResources resources;
  resources.cpus = static_cast<std::uint32_t>(reader.integer("cpus", 1, max_cpus));
  resources.memory_bytes = size_of(reader.text("memory", size_format));
  if (reader.has("gpus")) resources.gpus = static_cast<std::uint32_t>(reader.integer("gpus", 0, max_gpus));
  resources.storage_bytes = take_size(reader, "storage");
  resources.storage_bytes_s = take_rate(reader, "storage_rate");
  resources.network_bytes_s = take_rate(reader, "network");
  return resources;
}

AppSource take_source(ObjectReader& reader) {
  AppSource source;
  const int named = reader.has("container") + reader.has("package") + reader.has("in_image");
  if (reader.has("container"))
    source = {AppSource::Kind::container, reader.text("container", container_format)};
  if (reader.has("package")) source = {AppSource::Kind::package, reader.text("package", package_format)};
  if (reader.has("in_image") && reader.value("in_image") != true)
    reader.complain("in_image", "must be true, not " + describe(reader.value("in_image")));
  if (named != 1) reader.complain("", "must have one of \"container\", \"package\" and \"in_image\"");
  return source;
}

void refuse_storage_rate(ObjectReader& reader, const AppSource& source, const AppResources& resources) {
  if (source.kind == AppSource::Kind::container && resources.storage_bytes_s != 0)
    reader.complain("resource_profile",
                    "must not have a \"storage_rate\": what a container reads and writes cannot be limited");
}

AppPersonaReading read_app_persona(const std::string& text) {
  AppPersonaReading reading;
  const auto document = parse_document(text, reading.problems);
  if (!document) return reading;
  ObjectReader reader(*document, "", reading.problems);
  auto persona = take_persona(reader);
  if (reading.problems.empty()) reading.persona = std::move(persona);
  return reading;
}

std::vector<AppPersonaFile> read_app_personas(const std::vector<std::filesystem::path>& files) {
  std::vector<AppPersonaFile> read;
  std::map<std::string, std::filesystem::path> owners;
  for (const auto& file : files) {
    AppPersonaReading reading = read_file(file);
    if (reading.persona) {
      const auto [owner, is_new] = owners.emplace(reading.persona->id, file);
      if (!is_new)
        reading = {std::nullopt, {{"/persona_id", "is that of " + owner->second.string() + " already"}}};
    }
    read.push_back({file, std::move(reading)});
  }
  return read;
}

std::vector<std::filesystem::path> app_persona_files(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(directory, absent)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<AppPersona> load_app_personas(const std::filesystem::path& directory) {
  std::vector<AppPersona> personas;
  for (auto& [file, reading] : read_app_personas(app_persona_files(directory))) {
    if (!reading.persona) refuse(file, reading.problems.front());
    personas.push_back(std::move(*reading.persona));
  }
  std::ranges::sort(personas, {}, &AppPersona::id);
  return personas;
}

}  // namespace deskloom::policy
