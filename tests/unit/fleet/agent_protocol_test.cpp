#include "fleet/libvirt/agent_protocol.hpp"

#include "base/base64.hpp"
#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet::agent_protocol;
using test::contains;
using test::error_of;

TEST_CASE("commands to the agent are JSON that needs no shell") {
  CHECK(ping_command() == R"({"execute":"guest-ping"})");
  CHECK(
      exec_command({"/bin/echo", "a \"b\"", "$x"}, true) ==
      R"({"execute":"guest-exec","arguments":{"path":"/bin/echo","arg":["a \"b\"","$x"],"capture-output":true}})");
  CHECK(exec_status_command(7) == R"({"execute":"guest-exec-status","arguments":{"pid":7}})");
  CHECK(open_for_writing_command("/x") ==
        R"({"execute":"guest-file-open","arguments":{"path":"/x","mode":"wb"}})");
  CHECK(write_command(3, "foobar") ==
        R"({"execute":"guest-file-write","arguments":{"handle":3,"buf-b64":"Zm9vYmFy"}})");
  CHECK(close_command(3) == R"({"execute":"guest-file-close","arguments":{"handle":3}})");
}

TEST_CASE("F1: a guest's address is the first that others can use, and an address at all") {
  const auto interface = [](const std::string& addresses) {
    return R"({"name":"x","ip-addresses":[)" + addresses + "]}";
  };
  const auto v4 = [](const std::string& ip) {
    return R"({"ip-address":")" + ip + R"(","ip-address-type":"ipv4","prefix":24})";
  };
  const std::string v6 = R"({"ip-address":"fe80::1","ip-address-type":"ipv6","prefix":64})";
  const auto parsed = [](const std::string& interfaces) {
    return parse_address(R"({"return":[)" + interfaces + "]}");
  };
  CHECK(interfaces_command() == R"({"execute":"guest-network-get-interfaces"})");
  CHECK(parsed(interface(v4("127.0.0.1")) + "," + interface(v6 + "," + v4("10.1.2.3"))) == "10.1.2.3");
  CHECK(parsed(interface(v4("127.0.0.1"))).empty());
  CHECK(parsed(R"({"name":"down"})").empty());
  CHECK(parsed(interface(v4("10.0.0.1\\nEVIL=1")) + R"(,7,{"ip-addresses":[{"ip-address":9}]})").empty());
  CHECK(error_of([] { parse_address(R"({"return":"10.0.0.1"})"); }).kind() == base::ErrorKind::guest);
}

TEST_CASE("what JSON cannot carry is the caller's fault") {
  CHECK(error_of([] { exec_command({"/bin/echo", "\xff"}, true); }).kind() == base::ErrorKind::usage);
  CHECK(error_of([] { open_for_writing_command("/\xff"); }).kind() == base::ErrorKind::usage);
}

TEST_CASE("good replies are understood") {
  CHECK(parse_exec_pid(R"({"return":{"pid":842}})") == 842);
  CHECK(parse_file_handle(R"({"return":1000})") == 1000);
  CHECK(parse_written_bytes(R"({"return":{"count":5,"eof":false}})") == 5);
  CHECK_FALSE(parse_exec_status(R"({"return":{"exited":false}})").exited);
  const auto status =
      parse_exec_status(R"({"return":{"exited":true,"exitcode":3,"out-data":"b3V0","err-data":"ZXJy"}})");
  CHECK(status.exited);
  CHECK(status.result.exit_code == 3);
  CHECK(status.result.out == "out");
  CHECK(status.result.err == "err");
}

TEST_CASE("freezing is told in counts and one word") {
  CHECK(freeze_command() == R"({"execute":"guest-fsfreeze-freeze"})");
  CHECK(thaw_command() == R"({"execute":"guest-fsfreeze-thaw"})");
  CHECK(parse_freeze_count(R"({"return":2})") == 2);
  CHECK(parse_is_frozen(R"({"return":"frozen"})"));
  CHECK_FALSE(parse_is_frozen(R"({"return":"thawed"})"));
  for (const char* reply : {R"({"return":-1})", R"({"return":"2"})", R"({"return":{}})"}) {
    CHECK(error_of([&] { parse_freeze_count(reply); }).kind() == base::ErrorKind::guest);
    CHECK(error_of([&] { parse_is_frozen(reply); }).kind() == base::ErrorKind::guest);
  }
}

