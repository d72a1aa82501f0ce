#include "fleet/libvirt/agent_protocol.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace deskloom::fleet::agent_protocol {
namespace {

constexpr double latest_login_s = 0x1p33;  // the year 2242

[[noreturn]] void refuse(const std::string& complaint) {
  throw base::Error(base::ErrorKind::guest, "the guest agent's reply " + complaint,
                    "the guest is broken or hostile: destroy the instance");
}

std::string command(const char* name, const base::Json& arguments) {
  // In ASCII: libvirt 11 refuses other octets in a command.
  return base::Json{{"execute", name}, {"arguments", arguments}}.dump(-1, ' ', true);
}

base::Json parse_return(std::string_view reply) {
  if (reply.size() > max_reply_bytes) refuse("is larger than " + base::human_size(max_reply_bytes));
  base::Json json;
  try {
    json = base::parse_json(reply, "agent reply");
  } catch (const base::Error&) {
    refuse("is not JSON");
  }
  const auto value = json.is_object() ? json.find("return") : json.end();
  if (!json.is_object() || value == json.end()) refuse("has no \"return\"");
  return *value;
}

base::Json parse_return_object(std::string_view reply) {
  base::Json value = parse_return(reply);
  if (!value.is_object()) refuse("returns no object");
  return value;
}

std::int64_t integer(const base::Json& value, const char* what) {
  const bool too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
  if (!value.is_number_integer() || too_large) refuse(std::string("has no integer ") + what);
  return value.get<std::int64_t>();
}

const base::Json& member(const base::Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) refuse(std::string("has no \"") + key + "\"");
  return *found;
}

std::string output(const base::Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_string()) refuse(std::string("has no string \"") + key + "\"");
  auto bytes = base::base64_decode(found->get_ref<const std::string&>());
  if (!bytes) refuse(std::string("has no base64 in \"") + key + "\"");
  bytes->resize(std::min(bytes->size(), max_output_bytes));
  return std::move(*bytes);
}

// As a shell tells it: 128 + signal for a killed program.
int exit_code(const base::Json& object) {
  if (const auto killed = object.find("signal"); killed != object.end()) {
    const std::int64_t signal = integer(*killed, "signal");
    if (signal < 0 || signal > 127) refuse("has a signal out of range");
    return 128 + static_cast<int>(signal);
  }
  const std::int64_t code = integer(member(object, "exitcode"), "exitcode");
  // A Windows guest gives 32 bits, signed or not.
  if (code < INT32_MIN || code > UINT32_MAX) refuse("has an exit code out of range");
  return static_cast<int>(code);
}

// "127.…" is found nowhere else, and what is no address at all goes into no file of another instance.
bool is_found_elsewhere(const std::string& ip) {
  in_addr parsed{};
  constexpr std::uint32_t loopback = 127;
  return ::inet_pton(AF_INET, ip.c_str(), &parsed) == 1 && ntohl(parsed.s_addr) >> 24 != loopback;
}

std::string text(const base::Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string ping_command() { return base::Json{{"execute", "guest-ping"}}.dump(); }

std::string exec_command(const std::vector<std::string>& argv, bool capture_output) {
  for (const auto& argument : argv) {
    if (base::is_valid_utf8(argument)) continue;
    throw base::Error(base::ErrorKind::usage, "the guest agent cannot take the argument " +
                                                  base::printable(argument) + ": not UTF-8");
  }
  return command("guest-exec", {{"path", argv.at(0)},
                                {"arg", std::vector<std::string>(argv.begin() + 1, argv.end())},
                                {"capture-output", capture_output}});
}

std::string exec_status_command(std::int64_t pid) { return command("guest-exec-status", {{"pid", pid}}); }

std::string open_for_writing_command(const std::string& path) {
  if (!base::is_valid_utf8(path)) {
    throw base::Error(base::ErrorKind::usage,
                      "the guest agent cannot write " + base::printable(path) + ": its name is not UTF-8");
  }
  return command("guest-file-open", {{"path", path}, {"mode", "wb"}});
}

std::string write_command(std::int64_t handle, std::string_view bytes) {
  return command("guest-file-write", {{"handle", handle}, {"buf-b64", base::base64_encode(bytes)}});
}

std::string close_command(std::int64_t handle) { return command("guest-file-close", {{"handle", handle}}); }

std::string freeze_command() { return base::Json{{"execute", "guest-fsfreeze-freeze"}}.dump(); }

std::string thaw_command() { return base::Json{{"execute", "guest-fsfreeze-thaw"}}.dump(); }

std::string freeze_status_command() { return base::Json{{"execute", "guest-fsfreeze-status"}}.dump(); }

std::string interfaces_command() { return base::Json{{"execute", "guest-network-get-interfaces"}}.dump(); }

std::string users_command() { return base::Json{{"execute", "guest-get-users"}}.dump(); }

std::int64_t parse_exec_pid(std::string_view reply) {
  return integer(member(parse_return_object(reply), "pid"), "pid");
}

ExecStatus parse_exec_status(std::string_view reply) {
  const base::Json object = parse_return_object(reply);
  const base::Json& exited = member(object, "exited");
  if (!exited.is_boolean()) refuse("has no boolean \"exited\"");
  if (!exited.get<bool>()) return {};
  return {true, {exit_code(object), output(object, "out-data"), output(object, "err-data")}};
}

std::int64_t parse_file_handle(std::string_view reply) { return integer(parse_return(reply), "file handle"); }

std::uint64_t parse_written_bytes(std::string_view reply) {
  const std::int64_t count = integer(member(parse_return_object(reply), "count"), "count");
  if (count < 0) refuse("counts less than nothing written");
  return static_cast<std::uint64_t>(count);
}

std::uint64_t parse_freeze_count(std::string_view reply) {
  const std::int64_t count = integer(parse_return(reply), "count of file systems");
  if (count < 0) refuse("counts less than no file system");
  return static_cast<std::uint64_t>(count);
}

bool parse_is_frozen(std::string_view reply) {
  const base::Json status = parse_return(reply);
  if (status == "frozen") return true;
  if (status != "thawed") refuse("tells neither \"frozen\" nor \"thawed\"");
  return false;
}

std::string parse_address(std::string_view reply) {
  const base::Json interfaces = parse_return(reply);
  if (!interfaces.is_array()) refuse("returns no list of interfaces");
  for (const base::Json& interface : interfaces) {
    const auto addresses = interface.is_object() ? interface.find("ip-addresses") : interface.end();
    if (addresses == interface.end() || !addresses->is_array()) continue;
    for (const base::Json& address : *addresses) {
      std::string ip = text(address, "ip-address");
      if (is_found_elsewhere(ip)) return ip;
    }
  }
  return {};
}

std::vector<Login> parse_users(std::string_view reply) {
  const base::Json list = parse_return(reply);
  if (!list.is_array()) refuse("returns no list of users");
  if (list.size() > max_logins) refuse("lists more than " + std::to_string(max_logins) + " users");
  std::vector<Login> logins;
  for (const base::Json& entry : list) {
    if (!entry.is_object()) refuse("lists what is no user");
    const base::Json& user = member(entry, "user");
    const base::Json& since = member(entry, "login-time");
    if (!user.is_string() || !since.is_number()) refuse("lists a user without name or time");
    const double seconds = since.get<double>();
    if (!(seconds >= 0 && seconds < latest_login_s)) refuse("has a login out of range");
    logins.push_back({user.get<std::string>(), base::from_seconds(static_cast<std::int64_t>(seconds))});
  }
  return logins;
}

}  // namespace deskloom::fleet::agent_protocol
