#pragma once

#include <array>
#include <span>
#include <vector>

#include "predict/place/memory.hpp"

// What speaks for each place in which a user may be at an hour to come.
namespace deskloom::predict {

// Candidates are the user's places that were seen most, and then everything else: places of the user's that
// are seen less, and those that would be new. Columns of their features:
enum PlaceColumn : std::size_t {
  // Logarithms of shares of what was seen
  share_often,            // in the last weeks: what the others are shrunk to, where they are not told below
  share_lately,           // in the last days
  share_at_hour,          // at this hour on such days, working or free
  share_at_hour_of_week,  // to share_at_hour
  share_on_days_alike,  // at this hour, on days of which the hours before were like today's; to share_at_hour
  share_after_place,    // so long after the user was where they were last
  share_after_place_hour,  // that at this hour; to share_after_place
  // 1 for where the user was last, by how long ago: up to 1, 2, 4, 8, 16, 28 hours, or more
  last_by_age,
  last_today = last_by_age + 7,  // 1 when that was today
  last_stay,                     // the logarithm of how many hours, while that is recent
  place_before_last,             // 1 for where the user was before that, likewise
  same_hour_day,                 // 1 for where the user was at this hour on the last day of which it is known
  same_hour_week,                // and in the last week
  // Logarithms of how much likelier the group's sightings are of it
  group_at_hour,  // at this hour than at any
  group_now,      // of late than in the long run
  // Of everything else
  anywhere_else,   // 1
  else_news,       // the logarithm of how often a sighting is of a new place
  else_seen,       // the logarithm of how much was seen at this hour
  else_after_new,  // 1 when the last one was of a place that is hardly known
  place_features,
};
inline constexpr std::size_t share_columns = last_by_age;
inline constexpr std::size_t most_candidates = 64;

// What is known of a user now. Refers to the memory, which must not change meanwhile.
class PlaceOutlook {
 public:
  using Index = UserMemory::Index;

  // now: the newest hour that is known; nothing in the memory is newer.
  PlaceOutlook(const PlaceMemory& memory, std::size_t user, WallHour now);

  // In rising order of their index, without everything else.
  std::span<const Index> candidates() const { return candidates_; }
  // A row for each candidate, then one for everything else. target: after now. Lasts until the next call.
  std::span<const float> features(WallHour target);
  // Within everything else, the shares of places: the user's, and those that others have seen, by how many
  // have. What is left is of places that nobody has seen.
  std::vector<std::pair<PlaceId, float>> else_shares() const;
  const UserMemory& user() const { return user_; }

 private:
  struct Past {
    WallHour hour;
    float weight;
  };

  // nowhere: not known.
  Index at(WallHour hour) const {
    const auto ago = static_cast<std::size_t>(user_.newest() - hour);
    return ago < recent_.size() ? recent_[recent_.size() - 1 - ago] : UserMemory::nowhere;
  }
  void choose_candidates();
  void find_likenesses();
  void find_precedents();
  void look_at_stay();
  void add(PlaceColumn column, WallHour at, float weight);
  void weigh_days(WallHour target);
  void weigh_precedents(WallHour target);
  void write_shares();
  void write_stay(WallHour target);
  void write_same_hour(WallHour target, WallHour period, PlaceColumn column);
  void write_group(WallHour target);
  void write_else(WallHour target);
  float& feature(std::size_t row, std::size_t column) { return rows_[row * place_features + column]; }
  std::size_t rows() const { return candidates_.size() + 1; }

  const PlaceMemory& memory_;
  const UserMemory& user_;
  const GroupMemory& group_;
  WallHour now_;
  std::vector<Index> recent_;    // the user's hours
  std::vector<char> free_days_;  // of today, the day before, and so on
  std::vector<Index> candidates_;
  std::vector<std::size_t> row_of_;           // of each of the user's places
  std::vector<float> prior_;                  // of each row, sums to 1
  std::vector<float> lift_now_;               // of each candidate, its logarithm
  std::vector<float> likeness_;               // of today to each day before, from yesterday on
  std::vector<Past> precedents_;              // when the user was where they are, at about this hour
  std::vector<WallHour> sightings_of_place_;  // when they were there at any, the newest
  Index last_ = UserMemory::nowhere, before_ = UserMemory::nowhere;
  int stay_h_ = 0;
  float new_share_ = 0, seldom_share_ = 0;
  std::array<std::vector<float>, share_columns> sums_;  // of each row; then their shares
  std::vector<float> rows_;
};

}  // namespace deskloom::predict