TEST_CASE("a killed program's exit code is 128 + its signal") {
  CHECK(parse_exec_status(R"({"return":{"exited":true,"signal":9}})").result.exit_code == 137);
}

TEST_CASE("output is cut at its limit") {
  const std::string output(max_output_bytes + 3, 'x');
  const auto reply =
      R"({"return":{"exited":true,"exitcode":0,"out-data":")" + base::base64_encode(output) + R"("}})";
  CHECK(parse_exec_status(reply).result.out.size() == max_output_bytes);
}

TEST_CASE("no reply of a hostile guest is believed") {
  const std::string replies[] = {
      "",
      "{",
      "null",
      "[]",
      "7",
      R"({"error":{"class":"GenericError"}})",
      R"({"return":null})",
      R"({"return":[]})",
      R"({"return":{}})",
      R"({"return":{"exited":1}})",
      R"({"return":{"exited":"yes","exitcode":0}})",
      R"({"return":{"exited":true}})",
      R"({"return":{"exited":true,"exitcode":"0"}})",
      R"({"return":{"exited":true,"exitcode":1.5}})",
      R"({"return":{"exited":true,"exitcode":18446744073709551615}})",
      R"({"return":{"exited":true,"signal":-1}})",
      R"({"return":{"exited":true,"signal":2147483647}})",
      R"({"return":{"exited":true,"exitcode":0,"out-data":7}})",
      R"({"return":{"exited":true,"exitcode":0,"out-data":"***"}})",
      R"({"return":{"exited":true,"exitcode":0,"err-data":{"a":1}}})",
      std::string(200'000, '['),
      std::string(max_reply_bytes + 1, ' '),
  };
  for (const auto& reply : replies) {
    CAPTURE(reply.substr(0, 100));
    CHECK(error_of([&] { parse_exec_status(reply); }).kind() == base::ErrorKind::guest);
  }
}

TEST_CASE("numbers of the wrong type or sign are refused") {
  for (const char* reply : {R"({"return":{"pid":"1"}})", R"({"return":{"pid":null}})", R"({"return":{}})"}) {
    CHECK(error_of([&] { parse_exec_pid(reply); }).kind() == base::ErrorKind::guest);
  }
  for (const char* reply : {R"({"return":"1"})", R"({"return":{}})", R"({"return":1e300})"}) {
    CHECK(error_of([&] { parse_file_handle(reply); }).kind() == base::ErrorKind::guest);
  }
  CHECK(error_of([] { parse_written_bytes(R"({"return":{"count":-1}})"); }).kind() == base::ErrorKind::guest);
}

TEST_CASE("B6: who is logged in is told with their times, and a hostile list is refused") {
  const auto logins = parse_users(
      R"({"return":[{"user":"alice","login-time":1700000000.25},{"user":"bob","domain":"D","login-time":5}]})");
  REQUIRE(logins.size() == 2);
  CHECK(logins[0].user == "alice");
  CHECK(base::to_seconds(logins[0].since) == 1'700'000'000);
  for (const char* reply :
       {R"({"return":{}})", R"({"return":[1]})", R"({"return":[{"user":1,"login-time":1}]})",
        R"({"return":[{"user":"a"}]})", R"({"return":[{"user":"a","login-time":-1}]})",
        R"({"return":[{"user":"a","login-time":1e300}]})"}) {
    CAPTURE(reply);
    CHECK(error_of([&] { parse_users(reply); }).kind() == base::ErrorKind::guest);
  }
  std::string many = R"({"return":[)";
  for (std::size_t i = 0; i < max_logins; ++i) many += R"({"user":"a","login-time":1},)";
  CHECK(error_of([&] { parse_users(many + R"({"user":"a","login-time":1}]})"); }).kind() ==
        base::ErrorKind::guest);
}
