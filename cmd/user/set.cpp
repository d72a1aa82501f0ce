#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "frame/context.hpp"
#include "user/describe.hpp"
#include "user/user.hpp"

namespace deskloom::cmd {
namespace {

std::optional<base::Timestamp>& consent_of(domain::User& user, const std::string& what) {
  return what == "calendar" ? user.calendar_consent : user.location_consent;
}

void apply(const UserSetOptions& options, base::Timestamp now, domain::User& user) {
  const auto set = [](const std::optional<std::string>& value, std::optional<std::string>& field) {
    if (value) field = value->empty() ? std::nullopt : value;
  };
  set(options.role, user.role);
  set(options.department, user.department);
  for (const std::string& what : options.consents) {
    auto& since = consent_of(user, what);
    if (!since) since = now;
  }
  for (const std::string& what : options.withdraws) consent_of(user, what).reset();
}

domain::User set(const state::Store& state, const UserSetOptions& options, base::Timestamp now) {
  auto transaction = state.transaction();
  state.users.ensure(options.user, now);
  auto user = *state.users.find(options.user);
  apply(options, now, user);
  state.users.update(user);
  transaction.commit();
  return user;
}

}  // namespace

void require_user_name(const std::string& name) {
  if (name.empty() || base::printable(name) != name || !base::is_valid_utf8(name))
    throw base::Error(base::ErrorKind::usage, "'" + base::printable(name) + "' is no name of a user");
}

void setup(CLI::App& app, UserSetOptions& options) {
  const auto consents = CLI::IsMember({"calendar", "location"});
  app.add_option("user", options.user, "who")->required()->type_name("USER");
  app.add_option("--role", options.role, "what they do; empty: not known")->type_name("ROLE");
  app.add_option("--department", options.department, "where they belong; empty: not known")
      ->type_name("NAME");
  app.add_option("--consent", options.consents,
                 "they agree that their calendar or location is used (repeatable)")
      ->check(consents)
      ->type_name("WHAT");
  app.add_option("--withdraw", options.withdraws, "they no longer agree (repeatable)")
      ->check(consents)
      ->type_name("WHAT");
}

frame::ExitCode run(const UserSetOptions& options, frame::Context& context) {
  require_user_name(options.user);
  const state::Store& state = context.state();
  const auto now = context.clock().now();
  domain::User user;
  user.name = options.user;
  user.first_seen = now;
  if (context.dry_run()) {
    user = state.users.find(options.user).value_or(user);
    apply(options, now, user);
  } else {
    user = set(state, options, now);
  }
  context.print(describe_user(user).field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
