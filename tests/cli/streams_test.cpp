#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

base::ProcessResult bash(const std::string& script, const std::vector<std::string>& environment = {}) {
  base::ProcessOptions options;
  options.environment = {"PROGRAM=" DESKLOOM_PROGRAM, "TERM=xterm", "NO_COLOR="};
  options.environment.insert(options.environment.end(), environment.begin(), environment.end());
  return base::run_process({"bash", "-c", script}, options);
}

// On a terminal of its own, as script(1) makes one.
std::string on_terminal(const Deployment& deployment, std::vector<std::string> environment = {}) {
  environment.push_back("DESKLOOM_STATE_DIR=" + deployment.state_dir().string());
  environment.push_back("DESKLOOM_CONFIG=" + deployment.policy_file().string());
  return bash("script --quiet --command \"$PROGRAM pool status\" /dev/null", environment).out;
}

}  // namespace

TEST_CASE("a reader that goes away is no error") {
  const auto result = bash("exec 3> >(:); sleep 0.2; \"$PROGRAM\" --help >&3; echo $?");
  CHECK(result.out == "0\n");
  CHECK(result.err.empty());
}

TEST_CASE("output that does not fit on the disk is an error") {
  const auto result = bash("\"$PROGRAM\" --help > /dev/full");
  CHECK(result.exit_code == 15);
  CHECK(result.err.find("cannot write to standard output") != std::string::npos);
}

TEST_CASE("titles are bold on a terminal, but not with NO_COLOR, and never elsewhere") {
  const Deployment deployment;
  CHECK(on_terminal(deployment).find("\033[1m") != std::string::npos);
  CHECK(on_terminal(deployment, {"NO_COLOR=1"}).find('\033') == std::string::npos);
  CHECK(on_terminal(deployment, {"TERM=dumb"}).find('\033') == std::string::npos);
  CHECK(deployment.run({"pool", "status"}).out.find('\033') == std::string::npos);
}

TEST_CASE("messages go to standard error, and --quiet leaves errors alone") {
  const auto failed = test::run_deskloom({"--state-dir", "/nonexistent", "status", "--quiet"});
  CHECK(failed.out.empty());
  CHECK(failed.err.starts_with("deskloom: there is no state store"));
  CHECK(failed.err.find("\n  hint: ") != std::string::npos);
}
