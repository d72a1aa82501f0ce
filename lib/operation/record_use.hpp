#pragma once

#include <map>
#include <string>

#include "history/recorder.hpp"
#include "state/store.hpp"

namespace deskloom::operation {

// What stands for a text that is not to be told: the first 64 bits of the SHA-256 of the record's salt and
// the text, in hexadecimal digits. The same for the same text; without the salt, nobody finds the text by
// trying.
std::string salted_token(const std::string& salt, std::string_view text);

// Passes on what was recorded as it may be kept (SPEC D3): locations only of users who agreed, else
// Error(usage), and as salted tokens. Both must outlive it.
class ConsentGuard : public domain::UsageSink {
 public:
  ConsentGuard(const state::Users& users, std::string salt, domain::UsageSink& sink);

  void take(const domain::Connection& connection) override { sink_.take(connection); }
  void take(const domain::Launch& launch) override { sink_.take(launch); }
  void take(const domain::FileUse& use) override { sink_.take(use); }
  void take(const domain::Sample& sample) override { sink_.take(sample); }
  void take(const domain::Visit& visit) override;

 private:
  std::map<std::string, bool, std::less<>> agreed_;
  std::string salt_;
  domain::UsageSink& sink_;
};

// Error(usage) unless the user agreed that their calendar is used (SPEC D2).
void require_calendar_consent(const state::Users& users, const std::string& user);
// What stands for an event's UID in the record.
std::int64_t event_token(const std::string& salt, const std::string& uid);

}  // namespace deskloom::operation
