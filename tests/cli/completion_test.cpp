#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deskloom;

namespace {

std::string complete(const Deskloom& deskloom, std::vector<std::string> words) {
  words.insert(words.begin(), "__complete");
  const auto result = deskloom.run(words);
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  return result.out;
}

// Runs a script of one of the shells with deskloom in PATH; "" when the shell is not installed.
std::string shell(const Deskloom& deskloom, const std::vector<std::string>& argv) {
  if (base::run_process({"sh", "-c", "command -v " + argv[0]}).exit_code != 0) return "";
  base::ProcessOptions options;
  options.environment = deskloom.environment();
  options.environment.push_back("PATH=" + test::program().parent_path().string() + ":/usr/bin:/bin");
  options.environment.push_back("COMPLETIONS=" + (test::source_dir() / "completions").string());
  return base::run_process(argv, options).out;
}

}  // namespace

TEST_CASE("nouns, verbs and options are completed by what is typed") {
  const Deskloom deskloom;
  CHECK(complete(deskloom, {"sn"}) == "snapshot\n");
  CHECK(complete(deskloom, {"instance", "l"}) == "list\tList instances\n");
  CHECK(complete(deskloom, {"--json", "instance", "list", "--po"}) == "--pool\tonly of this pool\n");
  CHECK(complete(deskloom, {"nonsense", ""}).empty());
}

TEST_CASE("values come from policy and state") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  CHECK(complete(deskloom, {"session", "assign", ""}) == "alice\n");
  CHECK(complete(deskloom, {"instance", "show", "office-u"}) == "office-used\n");
  CHECK(complete(deskloom, {"instance", "list", "--pool", ""}) == "office\n");
  CHECK(complete(deskloom, {"instance", "list", "--state", "war"}) == "warm\n");
  CHECK(complete(deskloom, {"snapshot", "show", "3f"}) == "3fa90000000000000000000000000001\n");
  CHECK(complete(deskloom, {"host", "probe", ""}) == "local\n");
}

TEST_CASE("paths are left to the shell, and what cannot be read gives nothing") {
  const Deskloom deskloom;
  CHECK(complete(deskloom, {"--config", ""}) == ":files\n");
  CHECK(complete(deskloom, {"--state-dir", "/"}) == ":directories\n");
  CHECK(complete(deskloom, {"session", "assign", ""}).empty());
  CHECK(complete(deskloom, {"--state-dir", "/nonexistent", "instance", "show", ""}).empty());
}

TEST_CASE("bash completes") {
  const Deskloom deskloom;
  CHECK(shell(deskloom,
              {"bash", "-c",
               "source \"$COMPLETIONS/deskloom.bash\"; COMP_WORDS=(deskloom instance list --pool ''); "
               "COMP_CWORD=4; _deskloom; echo \"${COMPREPLY[@]}\""}) == "office\n");
}

TEST_CASE("fish completes") {
  const std::string out = shell(
      Deskloom(),
      {"fish", "-c", "source $COMPLETIONS/deskloom.fish; complete -C 'deskloom instance list --pool '"});
  if (!out.empty()) CHECK(out == "office\n");
}

TEST_CASE("zsh completes") {
  // Completion runs only in an interactive shell: one is driven through zsh's own pseudo-terminal module.
  const std::string script =
      "zmodload zsh/zpty; zpty z zsh -f -i; "
      "zpty -w z 'PS1=; fpath=($COMPLETIONS $fpath); autoload -Uz compinit; compinit -u -D; print REA''DY'; "
      "zpty -r -m z all '*READY*'; "
      "zpty -n -w z $'deskloom instance list --pool \\t'; "
      "zpty -r -m z all '*--pool office*' && print office; zpty -d z";
  const std::string out = shell(Deskloom(), {"zsh", "-f", "-c", script});
  if (!out.empty()) CHECK(out == "office\n");
}
