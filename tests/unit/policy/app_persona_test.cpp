// G1: documents of application personas: what is read of a good one, and what is said of a bad one.
#include "policy/app_persona.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using base::Json;

namespace {

const char* example(const char* name) {
  static std::string text;
  text = base::read_file(std::string(DESKLOOM_SOURCE_DIR "/config/personas/") + name + ".json", 1 << 20);
  return text.c_str();
}

Json good() { return Json::parse(example("ticket-desk")); }

// "POINTER: complaint" of each problem.
std::vector<std::string> problems_of(const std::string& text) {
  std::vector<std::string> said;
  for (const auto& [pointer, complaint] : policy::read_app_persona(text).problems)
    said.push_back(pointer + ": " + complaint);
  return said;
}

// The good document with one place of it changed.
Json with(const std::string& pointer, const Json& value) {
  Json document = good();
  document[Json::json_pointer(pointer)] = value;
  return document;
}

Json without(const std::string& parent, const std::string& key) {
  Json document = good();
  document[Json::json_pointer(parent)].erase(key);
  return document;
}

// Whether python3-jsonschema accepts each of the documents, in their order.
std::vector<bool> accepted_by_schema(const Json& documents) {
  constexpr const char* script =
      "import json, sys, jsonschema\n"
      "schema = json.load(open(sys.argv[1]))\n"
      "check = jsonschema.validators.validator_for(schema)(schema)\n"
      "print(''.join('01'[check.is_valid(d)] for d in json.load(sys.stdin)), end='')\n";
  base::ProcessOptions options;
  options.input = documents.dump();
  const auto result =
      base::run_process({"/usr/bin/python3", "-c", script,
                         DESKLOOM_SOURCE_DIR "/config/schema/application-persona.schema.json"},
                        options);
  INFO(result.err);
  REQUIRE(result.exit_code == 0);
  std::vector<bool> accepted;
  for (const char c : result.out) accepted.push_back(c == '1');
  return accepted;
}

// Good documents, and those with one thing wrong.
Json documents() {
  const Json rule{{"metric", "cpu"}, {"above_percent", 80}, {"minutes", 5}, {"scale", "cpus"}, {"by", 1}};
  const auto rule_with = [&](const char* key, const Json& value) {
    Json changed = rule;
    changed[key] = value;
    return with("/auto_scale_rules", Json::array({changed}));
  };
  Json all =
      Json::array({Json::parse(example("writer-office")), Json::parse(example("video-editing")), good(),
                   with("/auto_scale_rules", Json::array({rule})), rule_with("limit", 4),
                   rule_with("limit", -1), rule_with("by", 0), rule_with("by", -1), rule_with("by", 1.5),
                   rule_with("by", 2.0), rule_with("below_percent", 3), rule_with("above_percent", 101),
                   rule_with("minutes", 0), rule_with("metric", "disk"), rule_with("scale", "gpus"),
                   rule_with("metric", nullptr), rule_with("x", 1)});
  for (const char* key :
       {"persona_id", "app_id", "resource_profile", "execution_environment", "application_source",
        "predicted_usage_pattern", "user_role_affinity", "components"})
    all.push_back(without("", key));
  for (const char* key : {"cpus", "memory"}) all.push_back(without("/resource_profile", key));
  all.push_back(without("/execution_environment", "image"));
  all.push_back(without("/application_source", "container"));
  const std::vector<Json> odd{nullptr,
                              true,
                              0,
                              1,
                              -1,
                              1.5,
                              2.0,
                              1e30,
                              "",
                              "a",
                              "A b",
                              "512MiB",
                              "0MiB",
                              "20MiB/s",
                              "1G",
                              "07MiB",
                              "99999999KiB",
                              "low",
                              "host",
                              "localhost/a:1",
                              "ä",
                              Json::array(),
                              Json::array({"a"}),
                              Json::array({7}),
                              Json::array({"low"}),
                              Json::object(),
                              Json{{"a", 1}},
                              Json{{"a", 2}},
                              Json{{"", 1}},
                              Json{{"package", "x"}},
                              Json{{"in_image", true}},
                              Json{{"in_image", false}},
                              Json{{"in_image", true}, {"package", "x"}}};
  Json part = good()["components"][1];
  part["health"] = Json{{"command", Json{"/bin/true"}}};
  const auto part_with = [&](const char* place, const Json& value) {
    Json changed = part;
    changed[Json::json_pointer(place)] = value;
    return with("/components/1", changed);
  };
  all.push_back(part_with("/depends_on", Json{"search"}));
  all.push_back(part_with("/health", Json{{"retries", 2}}));
  all.push_back(part_with("/env", Json{{"DB_9", "x y"}}));
  all.push_back(part_with("/env", Json{{"9DB", "x"}}));
  all.push_back(part_with("/env", Json{{"DB", "a\nb"}}));
  all.push_back(part_with("/command", Json{"/bin/sh", "-c", "a; b"}));
  all.push_back(part_with("/command", Json{"/bin/sh", ""}));
  all.push_back(part_with("/command", Json{"a\x7f"}));
  all.push_back(part_with("/ports", Json{80, 65535}));
  all.push_back(part_with("/ports", Json{0}));
  all.push_back(part_with("/ports", Json{65536}));
  all.push_back(part_with("/ports", Json{80.5}));
  all.push_back(part_with("/ports", Json{80.0}));
  all.push_back(part_with("/on_failure", "move"));
  all.push_back(part_with("/on_failure", "stop"));
  all.push_back(part_with("/health/command", Json::array()));
  const char* part_places[] = {"/image",
                               "/command",
                               "/env",
                               "/ports",
                               "/health",
                               "/health/command",
                               "/health/interval_s",
                               "/health/timeout_s",
                               "/health/retries",
                               "/on_failure"};
  for (const char* place : part_places) {
    for (const Json& value : odd) all.push_back(part_with(place, value));
  }
  const char* places[] = {"/persona_id",
                          "/app_id",
                          "/resource_profile",
                          "/resource_profile/cpus",
                          "/resource_profile/memory",
                          "/resource_profile/gpus",
                          "/resource_profile/storage",
                          "/resource_profile/storage_rate",
                          "/resource_profile/network",
                          "/execution_environment",
                          "/execution_environment/image",
                          "/execution_environment/libraries",
                          "/execution_environment/network",
                          "/application_source",
                          "/application_source/container",
                          "/predicted_usage_pattern",
                          "/predicted_usage_pattern/hourly",
                          "/predicted_usage_pattern/daily",
                          "/user_role_affinity",
                          "/user_role_affinity/support",
                          "/auto_scale_rules",
                          "/auto_scale_rules/0",
                          "/components",
                          "/components/0",
                          "/components/0/name",
                          "/components/0/application_source",
                          "/components/0/resource_profile",
                          "/components/0/resource_profile/storage_rate",
                          "/unknown"};
  for (const char* place : places) {
    for (const Json& value : odd) {
      if (std::string(place) == "/auto_scale_rules/0")
        all.push_back(with("/auto_scale_rules", Json::array({value})));
      else
        all.push_back(with(place, value));
    }
  }
  all.push_back(with("/predicted_usage_pattern/hourly", Json(24, "high")));
  all.push_back(with("/predicted_usage_pattern/hourly", Json(23, "high")));
  all.push_back(with("/predicted_usage_pattern/daily", Json(7, "never")));
  return all;
}

}  // namespace

