#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "predict/place/history.hpp"

// What is remembered of where users were. Sightings are given in the order of their hours, and what is read
// from here was known when the last of them was.
namespace deskloom::predict {

inline constexpr WallHour no_hour = std::numeric_limits<WallHour>::min();

// Of one user: the last eight weeks hour by hour, and how often each place was seen, which fades.
class UserMemory {
 public:
  using Index = std::uint16_t;  // of one of the user's places, in the order in which they were first seen
  static constexpr Index nowhere = std::numeric_limits<Index>::max();
  static constexpr WallHour span_h = 8 * week_h;

  struct Place {
    PlaceId id = 0;
    float often = 0;   // sightings, with a half-life of six weeks
    float lately = 0;  // of four days
  };

  // Returns whether the place is new to the user.
  bool see(WallHour hour, PlaceId place);

  std::span<const Place> places() const { return places_; }
  float sightings() const { return sightings_; }  // all, faded as Place::often
  float news() const { return news_; }  // those of a place for the first time, except for the very first
  WallHour newest() const { return newest_; }  // no_hour: never seen
  // The span's hours, of which the last is the newest; empty when never seen.
  std::vector<Index> recent() const;
  // nowhere: not seen then, or longer ago than the span.
  Index at(WallHour hour) const {
    if (hour > newest_ || hour <= newest_ - span_h || hour < first_) return nowhere;
    return hours_[index_of(hour)];
  }

 private:
  static std::size_t index_of(WallHour hour) { return static_cast<std::size_t>(hour % span_h); }
  void fade_until(WallHour hour);
  Index remember(PlaceId place);

  std::vector<Place> places_;
  std::unordered_map<PlaceId, Index> indices_;
  std::vector<Index> hours_;
  float sightings_ = 0, news_ = 0;
  WallHour newest_ = no_hour, first_ = 0;
};

// Of a group of users: when places are visited, and which are now.
class GroupMemory {
 public:
  void see(WallHour hour, bool free_day, PlaceId place, bool is_new);

  // How much likelier a sighting is of this place at such an hour than at any; likewise of a place that is
  // new.
  float lift(PlaceId place, WallHour hour, bool free_day) const;
  float lift_of_news(WallHour hour, bool free_day) const;
  // How much likelier it was among the sightings of the hours just before than it is in the long run.
  float lift_now(PlaceId place, WallHour now) const;

 private:
  static constexpr std::size_t kinds = 48;  // hours of a working day, of a free one
  struct Counts {
    float all = 0, now = 0;
    WallHour now_at = 0;  // when "now" was last counted
    std::array<float, kinds> by_hour{};
  };
  static std::size_t kind(WallHour hour, bool free_day);
  static float faded(const Counts& counts, WallHour hour);
  static void count(Counts& counts, WallHour hour, std::size_t kind);
  float lift(const Counts& counts, std::size_t kind) const;

  Counts all_, news_;
  std::unordered_map<PlaceId, Counts> places_;
};

// Of everybody.
class PlaceMemory {
 public:
  // groups: of each user. holidays: days counted as wall hours are, ascending; like Saturdays and Sundays
  // they are free.
  PlaceMemory(std::span<const std::size_t> groups, std::vector<std::int32_t> holidays);

  // Hours ascend for each user, and nearly so among users.
  void see(std::size_t user, WallHour hour, PlaceId place);

  const UserMemory& user(std::size_t user) const { return users_[user]; }
  const GroupMemory& group_of(std::size_t user) const { return groups_[group_[user]]; }
  std::size_t users() const { return users_.size(); }
  bool is_free(WallHour hour) const;
  // How many users have seen a place, and the sum of that over all places.
  const std::unordered_map<PlaceId, float>& visitors() const { return visitors_; }
  float all_visitors() const { return all_visitors_; }

 private:
  std::vector<std::size_t> group_;
  std::vector<std::int32_t> holidays_;
  std::vector<UserMemory> users_;
  std::vector<GroupMemory> groups_;
  std::unordered_map<PlaceId, float> visitors_;
  float all_visitors_ = 0;
};

}  // namespace deskloom::predict
