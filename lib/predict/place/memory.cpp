#include "predict/place/memory.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr float often_half_life_days = 42, lately_half_life_days = 4, now_half_life_h = 6;
constexpr int days_per_week = 7, working_days = 5;
// How many sightings a lift needs before it counts for half.
constexpr float lift_prior = 10;

float faded_to(float half_lives) { return std::exp2(-half_lives); }

}  // namespace

bool UserMemory::see(WallHour hour, PlaceId place) {
  if (newest_ == no_hour) {
    first_ = newest_ = hour;
    hours_.assign(static_cast<std::size_t>(span_h), nowhere);
  }
  fade_until(hour);
  const std::size_t known = places_.size();
  const Index index = remember(place);
  hours_[index_of(hour)] = index;
  if (index == nowhere) return false;
  const bool is_new = places_.size() > known;
  places_[index].often += 1;
  places_[index].lately += 1;
  sightings_ += 1;
  if (is_new && known > 0) news_ += 1;
  return is_new;
}

std::vector<UserMemory::Index> UserMemory::recent() const {
  std::vector<Index> recent(hours_.size(), nowhere);
  if (newest_ == no_hour) return recent;
  // The oldest stands behind the newest.
  const auto newest = hours_.begin() + static_cast<std::ptrdiff_t>(index_of(newest_));
  std::copy(hours_.begin(), newest + 1, std::copy(newest + 1, hours_.end(), recent.begin()));
  return recent;
}

void UserMemory::fade_until(WallHour hour) {
  const WallHour midnights = hour / day_h - newest_ / day_h;
  if (midnights > 0) {
    const auto days = static_cast<float>(midnights);
    const float often = faded_to(days / often_half_life_days),
                lately = faded_to(days / lately_half_life_days);
    for (Place& place : places_) place.often *= often, place.lately *= lately;
    sightings_ *= often;
    news_ *= often;
  }
  const WallHour forgotten = std::max(newest_ + 1, hour - span_h + 1);
  for (WallHour between = forgotten; between < hour; ++between) hours_[index_of(between)] = nowhere;
  newest_ = std::max(newest_, hour);
}

UserMemory::Index UserMemory::remember(PlaceId place) {
  if (const auto found = indices_.find(place); found != indices_.end()) return found->second;
  if (places_.size() >= nowhere) return nowhere;  // so many that no more are told apart
  const auto index = static_cast<Index>(places_.size());
  indices_.emplace(place, index);
  places_.push_back({place, 0, 0});
  return index;
}

std::size_t GroupMemory::kind(WallHour hour, bool free_day) {
  const WallHour of_day = hour % day_h;
  return static_cast<std::size_t>(free_day ? day_h + of_day : of_day);
}

float GroupMemory::faded(const Counts& counts, WallHour hour) {
  return counts.now * faded_to(static_cast<float>(std::max(hour - counts.now_at, 0)) / now_half_life_h);
}

void GroupMemory::count(Counts& counts, WallHour hour, std::size_t kind) {
  counts.now = faded(counts, hour) + 1;
  counts.now_at = hour;
  counts.all += 1;
  counts.by_hour[kind] += 1;
}

void GroupMemory::see(WallHour hour, bool free_day, PlaceId place, bool is_new) {
  const std::size_t at = kind(hour, free_day);
  count(all_, hour, at);
  count(places_[place], hour, at);
  if (is_new) count(news_, hour, at);
}

float GroupMemory::lift(const Counts& counts, std::size_t kind) const {
  const float usual = (all_.by_hour[kind] + 1) / (all_.all + static_cast<float>(kinds));
  return (counts.by_hour[kind] + lift_prior * usual) / ((counts.all + lift_prior) * usual);
}

float GroupMemory::lift(PlaceId place, WallHour hour, bool free_day) const {
  const auto found = places_.find(place);
  return found == places_.end() ? 1 : lift(found->second, kind(hour, free_day));
}

float GroupMemory::lift_of_news(WallHour hour, bool free_day) const {
  return lift(news_, kind(hour, free_day));
}

float GroupMemory::lift_now(PlaceId place, WallHour now) const {
  const auto found = places_.find(place);
  if (found == places_.end()) return 1;
  const float usual = found->second.all / all_.all;
  return (faded(found->second, now) + lift_prior * usual) / ((faded(all_, now) + lift_prior) * usual);
}

PlaceMemory::PlaceMemory(std::span<const std::size_t> groups, std::vector<std::int32_t> holidays)
    : group_(groups.begin(), groups.end()),
      holidays_(std::move(holidays)),
      users_(groups.size()),
      groups_(groups.empty() ? 0 : std::ranges::max(groups) + 1) {}

void PlaceMemory::see(std::size_t user, WallHour hour, PlaceId place) {
  const bool is_new = users_[user].see(hour, place);
  groups_[group_[user]].see(hour, is_free(hour), place, is_new && users_[user].places().size() > 1);
  if (!is_new) return;
  visitors_[place] += 1;
  all_visitors_ += 1;
}

bool PlaceMemory::is_free(WallHour hour) const {
  const std::int32_t day = hour / day_h;
  return day % days_per_week >= working_days || std::ranges::binary_search(holidays_, day);
}

}  // namespace deskloom::predict
