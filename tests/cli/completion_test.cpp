#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

// Policy and state by environment: the shells call deskloom without options.
base::ProcessOptions options_for(const Deployment& deployment) {
  base::ProcessOptions options;
  options.environment = {
      "DESKLOOM_CONFIG=" + deployment.policy_file().string(),
      "DESKLOOM_STATE_DIR=" + deployment.state_dir().string(), "COMPLETIONS=" DESKLOOM_COMPLETIONS,
      "PATH=" + std::filesystem::path(DESKLOOM_PROGRAM).parent_path().string() + ":/usr/bin:/bin"};
  return options;
}

std::string complete(const Deployment& deployment, std::vector<std::string> words) {
  words.insert(words.begin(), "__complete");
  const auto said = test::run_deskloom(words, options_for(deployment));
  CHECK(said.code == 0);
  CHECK(said.err.empty());
  return said.out;
}

void add_alice(const Deployment& deployment) {
  test::add_instance(deployment.state(), "one-used", domain::InstanceState::connected, "alice");
}

bool installed(const std::string& shell) {
  return base::run_process({"sh", "-c", "command -v " + shell}).exit_code == 0;
}

std::string run_shell(const std::string& shell, const std::string& script) {
  const Deployment deployment;
  return base::run_process({shell, "-c", script}, options_for(deployment)).out;
}

}  // namespace

TEST_CASE("nouns, verbs and options are completed by what is typed") {
  const Deployment deployment;
  CHECK(complete(deployment, {"sn"}) == "snapshot\n");
  CHECK(complete(deployment, {"instance", "l"}) == "list\tList instances\n");
  CHECK(complete(deployment, {"--quiet", "instance", "list", "--po"}) == "--pool\tonly of this pool\n");
  CHECK(complete(deployment, {"nonsense", ""}).empty());
}

TEST_CASE("values come from policy and state") {
  const Deployment deployment;
  add_alice(deployment);
  CHECK(complete(deployment, {"session", "assign", ""}) == "alice\n");
  CHECK(complete(deployment, {"instance", "show", "one-"}) == "one-used\n");
  CHECK(complete(deployment, {"instance", "list", "--pool", ""}) == "default\n");
  CHECK(complete(deployment, {"instance", "list", "--state", "war"}) == "warm\n");
  CHECK(complete(deployment, {"snapshot", "show", "lat"}) == "latest\n");
  CHECK(complete(deployment, {"host", "probe", ""}) == "local\n");
}

TEST_CASE("paths are left to the shell, and what cannot be read gives nothing") {
  const Deployment deployment;
  CHECK(complete(deployment, {"--config", ""}) == ":files\n");
  CHECK(complete(deployment, {"--state-dir", "/"}) == ":directories\n");
  CHECK(complete(deployment, {"session", "assign", ""}).empty());
  CHECK(complete(deployment, {"--state-dir", "/nonexistent", "instance", "show", ""}).empty());
}

TEST_CASE("bash completes") {
  CHECK(run_shell("bash", R"(source "$COMPLETIONS/deskloom.bash"
                             COMP_WORDS=(deskloom instance list --pool '') COMP_CWORD=4
                             _deskloom; echo "${COMPREPLY[@]}")") == "default\n");
}

TEST_CASE("fish completes") {
  if (!installed("fish")) return;
  CHECK(run_shell("fish", R"(source $COMPLETIONS/deskloom.fish
                             complete -C 'deskloom instance list --pool ')") == "default\n");
}

TEST_CASE("zsh completes") {
  if (!installed("zsh")) return;
  // Completion runs only in an interactive shell: one is driven through zsh's own pseudo-terminal module.
  CHECK(run_shell("zsh", R"(zmodload zsh/zpty; zpty z zsh -f -i
      zpty -w z 'PS1=; fpath=($COMPLETIONS $fpath); autoload -Uz compinit; compinit -u -D; print REA''DY'
      zpty -r -m z all '*READY*'
      zpty -n -w z $'deskloom instance list --pool \t'
      zpty -r -m z all '*--pool default*' && print default; zpty -d z)") == "default\n");
}
