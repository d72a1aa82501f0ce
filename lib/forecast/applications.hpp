#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "forecast/hourly.hpp"
#include "predict/application/use.hpp"

namespace deskloom::forecast {

// The numbers that stand for applications in BLOBs. One that was given stays.
class ApplicationNames {
 public:
  explicit ApplicationNames(const Store& store);
  predict::ApplicationId number(const std::string& name);
  void save(Store& store) const;  // those that are new

 private:
  std::unordered_map<std::string, predict::ApplicationId> numbers_;
  std::vector<std::string> new_;
};

// Of the counts that are kept.
struct ApplicationsCounted {
  std::int64_t begun_s = 0;  // when they were last counted from the beginning
  std::int64_t until_s = 0;
  std::optional<std::int64_t> first_s;  // launch of the record then
  std::int64_t late = 0;                // the last late import of the record that is in

  bool operator==(const ApplicationsCounted&) const = default;
};
std::optional<ApplicationsCounted> applications_counted(const Store& store);
// Reading throws Error(corrupt) for what nobody has counted.
void each_application_count(const Store& store,
                            const std::function<void(std::string user, predict::UserUse use)>& visit);

// Applications that the user's next session will use, and how probably, likeliest first.
using ApplicationShares = std::vector<std::pair<predict::ApplicationId, float>>;
std::optional<HourlyOf> newest_applications(const Store& store);
// By name. Empty: nothing is known of the user's.
std::vector<std::pair<std::string, float>> next_applications(const Store& store, const std::string& user);

// What lies in the BLOBs: see formats(7). Reading throws Error(corrupt) for bytes that nobody has written.
std::string pack_use(const predict::UserUse& use);
predict::UserUse unpack_use(std::span<const std::byte> packed);
std::string pack_applications(const ApplicationShares& shares);
ApplicationShares unpack_applications(std::span<const std::byte> packed);

// Replaces counts, forecasts, or both, in one transaction: readers see the old or the new ones.
class ApplicationWriter {
 public:
  explicit ApplicationWriter(Store& store);
  // packed: pack_use(), as it was when they were counted.
  void put_counts(const std::vector<std::pair<std::string, std::string>>& packed,
                  const ApplicationsCounted& counted);
  void put_forecasts(const std::vector<std::pair<std::string, ApplicationShares>>& forecasts,
                     const HourlyOf& of);
  void finish(const ApplicationNames& names);

 private:
  Store& store_;
  base::Transaction transaction_;
};

}  // namespace deskloom::forecast
