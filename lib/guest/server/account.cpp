#include "guest/server/account.hpp"

#include <unistd.h>

#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "guest/server/child.hpp"
#include "guest/server/lines.hpp"

namespace deskloom::guest {
namespace {

constexpr std::uint64_t account_file_limit = 64 << 20;

template <typename T>
std::optional<T> parse_id(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// name:password:uid:gid:gecos:home:shell
std::optional<Account> parse_passwd_line(std::string_view line, const std::string& user) {
  const auto fields = split(line, ':');
  if (fields.size() != 7 || fields[0] != user) return std::nullopt;
  const auto uid = parse_id<uid_t>(fields[2]);
  const auto gid = parse_id<gid_t>(fields[3]);
  if (!uid || !gid || !fields[5].starts_with('/')) return std::nullopt;
  return Account{user, *uid, *gid, std::string(fields[5]), std::string(fields[6])};
}

std::optional<Account> find_in(const std::string& text, const std::string& user) {
  for (const auto line : split(text, '\n')) {
    if (auto account = parse_passwd_line(line, user)) return account;
  }
  return std::nullopt;
}

// "user  gid gid …"
std::vector<gid_t> parse_initgroups(const std::string& text) {
  std::vector<gid_t> groups;
  for (const auto word : split(split(text, '\n').front(), ' ')) {
    if (const auto gid = parse_id<gid_t>(word)) groups.push_back(*gid);
  }
  return groups;
}

// name:password:gid:member,member
std::vector<gid_t> groups_in(const std::string& text, const std::string& user) {
  std::vector<gid_t> groups;
  for (const auto line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() != 4) continue;
    const auto gid = parse_id<gid_t>(fields[2]);
    for (const auto member : split(fields[3], ',')) {
      if (gid && member == user) groups.push_back(*gid);
    }
  }
  return groups;
}

std::string getent(const Config& config, const std::string& database, const std::string& user) {
  Child child;
  child.argv = {find_program(config, "getent"), database, user};
  child.environment = {"PATH=" + config.path};
  const auto result = run_child(child);
  return result.exit_code == 0 ? result.output : "";
}

std::string text_of(const std::string& file) {
  return ::access(file.c_str(), R_OK) == 0 ? base::read_file(file, account_file_limit) : "";
}

}  // namespace

Identity find_identity(const Config& config, const std::string& user) {
  const bool with_getent = config.passwd_file.empty() && !find_program(config, "getent").empty();
  const auto file = config.passwd_file.empty() ? "/etc/passwd" : config.passwd_file;
  // A name getent(1) would take for an option or a number is none.
  const bool plain = !user.empty() && user.front() != '-' && user.find_first_of(":\n") == std::string::npos;
  std::optional<Account> account;
  if (plain) account = find_in(with_getent ? getent(config, "passwd", user) : text_of(file), user);
  if (!account) {
    throw base::Error(base::ErrorKind::not_found, "this system has no user \"" + user + "\"",
                      "create the account in the image, or join the guest to its directory service");
  }
  Identity identity{*account, {}};
  identity.groups =
      with_getent ? parse_initgroups(getent(config, "initgroups", user))
                  : groups_in(text_of(config.group_file.empty() ? "/etc/group" : config.group_file), user);
  identity.groups.push_back(account->gid);
  return identity;
}

}  // namespace deskloom::guest
