#pragma once

#include <optional>
#include <string>

#include "forecast/forecasts.hpp"
#include "frame/context.hpp"
#include "frame/document.hpp"
#include "operation/usage_source.hpp"

namespace deskloom::cmd {

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

// What is foretold of users, as the resource demand profile of SPEC D5: a row for each user and slot.
class ProfileTable {
 public:
  ProfileTable();
  void add(const forecast::Store& store, const std::string& user);
  const frame::Table& table() const { return table_; }

 private:
  frame::Table table_;
};

}  // namespace deskloom::cmd
