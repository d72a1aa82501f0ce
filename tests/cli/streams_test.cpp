#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deskloom;

namespace {

base::ProcessResult bash(const Deskloom& deskloom, const std::string& script,
                         const std::vector<std::string>& environment = {}) {
  base::ProcessOptions options;
  options.environment = deskloom.environment();
  options.environment.push_back("PROGRAM=" + test::program().string());
  options.environment.insert(options.environment.end(), environment.begin(), environment.end());
  return base::run_process({"bash", "-c", script}, options);
}

// On a terminal of its own, as script(1) makes one.
std::string on_terminal(const Deskloom& deskloom, const std::vector<std::string>& environment = {}) {
  return bash(deskloom, "script --quiet --command \"$PROGRAM pool status\" /dev/null", environment).out;
}

}  // namespace

TEST_CASE("a reader that goes away is no error") {
  const auto result = bash(Deskloom(), "exec 3> >(:); sleep 0.2; \"$PROGRAM\" --help >&3; echo $?");
  CHECK(result.out == "0\n");
  CHECK(result.err.empty());
}

TEST_CASE("output that does not fit on the disk is an error") {
  const auto result = bash(Deskloom(), "\"$PROGRAM\" --help > /dev/full");
  CHECK(result.exit_code == 15);
  CHECK(result.err.find("cannot write to standard output") != std::string::npos);
}

TEST_CASE("titles are bold on a terminal, but not with NO_COLOR, and never elsewhere") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  CHECK(on_terminal(deskloom).find("\033[1m") != std::string::npos);
  CHECK(on_terminal(deskloom, {"NO_COLOR=1"}).find('\033') == std::string::npos);
  CHECK(on_terminal(deskloom, {"TERM=dumb"}).find('\033') == std::string::npos);
  CHECK(deskloom.run({"pool", "status"}).out.find('\033') == std::string::npos);
}

TEST_CASE("messages go to standard error, and --quiet leaves errors alone") {
  const Deskloom deskloom;
  const auto failed = deskloom.run({"status", "--quiet"});
  CHECK(failed.out.empty());
  CHECK(failed.err.starts_with("deskloom: there is no state store"));
  CHECK(failed.err.find("\n  hint: ") != std::string::npos);
}
