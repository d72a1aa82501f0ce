#include "policy_files.hpp"

#include <fstream>

#include "support/catch.hpp"

namespace deskloom::test {

PolicyFiles::PolicyFiles() { std::filesystem::create_directory(dir_ / "conf.d"); }

void PolicyFiles::write(const std::string& name, const std::string& text) const {
  std::ofstream(dir_ / name) << text;
}

policy::Policy PolicyFiles::load() const {
  policy::Sources sources;
  sources.state_dir = "/s";
  sources.config_dir = dir_.path();
  return policy::load(sources);
}

policy::Policy load_text(const std::string& text) {
  const PolicyFiles files;
  files.write("deskloom.toml", text);
  return files.load();
}

Refusal refusal_of(const std::string& text) {
  try {
    load_text(text);
  } catch (const base::Error& e) {
    CHECK(e.kind() == base::ErrorKind::usage);
    std::string message = e.what();
    const auto name = message.find("deskloom.toml");
    return {name == std::string::npos ? message : "FILE" + message.substr(name + 13), e.hint()};
  }
  FAIL("accepted: " << text);
  return {};
}

}  // namespace deskloom::test
