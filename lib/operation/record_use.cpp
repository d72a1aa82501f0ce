#include "operation/record_use.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "snapshot/hash.hpp"

namespace deskloom::operation {
namespace {

constexpr std::size_t token_digits = 16;

}  // namespace

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
  const std::string salted = salt_ + std::string(visit.place);
  const std::string token =
      snapshot::to_hex(snapshot::sha256(snapshot::as_bytes(salted))).substr(0, token_digits);
  sink_.take(domain::Visit{visit.user, visit.at, token});
}

}  // namespace deskloom::operation
