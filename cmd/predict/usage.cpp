#include "predict/usage.hpp"

#include <fmt/format.h>

#include <array>

#include "ingest/time_text.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {

std::map<std::string, predict::Person> people_of(frame::Context& context) {
  if (!std::filesystem::exists(context.state_file())) return {};
  return operation::people_in(context.state().users);
}

operation::Consents consents_of(frame::Context& context) {
  if (!std::filesystem::exists(context.state_file())) return {};
  return operation::consents_in(context.state().users);
}

namespace {

std::vector<domain::Mode> modes_of(frame::Context& context) {
  if (!std::filesystem::exists(context.state_file())) return {};
  return context.state().modes.list();
}

}  // namespace

Usage::Usage(frame::Context& context)
    : history_(context.policy().history_file(), history::Store::Access::read),
      source_{history_,          users_clock(context.policy()), context.policy(), people_of(context),
              modes_of(context), consents_of(context)} {}

base::Timestamp time_or_now(const std::optional<std::string>& text, frame::Context& context) {
  return text ? ingest::TimeReader(users_clock(context.policy())).read(*text) : context.clock().now();
}

std::string hour_text(const base::TimeZone& zone, base::Timestamp at) {
  static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto local = zone.local(at);
  const auto day = std::chrono::floor<std::chrono::days>(local);
  return fmt::format("{} {:02}:00", weekdays[std::chrono::weekday(day).c_encoding()],
                     std::chrono::floor<std::chrono::hours>(local - day).count());
}

std::string percent(float share) { return fmt::format("{:.0f} %", share * 100); }

}  // namespace deskloom::cmd
