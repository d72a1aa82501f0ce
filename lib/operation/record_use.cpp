#include "operation/record_use.hpp"

#include <cstring>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace deskloom::operation {
namespace {

base::Sha256 salted(const std::string& salt, std::string_view text) {
  return base::sha256(std::as_bytes(std::span(salt)), std::as_bytes(std::span(text)));
}

}  // namespace

std::string salted_token(const std::string& salt, std::string_view text) {
  constexpr std::size_t digits = 16;
  return base::hex_of(salted(salt, text)).substr(0, digits);
}

void require_calendar_consent(const state::Users& users, const std::string& user) {
  const auto found = users.find(user);
  if (found && found->calendar_consent) return;
  throw base::Error(base::ErrorKind::usage,
                    "user '" + base::printable(user) + "' has not agreed that calendars are used",
                    "when they have: deskloom user set " + base::printable(user) + " --consent calendar");
}

std::int64_t event_token(const std::string& salt, const std::string& uid) {
  std::int64_t token = 0;
  std::memcpy(&token, salted(salt, uid).data(), sizeof token);
  return token;
}

ConsentGuard::ConsentGuard(const state::Users& users, std::string salt, domain::UsageSink& sink)
    : salt_(std::move(salt)), sink_(sink) {
  for (const domain::User& user : users.list()) agreed_[user.name] = user.location_consent.has_value();
}

void ConsentGuard::take(const domain::Visit& visit) {
  const auto found = agreed_.find(visit.user);
  if (found == agreed_.end() || !found->second) {
    throw base::Error(base::ErrorKind::usage, "user '" + base::printable(visit.user) +
                                                  "' has not agreed that locations are recorded");
  }
  const std::string token = salted_token(salt_, visit.place);
  sink_.take(domain::Visit{visit.user, visit.at, token});
}

}  // namespace deskloom::operation
