#include "forecast/places.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

constexpr std::uint8_t layout = 1;
constexpr std::size_t token_digits = 16;
// Shares are rounded: each may add half a step.
constexpr float most_sum = 1.01F;

std::uint64_t number_of(const std::string& token) {
  std::uint64_t number = 0;
  std::from_chars(token.data(), token.data() + token.size(), number, 16);
  return number;
}

// What is deleted is overwritten: it is not to be found in the file later.
void delete_for_good(const base::Database& db) { db.execute("PRAGMA secure_delete = ON"); }

}  // namespace

bool is_place_token(const std::string& token) {
  return token.size() == token_digits && token.find_first_not_of("0123456789abcdef") == std::string::npos;
}

double PlaceMap::elsewhere(std::size_t hour) const {
  const double sum = std::accumulate(hours[hour].begin(), hours[hour].end(), 0.0);
  return std::max(1 - sum, 0.0);
}

std::string pack_places(const PlaceMap& map) {
  Packer packer;
  packer.put(layout);
  packer.put(static_cast<std::uint8_t>(map.places.size()));
  packer.put(static_cast<std::uint16_t>(map.hours.size()));
  for (const std::string& place : map.places) packer.put(number_of(place));
  for (const auto& hour : map.hours)
    for (const float share : hour) packer.put_share(share);
  return packer.take();
}

PlaceMap unpack_places(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  if (unpacker.get<std::uint8_t>() != layout) throw Unpacker::broken();
  const auto places = unpacker.get<std::uint8_t>();
  const auto hours = unpacker.get<std::uint16_t>();
  PlaceMap map;
  std::set<std::string> known;
  for (std::uint8_t place = 0; place < places; ++place) {
    map.places.push_back(fmt::format("{:016x}", unpacker.get<std::uint64_t>()));
    if (!known.insert(map.places.back()).second) throw Unpacker::broken();
  }
  for (std::uint16_t hour = 0; hour < hours; ++hour) {
    std::vector<float>& shares = map.hours.emplace_back();
    for (std::uint8_t place = 0; place < places; ++place) shares.push_back(unpacker.share());
    if (std::accumulate(shares.begin(), shares.end(), 0.0F) > most_sum) throw Unpacker::broken();
  }
  unpacker.expect_end();
  return map;
}

std::optional<HourlyOf> newest_places(const Store& store) { return newest_of(store, "place_forecasts_of"); }

std::optional<PlaceMap> places_of(const Store& store, const std::string& user) {
  auto row = store.db().prepare("SELECT content FROM place_forecasts WHERE user = ?");
  row.bind(user);
  return row.step() ? std::optional(unpack_places(row.blob(0))) : std::nullopt;
}

void each_place_map(const Store& store,
                    const std::function<void(const std::string& user, const PlaceMap& map)>& visit) {
  auto row = store.db().prepare("SELECT user, content FROM place_forecasts ORDER BY user");
  while (row.step()) visit(row.text(0), unpack_places(row.blob(1)));
}

void keep_places_of(Store& store, const std::set<std::string>& users) {
  std::vector<std::string> others;
  {
    auto row = store.db().prepare("SELECT user FROM place_forecasts");
    while (row.step())
      if (std::string user = row.text(0); !users.contains(user)) others.push_back(std::move(user));
  }
  if (others.empty()) return;
  delete_for_good(store.db());
  base::Transaction transaction(store.db());
  auto remove = store.db().prepare("DELETE FROM place_forecasts WHERE user = ?");
  for (const std::string& user : others) remove.restart().bind(user).run();
  transaction.commit();
}

PlaceWriter::PlaceWriter(Store& store)
    : store_(store),
      transaction_(store.db()),
      insert_(store.db().prepare("INSERT INTO place_forecasts VALUES (?, ?)")) {
  delete_for_good(store.db());
  store.db().execute("DELETE FROM place_forecasts");
}

void PlaceWriter::add(const std::string& user, const std::string& packed) {
  insert_.restart().bind(user).bind(bytes_of(packed)).run();
}

void PlaceWriter::finish(const HourlyOf& of) {
  put_newest_of(store_, "place_forecasts_of", of);
  transaction_.commit();
}

}  // namespace deskloom::forecast
