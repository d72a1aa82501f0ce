#include "predict/place/features.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr WallHour days_kept = UserMemory::span_h / day_h;
constexpr float neighbour = 0.5F;  // what the hour before and after counts
constexpr float fade_half_life_days = 28;
constexpr WallHour likeness_h = 12;          // how far back days are compared
constexpr float likeness_scale = 0.35F;      // for each hour that agrees
constexpr std::size_t most_sightings = 100;  // of a place, of which what followed is looked up
constexpr int longest_stay_h = 12, longest_gap_h = 2, recent_h = 4;
constexpr float seldom_seen = 2.5F, least_share = 1e-6F;

// What a column's share is shrunk to, and for how many sightings that stands.
struct Prior {
  PlaceColumn column;
  float weight;
};
constexpr std::array<Prior, share_columns> priors{{{share_often, 0},
                                                   {share_often, 1},
                                                   {share_often, 2},
                                                   {share_at_hour, 2},
                                                   {share_at_hour, 1},
                                                   {share_often, 2},
                                                   {share_after_place, 2}}};

// What is left of a sighting after so many days.
const std::array<float, days_kept>& fading() {
  static const auto table = [] {
    std::array<float, days_kept> left{};
    for (std::size_t day = 0; day < left.size(); ++day)
      left[day] = std::exp2(-static_cast<float>(day) / fade_half_life_days);
    return left;
  }();
  return table;
}

constexpr std::array<WallHour, last_today - last_by_age - 1> age_bins_h{1, 2, 4, 8, 16, 28};

}  // namespace

PlaceOutlook::PlaceOutlook(const PlaceMemory& memory, std::size_t user, WallHour now)
    : memory_(memory),
      user_(memory.user(user)),
      group_(memory.group_of(user)),
      now_(now),
      recent_(user_.recent()) {
  choose_candidates();
  if (user_.newest() != no_hour) last_ = at(user_.newest());
  if (last_ != UserMemory::nowhere) {
    for (WallHour day = 0; day <= days_kept; ++day)
      free_days_.push_back(memory.is_free(now - day * day_h) ? 1 : 0);
    find_likenesses();
    find_precedents();
    look_at_stay();
  }
}

void PlaceOutlook::choose_candidates() {
  const auto places = user_.places();
  candidates_.resize(places.size());
  std::iota(candidates_.begin(), candidates_.end(), Index{0});
  if (candidates_.size() > most_candidates) {
    const auto end = candidates_.begin() + most_candidates;
    const auto weight = [&](Index place) { return -places[place].often - places[place].lately; };
    std::ranges::nth_element(candidates_, end, {}, weight);
    candidates_.erase(end, candidates_.end());
    std::ranges::sort(candidates_);
  }
  row_of_.assign(places.size(), candidates_.size());
  prior_.assign(rows(), 0);
  new_share_ = places.empty() ? 1 : (user_.news() + 0.5F) / (user_.sightings() + 1);
  const float seen = (1 - new_share_) / std::max(user_.sightings(), std::numeric_limits<float>::min());
  for (std::size_t row = 0; row < candidates_.size(); ++row) {
    row_of_[candidates_[row]] = row;
    prior_[row] = std::max(places[candidates_[row]].often * seen, least_share);
  }
  for (const Index candidate : candidates_)
    lift_now_.push_back(std::log(group_.lift_now(places[candidate].id, now_)));
  seldom_share_ = std::max(1 - new_share_ - std::reduce(prior_.begin(), prior_.end()), 0.0F);
  if (candidates_.size() == places.size()) seldom_share_ = 0;
  prior_.back() = new_share_ + seldom_share_;
}