TEST_CASE("G1: a document is read with all that it says, and defaults for what it does not") {
  const auto reading = policy::read_app_persona(example("video-editing"));
  REQUIRE(reading.persona);
  const auto& persona = *reading.persona;
  CHECK(persona.id == "video-editing");
  CHECK(persona.app == "kdenlive");
  CHECK(persona.resources.cpus == 8);
  CHECK(persona.resources.memory_bytes == 16ULL << 30);
  CHECK(persona.resources.gpus == 1);
  CHECK(persona.resources.storage_bytes_s == 400ULL << 20);
  CHECK(persona.resources.network_bytes_s == 100ULL << 20);
  CHECK(persona.environment.libraries == std::vector<std::string>{"mlt", "ffmpeg"});
  CHECK(persona.environment.network == "pod");
  CHECK(persona.source.kind == domain::AppSource::Kind::package);
  CHECK(persona.usage.hourly[3] == domain::UseLevel::medium);
  CHECK(persona.usage.daily[4] == domain::UseLevel::high);
  CHECK(persona.role_affinity.at("designer") == 0.6);
  REQUIRE(persona.scale_rules.size() == 2);
  CHECK(persona.scale_rules[1].scale == "memory");
  CHECK(persona.scale_rules[1].by == 4096);
  CHECK(persona.scale_rules[1].limit == 65536);
}

