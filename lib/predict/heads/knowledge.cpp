#include "predict/heads/knowledge.hpp"

#include <algorithm>

namespace deskloom::predict {

Knowledge::User::User(const ConnectNetwork& network, const Dataset& dataset, std::size_t of)
    : number(of), tokens(tokens_of(dataset.grid, dataset.users[of].sessions)), states(network, tokens) {}

Knowledge::Knowledge(const ConnectNetwork& network, const Dataset& dataset)
    : network_(network), dataset_(dataset) {
  for (std::size_t user = 0; user < dataset.users.size(); ++user)
    numbers_.emplace(dataset.users[user].user, user);
}

std::uint32_t Knowledge::row(const std::string& user, std::int64_t time_s) {
  const auto number = numbers_.find(user);
  if (number == numbers_.end()) {
    const auto known = others_.find(user);
    if (known != others_.end()) return known->second;
    return others_.emplace(user, add(network_.knowledge(user, {}, {}))).first->second;
  }
  auto& known = users_[number->second];
  if (!known) known = std::make_unique<User>(network_, dataset_, number->second);
  const auto& sessions = dataset_.users[known->number].sessions;
  const auto end = std::ranges::upper_bound(sessions, time_s, {}, &domain::Session::end_s);
  const auto ended = static_cast<std::size_t>(end - sessions.begin());
  const auto row = known->rows.find(ended);
  if (row != known->rows.end()) return row->second;
  const auto values = network_.knowledge(user, dataset_.people[known->number], known->states.after(ended));
  return known->rows.emplace(ended, add(values)).first->second;
}

std::uint32_t Knowledge::add(std::span<const float> values) {
  values_.insert(values_.end(), values.begin(), values.end());
  return static_cast<std::uint32_t>(values_.size() / width() - 1);
}

}  // namespace deskloom::predict
