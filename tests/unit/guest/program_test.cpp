#include <filesystem>

#include "base/process.hpp"
#include "guest/wire.hpp"
#include "support/catch.hpp"
#include "support/guest_peers.hpp"

using namespace deskloom::guest;
using namespace deskloom::guest::test;
using namespace std::string_literals;
using deskloom::base::run_process;

namespace {

const std::string program = GUEST_PROGRAM;

}  // namespace

TEST_CASE("the program that is pushed into guests is small and needs no loader there") {
  CHECK(std::filesystem::file_size(program) < 1536 * 1024);
  CHECK(read_text(program).find("/ld-linux") == std::string::npos);
}

TEST_CASE("the program greets with the nonce, then with its version, and ends at bye") {
  deskloom::base::ProcessOptions options;
  options.input = std::string(host_mark) + "ab12\n" + "\0\0\0\0\x0e"s;
  const auto result = run_process({program, "serve", "--stdio", "--nonce", "ab12"}, options);
  CHECK(result.exit_code == 0);
  CHECK(result.out.starts_with(std::string(guest_mark) + "ab12\n"));
  CHECK(result.out.ends_with(PROGRAM_VERSION));
}

TEST_CASE("a host that closes before its greeting ends the program") {
  deskloom::base::ProcessOptions options;
  options.input = "something else";
  CHECK(run_process({program, "serve", "--stdio", "--nonce", "ab12"}, options).exit_code == 1);
}

TEST_CASE("a wrong command line is refused with the usage") {
  using Arguments = std::vector<std::string>;
  for (const auto& arguments : {Arguments{program}, Arguments{program, "serve", "--stdio"},
                                Arguments{program, "serve", "--nonce", "ab"},
                                Arguments{program, "serve", "--nonce", "no hex", "--stdio"},
                                Arguments{program, "serve", "--nonce", "ab", "--stdio", "--port", "p"},
                                Arguments{program, "serve", "--nonce", "ab", "--fd", "x"}}) {
    const auto result = run_process(arguments);
    CHECK(result.exit_code == 2);
    CHECK(result.err.starts_with("Usage:"));
  }
  CHECK(run_process({program, "serve", "--nonce", "ab", "--port", "no.such.port"}).exit_code == 1);
}
