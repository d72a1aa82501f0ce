#pragma once

#include <optional>
#include <set>
#include <string>

#include "history/store.hpp"

namespace deskloom::operation {

// Names as they are given to others: stable salted tokens, so that two files of one record can be brought
// together, and nobody without the record finds who is who by trying names. Times stay: who knows when
// somebody came finds them.
class Anonymizer {
 public:
  // minimum_group: places at which fewer users were ever seen tell who was there, such as homes.
  Anonymizer(const history::Store& history, int minimum_group);

  std::string user(const std::string& name) const;  // "user-" and 16 digits
  // Another token than the record's. nullopt: a place of few.
  std::optional<std::string> place(const std::string& token) const;
  // An application's name, or a file's type. Folders go, and what has the user's name in it.
  std::string object(const std::string& user, const std::string& name) const;

 private:
  std::string token_of(const std::string& kind, const std::string& text) const;

  std::string salt_;
  std::set<std::string> places_of_many_;
};

}  // namespace deskloom::operation
