#include <stdio.h>
#include <unistd.h>

#include <charconv>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "guest/server/fd_channel.hpp"
#include "guest/server/port.hpp"
#include "guest/server/server.hpp"

namespace {

// deskloom's codes (cmd/frame): a host that starts this reads them.
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

constexpr const char* usage =
    "Usage: deskloom-guest serve --nonce HEX (--port NAME | --fd N | --stdio)\n"
    "       deskloom-guest --version | --help\n"
    "\n"
    "The part of Deskloom that runs in a guest: the host starts it through the QEMU\n"
    "guest agent and talks to it over a virtio-serial port. Nobody else needs to.\n";

struct Options {
  std::string port;
  std::string nonce;
  int in = -1;
  int out = -1;
};

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && text.size() <= 128 &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<int> descriptor(std::string_view text) {
  int fd = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), fd);
  const bool good = error == std::errc() && end == text.data() + text.size() && fd >= 0;
  return good ? std::optional(fd) : std::nullopt;
}

std::optional<Options> parse(const std::vector<std::string_view>& arguments) {
  Options options;
  if (arguments.empty() || arguments[0] != "serve") return std::nullopt;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const auto name = arguments[i];
    if (name == "--stdio") {
      options.in = STDIN_FILENO;
      options.out = STDOUT_FILENO;
      continue;
    }
    if (++i == arguments.size()) return std::nullopt;
    if (name == "--port") {
      options.port = arguments[i];
    } else if (name == "--nonce") {
      options.nonce = arguments[i];
    } else if (name == "--fd") {
      options.in = options.out = descriptor(arguments[i]).value_or(-1);
    } else {
      return std::nullopt;
    }
  }
  const bool one_channel = options.port.empty() != (options.in < 0);
  return one_channel && is_hexadecimal(options.nonce) ? std::optional(options) : std::nullopt;
}

void serve(Options options) {
  deskloom::base::UniqueFd port;
  if (!options.port.empty()) {
    port = deskloom::guest::open_port(options.port);
    options.in = options.out = port.get();
  }
  deskloom::guest::FdChannel channel(options.in, options.out);
  deskloom::guest::Config config;
  config.version = DESKLOOM_VERSION;
  deskloom::guest::serve(channel, options.nonce, config);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && arguments[0] == "--version")
    return ::puts("deskloom-guest " DESKLOOM_VERSION) < 0;
  if (arguments.size() == 1 && arguments[0] == "--help") return ::fputs(usage, stdout) < 0;
  const auto options = parse(arguments);
  if (!options) {
    ::fputs(usage, stderr);
    return exit_usage;
  }
  try {
    serve(*options);
    return 0;
  } catch (const std::exception& error) {
    ::fprintf(stderr, "deskloom-guest: %s\n", error.what());
    return exit_failed;
  }
}
