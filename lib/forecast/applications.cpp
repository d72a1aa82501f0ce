#include "forecast/applications.hpp"

#include <algorithm>

#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

constexpr std::uint8_t layout = 1;
constexpr std::uint8_t in_session = 1, in_one_before = 2;
// Of faded counts of one user: more than anybody starts.
constexpr float most_count = 1e9F;
constexpr std::int64_t last_time_s = std::int64_t{1} << 40;

std::int64_t time_from(Unpacker& unpacker) {
  const auto time_s = unpacker.get<std::int64_t>();
  if (time_s < 0 || time_s > last_time_s) throw Unpacker::broken();
  return time_s;
}

predict::UserUse::Application application_from(Unpacker& unpacker) {
  predict::UserUse::Application application;
  application.id = unpacker.get<std::uint32_t>();
  application.launches = unpacker.amount(most_count);
  application.sessions = unpacker.amount(most_count);
  const auto marks = unpacker.get<std::uint8_t>();
  if (marks > (in_session | in_one_before)) throw Unpacker::broken();
  application.in_session = (marks & in_session) != 0;
  application.in_one_before = (marks & in_one_before) != 0;
  for (std::uint16_t& halves : application.half_launches) halves = unpacker.get<std::uint16_t>();
  return application;
}

}  // namespace

ApplicationNames::ApplicationNames(const Store& store) {
  auto row = store.db().prepare("SELECT number, name FROM applications ORDER BY number");
  while (row.step()) {
    if (row.integer(0) != static_cast<std::int64_t>(numbers_.size())) throw Unpacker::broken();
    numbers_.emplace(row.text(1), static_cast<predict::ApplicationId>(row.integer(0)));
  }
}

predict::ApplicationId ApplicationNames::number(const std::string& name) {
  const auto [found, is_new] = numbers_.emplace(name, static_cast<predict::ApplicationId>(numbers_.size()));
  if (is_new) new_.push_back(name);
  return found->second;
}

void ApplicationNames::save(Store& store) const {
  auto insert = store.db().prepare("INSERT INTO applications VALUES (?, ?)");
  for (const std::string& name : new_)
    insert.restart().bind(std::int64_t{numbers_.at(name)}).bind(name).run();
}

std::string pack_use(const predict::UserUse& use) {
  Packer packer;
  packer.put(layout);
  packer.put(use.sessions);
  packer.put(use.faded_to_s);
  packer.put(use.in_use_until_s);
  for (const predict::UserUse::Application& application : use.applications) {
    packer.put(application.id);
    packer.put(application.launches);
    packer.put(application.sessions);
    const int marks =
        (application.in_session ? in_session : 0) | (application.in_one_before ? in_one_before : 0);
    packer.put(static_cast<std::uint8_t>(marks));
    for (const std::uint16_t halves : application.half_launches) packer.put(halves);
  }
  return packer.take();
}

predict::UserUse unpack_use(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  if (unpacker.get<std::uint8_t>() != layout) throw Unpacker::broken();
  predict::UserUse use;
  use.sessions = unpacker.amount(most_count);
  use.faded_to_s = time_from(unpacker);
  use.in_use_until_s = time_from(unpacker);
  while (!unpacker.is_empty()) {
    const auto application = application_from(unpacker);
    const bool is_next = use.applications.empty() || use.applications.back().id < application.id;
    // A session is counted once, whatever was used in it.
    if (!is_next || application.sessions > use.sessions) throw Unpacker::broken();
    use.applications.push_back(application);
  }
  if (use.applications.size() > predict::UserUse::most_applications) throw Unpacker::broken();
  return use;
}

std::string pack_applications(const ApplicationShares& shares) {
  Packer packer;
  packer.put(layout);
  for (const auto& [application, share] : shares) packer.put(application), packer.put_share(share);
  return packer.take();
}

ApplicationShares unpack_applications(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  if (unpacker.get<std::uint8_t>() != layout) throw Unpacker::broken();
  ApplicationShares shares;
  while (!unpacker.is_empty()) {
    const auto application = unpacker.get<std::uint32_t>();
    const float share = unpacker.share();
    if (!shares.empty() && share > shares.back().second) throw Unpacker::broken();
    shares.emplace_back(application, share);
  }
  return shares;
}

std::optional<ApplicationsCounted> applications_counted(const Store& store) {
  auto row = store.db().prepare("SELECT begun, until, first, late FROM application_counts_of");
  if (!row.step()) return {};
  return ApplicationsCounted{row.integer(0), row.integer(1), row.optional_integer(2), row.integer(3)};
}

void each_application_count(const Store& store,
                            const std::function<void(std::string user, predict::UserUse use)>& visit) {
  auto row = store.db().prepare("SELECT user, content FROM application_counts ORDER BY user");
  while (row.step()) visit(row.text(0), unpack_use(row.blob(1)));
}

std::optional<HourlyOf> newest_applications(const Store& store) {
  return newest_of(store, "application_forecasts_of");
}

std::vector<std::pair<std::string, float>> next_applications(const Store& store, const std::string& user) {
  std::vector<std::pair<std::string, float>> named;
  auto row = store.db().prepare("SELECT content FROM application_forecasts WHERE user = ?");
  row.bind(user);
  if (!row.step()) return named;
  auto name = store.db().prepare("SELECT name FROM applications WHERE number = ?");
  for (const auto& [application, share] : unpack_applications(row.blob(0))) {
    if (!name.restart().bind(std::int64_t{application}).step()) throw Unpacker::broken();
    named.emplace_back(name.text(0), share);
  }
  return named;
}

ApplicationWriter::ApplicationWriter(Store& store) : store_(store), transaction_(store.db()) {}

void ApplicationWriter::put_counts(const std::vector<std::pair<std::string, std::string>>& packed,
                                   const ApplicationsCounted& counted) {
  store_.db().execute("DELETE FROM application_counts");
  auto insert = store_.db().prepare("INSERT INTO application_counts VALUES (?, ?)");
  for (const auto& [user, content] : packed) insert.restart().bind(user).bind(bytes_of(content)).run();
  store_.db()
      .prepare("INSERT OR REPLACE INTO application_counts_of VALUES (1, ?, ?, ?, ?)")
      .bind(counted.begun_s)
      .bind(counted.until_s)
      .bind(counted.first_s)
      .bind(counted.late)
      .run();
}

void ApplicationWriter::put_forecasts(const std::vector<std::pair<std::string, ApplicationShares>>& forecasts,
                                      const HourlyOf& of) {
  store_.db().execute("DELETE FROM application_forecasts");
  auto insert = store_.db().prepare("INSERT INTO application_forecasts VALUES (?, ?)");
  for (const auto& [user, shares] : forecasts) {
    const std::string content = pack_applications(shares);
    insert.restart().bind(user).bind(bytes_of(content)).run();
  }
  put_newest_of(store_, "application_forecasts_of", of);
}

void ApplicationWriter::finish(const ApplicationNames& names) {
  names.save(store_);
  transaction_.commit();
}

}  // namespace deskloom::forecast
