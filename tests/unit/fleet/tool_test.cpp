// G3: the command-line programs that container hosts are managed with, when they fail or are not there.
#include "fleet/container/tool.hpp"

#include "throws.hpp"

using namespace deskloom;
using test::contains;
using test::error_of;

namespace {

fleet::Tool shell(const std::string& script) { return {"desk", {"sh", "-c", script, "sh"}, "dash"}; }

}  // namespace

TEST_CASE("G3: a program that is not installed is told with its package") {
  const fleet::Tool tool("desk", {"podman-of-nowhere"}, "podman");
  const auto error = error_of([&] { tool.run({"info"}); });
  CHECK(error.kind() == base::ErrorKind::host_unreachable);
  CHECK(contains(error.what(), "host desk is reached by podman-of-nowhere, which is not in PATH"));
  CHECK(contains(error.hint(), "install the package podman"));
}

TEST_CASE("G3: a program's own words are the message, and those of its libraries are not") {
  const auto error = error_of([] {
    shell("echo 'E1122 12:59:19.9 1 memcache.go:265] noise' >&2; echo 'Error: no such pod' >&2; exit 125")
        .must("cannot remove instance desk-1", {});
  });
  CHECK(error.kind() == base::ErrorKind::failed);
  CHECK(std::string(error.what()) == "cannot remove instance desk-1 on host desk: Error: no such pod");
  const auto silent = error_of([] { shell("exit 3").must("cannot do it", {}); });
  CHECK(std::string(silent.what()) == "cannot do it on host desk: exit code 3");
}

TEST_CASE("G3: a cluster that does not answer is an unreachable host") {
  const auto error = error_of([] {
    shell("echo 'The connection to the server x:6443 was refused' >&2; exit 1").must("cannot list pods", {});
  });
  CHECK(error.kind() == base::ErrorKind::host_unreachable);
  CHECK(error_of([] { shell("echo broken >&2; exit 1").ask("cannot ask", {}); }).kind() ==
        base::ErrorKind::host_unreachable);
}

TEST_CASE("G3: a program that hangs is ended and told") {
  base::ProcessOptions options;
  options.timeout = std::chrono::milliseconds(50);
  const auto error = error_of([&] { shell("exec sleep 60").run({}, options); });
  CHECK(error.kind() == base::ErrorKind::host_unreachable);
  CHECK(contains(error.what(), "did not end within 50 ms"));
}

TEST_CASE("G3: words that a program prints cannot fill or move a terminal") {
  const std::string words = fleet::last_words("\x1b[2J\n\n" + std::string(10'000, 'x') + "\nthe end\n");
  CHECK(words.size() < 700);
  CHECK(words.ends_with("the end"));
  CHECK(fleet::last_words("\x1b[2J") == "\\x1b[2J");
  CHECK(fleet::last_words("\n\n").empty());
}
