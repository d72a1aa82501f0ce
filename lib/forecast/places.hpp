#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "forecast/hourly.hpp"

namespace deskloom::forecast {

// Where a user will be, hour by hour.
struct PlaceMap {
  std::vector<std::string> places;        // tokens of 16 hexadecimal digits; none twice
  std::vector<std::vector<float>> hours;  // the probability of each of them; what is left to 1 is elsewhere

  double elsewhere(std::size_t hour) const;
};

std::optional<HourlyOf> newest_places(const Store& store);
// nullopt: nothing is foretold of the user's.
std::optional<PlaceMap> places_of(const Store& store, const std::string& user);
void each_place_map(const Store& store,
                    const std::function<void(const std::string& user, const PlaceMap& map)>& visit);

// What lies in the BLOBs: see formats(7). Reading throws Error(corrupt) for bytes that nobody has written.
std::string pack_places(const PlaceMap& map);
PlaceMap unpack_places(std::span<const std::byte> packed);
// Whether it can be packed: everything else is not of ConsentGuard's making.
bool is_place_token(const std::string& token);

// What is foretold of others is gone, and overwritten.
void keep_places_of(Store& store, const std::set<std::string>& users);

// Replaces what was foretold: readers see the old or the new one.
class PlaceWriter {
 public:
  explicit PlaceWriter(Store& store);
  void add(const std::string& user, const std::string& packed);  // by pack_places()
  void finish(const HourlyOf& of);

 private:
  Store& store_;
  base::Transaction transaction_;
  base::Statement insert_;
};

}  // namespace deskloom::forecast
