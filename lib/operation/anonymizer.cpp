#include "operation/anonymizer.hpp"

#include <algorithm>
#include <cctype>

#include "history/visits.hpp"
#include "operation/record_use.hpp"

namespace deskloom::operation {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

}  // namespace

Anonymizer::Anonymizer(const history::Store& history, int minimum_group)
    : salt_(history.salt()), places_of_many_(history::places_of_at_least(history, minimum_group)) {}

// No text has a zero in it: tokens of one kind are never those of another.
std::string Anonymizer::token_of(const std::string& kind, const std::string& text) const {
  return salted_token(salt_, kind + '\0' + text);
}

std::string Anonymizer::user(const std::string& name) const { return "user-" + token_of("user", name); }

std::optional<std::string> Anonymizer::place(const std::string& token) const {
  if (!places_of_many_.contains(token)) return {};
  return token_of("place", token);
}

std::string Anonymizer::object(const std::string& user, const std::string& name) const {
  const std::string last = name.substr(name.find_last_of("/\\") + 1);
  const bool names_user = lower(last).find(lower(user)) != std::string::npos;
  return names_user ? "object-" + token_of("object", name) : last;
}

}  // namespace deskloom::operation
