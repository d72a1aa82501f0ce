#include "config/config.hpp"
#include "frame/context.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, ConfigCheckOptions&) {}

frame::ExitCode run(const ConfigCheckOptions&, frame::Context& context) {
  const policy::Policy& policy = context.policy();  // throws when it is not valid
  std::vector<std::string> files(policy.files.begin(), policy.files.end());
  frame::Document document;
  document.field("valid", "Valid", true).field("files", "Files", files);
  document.field("hosts", "Hosts", policy.hosts.size()).field("pools", "Pools", policy.pools.size());
  context.print(document.field("applications", "Applications", policy.applications.size()));
  if (files.empty()) context.say("no policy file was found: the built-in defaults are used");
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