TEST_CASE("G1: what was left out of a document is shown") {
  Json document = without("", "predicted_usage_pattern");
  document["resource_profile"]["network"] = "2MiB/s";
  const auto shown = policy::to_json(*policy::read_app_persona(document.dump()).persona);
  CHECK(shown["predicted_usage_pattern"]["daily"] == Json(7, "medium"));
  CHECK(shown["resource_profile"]["storage"].is_null());
  CHECK(shown["resource_profile"]["network"] == "2MiB/s");
  CHECK(shown["components"][1]["application_source"] == Json{{"in_image", true}});
}

TEST_CASE("F1: a component is read with what it needs, how it is watched, and where it may be") {
  Json document = good();
  document["components"][0] = {{"name", "search"},
                               {"application_source", {{"container", "localhost/search:1"}}},
                               {"image", "box"},
                               {"command", {"/bin/serve", "--all"}},
                               {"env", {{"LEVEL", "high"}}},
                               {"ports", {9200, 9300}},
                               {"depends_on", {"spelling"}},
                               {"health", {{"command", {"/bin/true"}}, {"interval_s", 2}}},
                               {"on_failure", "end"},
                               {"anti_affinity", {"spelling"}}};
  const auto persona = policy::read_app_persona(document.dump()).persona;
  REQUIRE(persona);
  const auto& search = persona->components[0];
  CHECK(search.image == "box");
  CHECK(search.command == std::vector<std::string>{"/bin/serve", "--all"});
  CHECK(search.env.at("LEVEL") == "high");
  CHECK(search.ports == std::vector{9200, 9300});
  CHECK(search.health.interval_s == 2);
  CHECK(search.health.retries == 3);
  CHECK(search.on_failure == domain::FailureRule::end);
  CHECK(search.anti_affinity == std::vector<std::string>{"spelling"});
  CHECK(persona->components[1].on_failure == domain::FailureRule::restart);
  const auto again = policy::read_app_persona(policy::document_of(*persona)).persona;
  REQUIRE(again);
  CHECK(policy::to_json(*again) == policy::to_json(*persona));
}

TEST_CASE("F1: components that name what is not there, themselves, or each other in a ring are refused") {
  const auto problem = [](const char* key, const Json& first, const Json& second = Json::array()) {
    Json document = good();
    document["components"][0][key] = first;
    document["components"][1][key] = second;
    return problems_of(document.dump());
  };
  CHECK(problem("depends_on", {"spellin"}) ==
        std::vector<std::string>{"/components: \"search\" names \"spellin\" in depends_on, which is no "
                                 "component; did you mean \"spelling\"?"});
  CHECK(
      problem("anti_affinity", {"search"}) ==
      std::vector<std::string>{"/components: \"search\" names \"search\" in anti_affinity, which is itself"});
  CHECK(problem("depends_on", {"spelling"}, {"search"}) ==
        std::vector<std::string>{
            "/components: has components that depend on each other in a ring: search, spelling"});
  CHECK(problem("name", "same", "same") ==
        std::vector<std::string>{"/components: has two components of the name \"same\""});
}

