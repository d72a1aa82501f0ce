#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "forecast/places.hpp"
#include "frame/context.hpp"
#include "frame/document.hpp"
#include "operation/anonymizer.hpp"

namespace deskloom::cmd {

inline constexpr std::int64_t hour_s = 3600;
// What all places together are called that are not told one by one.
inline constexpr const char* other_places = "elsewhere";

using ApplicationShares = std::vector<std::pair<std::string, float>>;

// What is told of users: places only of those who agree to it now, and to others no names.
class Telling {
 public:
  // anonymize: as operation::Anonymizer says, with the record's secret.
  Telling(frame::Context& context, bool anonymize);

  std::string user(const std::string& name) const;
  bool agrees(const std::string& user) const { return agreeing_.contains(user); }
  // nullopt: the user has not agreed, or nothing is foretold of them.
  std::optional<forecast::PlaceMap> places(const forecast::Store& store, const std::string& user) const;
  // That the next session will use, and how probably.
  ApplicationShares applications(const forecast::Store& store, const std::string& user) const;

 private:
  std::set<std::string> agreeing_;
  std::optional<operation::Anonymizer> anonymizer_;
};

// What is foretold of users, as the resource demand profile of SPEC D5: a row for each user and step.
class ProfileTable {
 public:
  // Steps begin at whole multiples of their length, in UTC: the first one may be shorter.
  explicit ProfileTable(std::chrono::minutes step);
  void add(const forecast::Store& store, const std::string& user, const Telling& telling);
  const frame::Table& table() const { return table_; }

 private:
  std::chrono::seconds step_;
  frame::Table table_;
};

// When users' next sessions most probably begin, and how long those last.
class SessionTable {
 public:
  SessionTable();
  void add(const forecast::Store& store, const std::string& user, const Telling& telling);
  const frame::Table& table() const { return table_; }

 private:
  frame::Table table_;
};

// The applications of users' next sessions.
class ApplicationTable {
 public:
  ApplicationTable();
  void add(const forecast::Store& store, const std::string& user, const Telling& telling);
  const frame::Table& table() const { return table_; }

 private:
  frame::Table table_;
};

}  // namespace deskloom::cmd
