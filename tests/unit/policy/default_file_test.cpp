#include <cctype>
#include <sstream>

#include "base/fd.hpp"
#include "policy_files.hpp"
#include "support/catch.hpp"

using namespace deskloom;

namespace {

std::string shipped() { return base::read_file(DESKLOOM_SOURCE_DIR "/config/deskloom.toml", 1 << 20); }

// The file with every default in effect: "#key" and "#[section]" are values, "# text" is prose.
std::string uncommented(const std::string& text) {
  std::istringstream in(text);
  std::string result;
  for (std::string line; std::getline(in, line);) {
    const bool prose = line == "#" || (line.starts_with("# ") && !line.starts_with("#  \""));
    if (!prose && line.starts_with('#')) line.erase(0, 1);
    result += line + "\n";
  }
  return result;
}

base::Json shown(const policy::Policy& policy) {
  base::Json json = policy::to_json(policy);
  json.erase("files");
  return json;
}

}  // namespace

TEST_CASE("the shipped policy changes nothing as it stands") {
  CHECK(shown(test::load_text(shipped())) == shown(test::load_text("")));
}

TEST_CASE("the shipped policy shows the defaults that are built in") {
  policy::Sources sources;
  sources.config_dir = "/nonexistent";
  sources.state_dir = "/var/lib/deskloom";
  base::Json built_in = shown(policy::load(sources));

  const test::TempDir dir;
  base::write_file_durably(dir / "all.toml", uncommented(shipped()));
  sources.config = dir / "all.toml";
  base::Json file = shown(policy::load(sources));
  // These have no default but an example.
  CHECK(file["application"]["writer"]["executable"] == "*/soffice.bin");
  file["application"] = base::Json::object();
  CHECK(file["mode"]["writing"]["applications"] == base::Json{"writer"});
  file["mode"] = base::Json::object();
  CHECK(file["host"]["cluster"]["context"] == "desks");
  file["host"].erase("cluster");
  CHECK(file["scale"]["busy"]["above_percent"] == 80);
  file["scale"] = base::Json::object();
  CHECK(file["price"]["night"]["until"] == "06:00");
  file["price"] = base::Json::object();
  CHECK(file["pool"]["default"]["idle_cost"] == 0.02);
  file["pool"]["default"]["idle_cost"] = nullptr;
  file["spot"]["file"] = nullptr;
  file["host"]["local"]["instance_dir"] = nullptr;
  CHECK(file["host"]["local"]["region"] == "frankfurt");
  file["host"]["local"]["region"] = nullptr;
  file["store"]["key_file"] = nullptr;
  file["time_zone"] = nullptr;
  CHECK(file.dump(1) == built_in.dump(1));
}

TEST_CASE("the shipped policy mentions every key there is") {
  const std::string text = shipped();
  for (const auto& key : policy::documented_keys()) {
    INFO(key.section << "." << key.key);
    CHECK_THAT(text, test::Contains("\n#" + key.key + " = "));
    CHECK(key.meaning.ends_with("."));
    CHECK_FALSE(key.type.empty());
  }
}

TEST_CASE("documented defaults are those of the structures") {
  for (const auto& key : policy::documented_keys()) {
    if (key.key == "max_bytes") CHECK(key.default_value == "\"64GiB\"");
    if (key.key == "state_dir") CHECK(key.default_value.empty());
    if (key.key == "parallel") CHECK(key.default_value == "2");
  }
}