void PlaceOutlook::find_likenesses() {
  const WallHour last = user_.newest();
  likeness_.assign(static_cast<std::size_t>(days_kept), 0);
  float highest = -likeness_h;
  for (WallHour day = 1; day <= days_kept; ++day) {
    int agreement = 0;
    for (WallHour back = 0; back < likeness_h; ++back) {
      const Index today = at(last - back), then = at(last - back - day * day_h);
      if (today != UserMemory::nowhere && then != UserMemory::nowhere) agreement += today == then ? 1 : -1;
    }
    highest = std::max(highest, static_cast<float>(agreement));
    likeness_[static_cast<std::size_t>(day) - 1] = static_cast<float>(agreement);
  }
  for (float& likeness : likeness_) likeness = std::exp(likeness_scale * (likeness - highest));
}

void PlaceOutlook::find_precedents() {
  const WallHour last = user_.newest();
  for (WallHour day = 1; day <= days_kept; ++day) {
    for (const WallHour off : {-1, 0, 1}) {
      const WallHour then = last - day * day_h + off;
      if (at(then) == last_) precedents_.push_back({then, off == 0 ? 1 : neighbour});
    }
  }
  for (WallHour then = last - 1; then > last - UserMemory::span_h; --then) {
    if (sightings_of_place_.size() == most_sightings) break;
    if (at(then) == last_) sightings_of_place_.push_back(then);
  }
}

void PlaceOutlook::look_at_stay() {
  const WallHour last = user_.newest();
  int gap = 0;
  for (WallHour then = last; then > last - week_h; --then) {
    const Index place = at(then);
    if (place == UserMemory::nowhere) {
      ++gap;
      continue;
    }
    if (place != last_) {
      before_ = place;
      return;
    }
    if (gap <= longest_gap_h && stay_h_ < longest_stay_h) ++stay_h_;
    gap = 0;
  }
}

void PlaceOutlook::add(PlaceColumn column, WallHour then, float weight) {
  const Index place = at(then);
  if (place != UserMemory::nowhere) sums_[column][row_of_[place]] += weight;
}

void PlaceOutlook::weigh_days(WallHour target) {
  const bool free_day = memory_.is_free(target);
  const WallHour first = (target - now_ + day_h - 1) / day_h;
  for (WallHour day = first; day < days_kept; ++day) {
    const WallHour then = target - day * day_h;
    const bool like = (free_days_[static_cast<std::size_t>(now_ / day_h - then / day_h)] != 0) == free_day;
    const float left = fading()[static_cast<std::size_t>(day)];
    const float likeness = likeness_[static_cast<std::size_t>(day) - 1];
    for (const WallHour off : {-1, 0, 1}) {
      const Index place = at(then + off);
      if (place == UserMemory::nowhere) continue;
      const std::size_t row = row_of_[place];
      const float weight = off == 0 ? 1 : neighbour;
      if (like) sums_[share_at_hour][row] += weight * left;
      if (day % 7 == 0 && like) sums_[share_at_hour_of_week][row] += weight;
      sums_[share_on_days_alike][row] += weight * likeness;
    }
  }
}

void PlaceOutlook::weigh_precedents(WallHour target) {
  const WallHour ahead = target - user_.newest();
  for (const Past& past : precedents_) {
    if (past.hour + ahead <= now_) add(share_after_place_hour, past.hour + ahead, past.weight);
  }
  for (const WallHour then : sightings_of_place_) {
    if (then + ahead <= now_) add(share_after_place, then + ahead, 1);
  }
}

// What would be new keeps its share whatever else is known: no count speaks for it.
void PlaceOutlook::write_shares() {
  const float known = 1 - new_share_;
  for (std::size_t column = 0; column < share_columns; ++column) {
    std::vector<float>& sums = sums_[column];
    if (column != share_often) {
      const std::vector<float>& prior = sums_[priors[column].column];  // shares by now
      const float weight = priors[column].weight;
      const float all = std::reduce(sums.begin(), sums.end()) + weight;
      for (std::size_t row = 0; row < rows(); ++row)
        sums[row] = (known * sums[row] + weight * prior[row]) / all;
      sums.back() += new_share_ * (1 - weight / all);
    }
    for (std::size_t row = 0; row < rows(); ++row) feature(row, column) = std::log(sums[row]);
  }
}

