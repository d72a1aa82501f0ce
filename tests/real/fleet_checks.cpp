#include "real/fleet_checks.hpp"

#include <array>
#include <chrono>
#include <thread>

#include "base/process.hpp"
#include "support/catch.hpp"

namespace deskloom::test {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string shell(FleetGuest& guest, const std::string& script) {
  const auto result = guest.runtime().exec(guest.name(), {"/bin/sh", "-c", script}, 30s);
  INFO(result.err);
  CHECK(result.exit_code == 0);
  return result.out;
}

std::size_t read_up_to(base::Channel& channel, std::size_t wanted) {
  std::vector<std::byte> buffer(256 << 10);
  std::size_t total = 0;
  while (total < wanted) {
    const std::size_t count = channel.read(buffer);
    if (count == 0) break;
    total += count;
  }
  return total;
}

}  // namespace

ErrorKind kind_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    INFO(error.what());
    return error.kind();
  }
  FAIL("nothing was thrown");
  return ErrorKind::failed;
}

void check_exec(FleetGuest& guest) {
  auto& runtime = guest.runtime();
  const auto result = runtime.exec(guest.name(), {"/bin/sh", "-c", "echo out; echo err >&2; exit 7"}, 30s);
  CHECK(result.exit_code == 7);
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(runtime.exec(guest.name(), {"/bin/sh", "-c", "kill -9 $$"}, 30s).exit_code == 137);
  CHECK(runtime.exec(guest.name(), {"/bin/echo", "a b", "*", "$x", "é"}, 30s).out == "a b * $x é\n");
  CHECK(runtime.exec(guest.name(), {"/bin/sh", "-c", "head -c 3000000 /dev/zero"}, 60s).out.size() ==
        1 << 20);
  CHECK(kind_of([&] { runtime.exec(guest.name(), {"/no/such/program"}, 30s); }) == ErrorKind::guest);
  CHECK(kind_of([&] { runtime.exec(guest.name(), {"/bin/sleep", "5"}, 500ms); }) == ErrorKind::guest);
  CHECK(kind_of([&] { runtime.exec("nobody", {"/bin/true"}, 30s); }) == ErrorKind::not_found);
}

void check_write_file(FleetGuest& guest) {
  std::string content(1536 << 10, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 2654435761U >> 13);
  const auto start = std::chrono::steady_clock::now();
  guest.runtime().write_file(guest.name(), "/tmp/pushed", content);
  WARN("write_file of 1.5 MiB: " << seconds_since(start) << " s");
  base::ProcessOptions options;
  options.input = content;
  const auto expected = base::run_process({"sha256sum"}, options).out.substr(0, 64);
  CHECK(shell(guest, "sha256sum /tmp/pushed").substr(0, 64) == expected);
  CHECK(kind_of([&] { guest.runtime().write_file(guest.name(), "/no/such/dir/x", "x"); }) ==
        ErrorKind::guest);
}

void check_channel_echo(FleetGuest& guest) {
  const auto channel = guest.runtime().open_channel(guest.name(), 10s);
  guest.runtime().exec_detached(
      guest.name(),
      {"/bin/sh", "-c",
       "exec 3<>/dev/virtio-ports/org.deskloom.0; head -c 65536 <&3 >/tmp/echo; cat /tmp/echo >&3"});
  std::vector<std::byte> sent(65536);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::byte>(i * 31 >> 3);
  channel->write(sent);
  std::vector<std::byte> received;
  std::array<std::byte, 4096> buffer;
  while (received.size() < sent.size()) {
    const std::size_t count = channel->read(buffer);
    REQUIRE(count > 0);
    received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
  }
  CHECK(received == sent);
}

void check_channel_throughput(FleetGuest& guest) {
  const auto channel = guest.runtime().open_channel(guest.name(), 10s);
  constexpr std::size_t wanted = 64 << 20;
  guest.runtime().exec_detached(
      guest.name(),
      {"/bin/sh", "-c", "dd if=/dev/zero of=/dev/virtio-ports/org.deskloom.0 bs=256k count=256"});
  const auto start = std::chrono::steady_clock::now();
  CHECK(read_up_to(*channel, wanted) == wanted);
  const double seconds = seconds_since(start);
  WARN("guest to host: " << static_cast<double>(wanted) / 1e6 / seconds << " MB/s");
}

void check_silent_channel(FleetGuest& guest) {
  const auto channel = guest.runtime().open_channel(guest.name(), 300ms);
  std::array<std::byte, 16> buffer;
  const auto start = std::chrono::steady_clock::now();
  CHECK(kind_of([&] { channel->read(buffer); }) == ErrorKind::guest);
  CHECK(seconds_since(start) < 2.0);
  // Nobody reads in the guest: the buffers on the way fill up.
  const std::vector<std::byte> much(8 << 20);
  CHECK(kind_of([&] { channel->write(much); }) == ErrorKind::guest);
}

void check_threads(FleetGuest& guest) {
  std::array<std::string, 4> outputs;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    threads.emplace_back([&guest, &outputs, i] {
      outputs[i] = guest.runtime().exec(guest.name(), {"/bin/echo", std::to_string(i)}, 60s).out;
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < outputs.size(); ++i) CHECK(outputs[i] == std::to_string(i) + "\n");
}

void check_display(FleetGuest& guest) {
  const auto display = guest.runtime().display(guest.name());
  REQUIRE(display);
  CHECK(display->protocol == "vnc");
  CHECK(display->host == "127.0.0.1");
  CHECK(display->port >= 5900);
}

void check_destroy_leaves_nothing(FleetGuest& guest) {
  guest.runtime().destroy(guest.name(), guest.spec().directory);
  CHECK_FALSE(guest.runtime().is_running(guest.name()));
  CHECK_FALSE(std::filesystem::exists(guest.spec().directory));
  CHECK(test::processes_with("guest=" + guest.name() + ",").empty());
  guest.runtime().destroy(guest.name(), guest.spec().directory);  // again is nothing
}

}  // namespace deskloom::test