TEST_CASE("G1: a problem names the place and what was expected there") {
  const std::pair<Json, std::string> cases[] = {
      {with("/resource_profile/cpus", "two"),
       "/resource_profile/cpus: must be an integer from 1 to 1024, not \"two\""},
      {with("/resource_profile/memory", 512),
       "/resource_profile/memory: must be a size such as \"512MiB\", not 512"},
      {with("/resource_profile/storage_rate", "20MiB/s"),
       "/resource_profile: must not have a \"storage_rate\": what a container reads and writes cannot be "
       "limited"},
      {with("/components/0/resource_profile/storage_rate", "20MiB/s"),
       "/components/0/resource_profile: must not have a \"storage_rate\": what a container reads and writes "
       "cannot be limited"},
      {with("/resource_profile/netwrk", 1),
       "/resource_profile/netwrk: is not a known key; did you mean \"network\"?"},
      {with("/execution_environment/network", "bridge"),
       "/execution_environment/network: must be \"pod\" or \"host\", not \"bridge\""},
      {with("/execution_environment/libraries", Json{"zlib1g", "A B"}),
       "/execution_environment/libraries/1: must be the name of a package, not \"A B\""},
      {with("/application_source/package", "x"),
       "/application_source: must have one of \"container\", \"package\" and \"in_image\""},
      {with("/predicted_usage_pattern/daily", Json{"low"}),
       "/predicted_usage_pattern/daily: must be \"low\", \"medium\" or \"high\", or an array of 7 of them, "
       "not an array of 1"},
      {with("/user_role_affinity", Json{{"a/b~c", 2}}),
       "/user_role_affinity/a~1b~0c: must be a number from 0.0 to 1.0, not 2"},
      {with("/components/1/name", nullptr),
       "/components/1/name: must be a name of letters, digits, '-', '_' and '.', not null"},
      {without("", "app_id"), ": has no \"app_id\""},
      {without("/execution_environment", "image"), "/execution_environment: has no \"image\""},
  };
  for (const auto& [document, problem] : cases) CHECK(problems_of(document.dump()) == std::vector{problem});
}

TEST_CASE("G1: all that is wrong with a document is said at once") {
  Json document = with("/resource_profile/cpus", 0);
  document["app_id"] = 7;
  document["colour"] = "red";
  CHECK(problems_of(document.dump()).size() == 3);
}

TEST_CASE("G1: what is no JSON object, or has a key twice, is refused with its line") {
  CHECK_THAT(problems_of("{\n\"a\": 1,\n}").at(0), test::Contains("line 3"));
  CHECK(problems_of("[]") == std::vector<std::string>{": must be an object, not an array"});
  CHECK(problems_of(R"({"a": {"b": 1}, "a": 2})") ==
        std::vector<std::string>{": has the key \"a\" twice in one object"});
  CHECK_FALSE(problems_of(std::string(100'000, '[')).empty());
  CHECK_FALSE(problems_of("").empty());
  CHECK_FALSE(problems_of("\xff\xfe").empty());
}

TEST_CASE("G1: no text of a document can move a cursor or fill a screen") {
  const auto said = problems_of(with("/app_id", "\x1b[2J" + std::string(5000, 'x')).dump());
  REQUIRE(said.size() == 1);
  CHECK(said[0].find('\x1b') == std::string::npos);
  CHECK(said[0].size() < 200);
}

TEST_CASE("G1: the reader and the schema accept the same documents") {
  const Json all = documents();
  const auto accepted = accepted_by_schema(all);
  REQUIRE(accepted.size() == all.size());
  CHECK(std::count(accepted.begin(), accepted.end(), true) > 20);
  CHECK(std::count(accepted.begin(), accepted.end(), false) > 500);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto problems = problems_of(all[i].dump());
    INFO(all[i].dump() << (problems.empty() ? "" : "\n" + problems.front()));
    CHECK(problems.empty() == accepted[i]);
  }
}

TEST_CASE(
    "G1: a directory is read in order of ids; a bad document or a second of one id is refused by name") {
  const test::TempDir directory;
  const auto put = [&](const char* name, const std::string& text) {
    base::write_file_durably(directory / name, text);
  };
  CHECK(policy::load_app_personas(directory / "absent").empty());
  put("a.json", example("writer-office"));
  put("b.json", example("video-editing"));
  put("notes.txt", "not one");
  const auto personas = policy::load_app_personas(directory.path());
  REQUIRE(personas.size() == 2);
  CHECK(personas[0].id == "video-editing");

  const auto refusal = [&] {
    try {
      policy::load_app_personas(directory.path());
    } catch (const base::Error& error) {
      CHECK(error.kind() == base::ErrorKind::usage);
      CHECK(error.hint() == "'deskloom app check' lists all that is wrong");
      return std::string(error.what());
    }
    return std::string();
  };
  put("c.json", example("writer-office"));
  CHECK(refusal() == (directory / "c.json").string() + ": /persona_id: is that of " +
                         (directory / "a.json").string() + " already");
  put("a.json", without("", "app_id").dump());
  CHECK(refusal() == (directory / "a.json").string() + ": has no \"app_id\"");
}