void PlaceOutlook::write_stay(WallHour target) {
  if (last_ == UserMemory::nowhere) return;
  const WallHour newest = user_.newest(), age = target - newest;
  const auto bin = static_cast<std::size_t>(std::ranges::lower_bound(age_bins_h, age) - age_bins_h.begin());
  const std::size_t row = row_of_[last_];
  feature(row, last_by_age + bin) = 1;
  if (target / day_h == newest / day_h) feature(row, last_today) = 1;
  if (age > recent_h) return;
  feature(row, last_stay) = std::log(static_cast<float>(stay_h_));
  if (before_ != UserMemory::nowhere) feature(row_of_[before_], place_before_last) = 1;
}

void PlaceOutlook::write_same_hour(WallHour target, WallHour period, PlaceColumn column) {
  if (last_ == UserMemory::nowhere) return;
  for (WallHour then = target - period; then > target - UserMemory::span_h; then -= period) {
    const Index place = at(then);
    if (place == UserMemory::nowhere) continue;
    feature(row_of_[place], column) = 1;
    return;
  }
}

void PlaceOutlook::write_group(WallHour target) {
  const bool free_day = memory_.is_free(target);
  for (std::size_t row = 0; row < candidates_.size(); ++row) {
    const PlaceId place = user_.places()[candidates_[row]].id;
    feature(row, group_at_hour) = std::log(group_.lift(place, target, free_day));
    feature(row, group_now) = lift_now_[row];
  }
  feature(rows() - 1, group_at_hour) = std::log(group_.lift_of_news(target, free_day));
}

void PlaceOutlook::write_else(WallHour target) {
  const std::size_t row = rows() - 1;
  feature(row, anywhere_else) = 1;
  feature(row, else_news) = std::log(new_share_);
  if (last_ != UserMemory::nowhere && target - user_.newest() <= recent_h &&
      user_.places()[last_].often < seldom_seen) {
    feature(row, else_after_new) = 1;
  }
}

std::span<const float> PlaceOutlook::features(WallHour target) {
  rows_.assign(rows() * place_features, 0);
  for (auto& sums : sums_) sums.assign(rows(), 0);
  sums_[share_often] = prior_;
  for (std::size_t row = 0; row < candidates_.size(); ++row)
    sums_[share_lately][row] = user_.places()[candidates_[row]].lately;
  if (last_ != UserMemory::nowhere) {
    weigh_days(target);
    weigh_precedents(target);
  }
  const float seen = std::reduce(sums_[share_at_hour].begin(), sums_[share_at_hour].end());
  write_shares();
  write_stay(target);
  write_same_hour(target, day_h, same_hour_day);
  write_same_hour(target, week_h, same_hour_week);
  write_group(target);
  write_else(target);
  feature(rows() - 1, else_seen) = std::log1p(seen);
  return rows_;
}

std::vector<std::pair<PlaceId, float>> PlaceOutlook::else_shares() const {
  std::vector<std::pair<PlaceId, float>> shares;
  const float all = new_share_ + seldom_share_;
  std::unordered_map<PlaceId, float> strange = memory_.visitors();
  float visitors = memory_.all_visitors() + 1;
  for (std::size_t index = 0; index < user_.places().size(); ++index) {
    const UserMemory::Place& place = user_.places()[index];
    const auto known = strange.find(place.id);
    visitors -= known->second;
    strange.erase(known);
    if (row_of_[index] == candidates_.size())
      shares.emplace_back(place.id, (1 - new_share_) * place.often / (user_.sightings() * all));
  }
  for (const auto& [place, count] : strange) shares.emplace_back(place, new_share_ / all * count / visitors);
  return shares;
}

}  // namespace deskloom::predict
