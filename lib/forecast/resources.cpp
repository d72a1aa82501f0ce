#include "forecast/resources.hpp"

#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

constexpr std::uint8_t layout = 1;
// As predict/resource/window.hpp takes them; quantiles may lie beyond by the spread.
constexpr float most_amount = 1e37F;

}  // namespace

std::string pack_resources(const ResourceForecast& forecast) {
  Packer packer;
  packer.put(layout);
  for (const auto& bands : forecast) {
    packer.put(static_cast<std::uint16_t>(bands.size()));
    for (const ResourceBand& band : bands)
      packer.put(band.median), packer.put(band.q90), packer.put(band.q95);
  }
  return packer.take();
}

ResourceForecast unpack_resources(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  if (unpacker.get<std::uint8_t>() != layout) throw Unpacker::broken();
  ResourceForecast forecast;
  for (auto& bands : forecast) {
    bands.resize(unpacker.get<std::uint16_t>());
    for (ResourceBand& band : bands) {
      band.median = unpacker.amount(most_amount);
      band.q90 = unpacker.amount(most_amount);
      band.q95 = unpacker.amount(most_amount);
    }
  }
  unpacker.expect_end();
  return forecast;
}

std::optional<HourlyOf> newest_resources(const Store& store) { return newest_of(store, "resources_of"); }

std::optional<ResourceForecast> resources_of(const Store& store, const std::string& user) {
  auto row = store.db().prepare("SELECT content FROM resources WHERE user = ?");
  row.bind(user);
  return row.step() ? std::optional(unpack_resources(row.blob(0))) : std::nullopt;
}

ResourceWriter::ResourceWriter(Store& store)
    : store_(store),
      transaction_(store.db()),
      insert_(store.db().prepare("INSERT INTO resources VALUES (?, ?)")) {
  store.db().execute("DELETE FROM resources");
}

void ResourceWriter::add(const std::string& user, const ResourceForecast& forecast) {
  const std::string content = pack_resources(forecast);
  insert_.restart().bind(user).bind(bytes_of(content)).run();
}

void ResourceWriter::finish(const HourlyOf& of) {
  put_newest_of(store_, "resources_of", of);
  transaction_.commit();
}

}  // namespace deskloom::forecast
