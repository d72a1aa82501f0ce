#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frame/context.hpp"
#include "operation/usage_source.hpp"

namespace deskloom::cmd {

// Of who is in the state store; nobody where there is none.
std::map<std::string, predict::Person> people_of(frame::Context& context);
operation::Consents consents_of(frame::Context& context);

// The record of use, open to be read.
class Usage {
 public:
  explicit Usage(frame::Context& context);
  const operation::UsageSource& source() const { return source_; }

 private:
  history::Store history_;
  operation::UsageSource source_;
};

// Now, unless the text says otherwise.
base::Timestamp time_or_now(const std::optional<std::string>& text, frame::Context& context);

// Such as "Mon 09:00", by the users' clock.
std::string hour_text(const base::TimeZone& zone, base::Timestamp at);
std::string percent(float share);

}  // namespace deskloom::cmd
