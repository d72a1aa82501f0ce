#include "state/apps.hpp"

namespace deskloom::state {
namespace {

using domain::AppPart;

const std::string select =
    "SELECT session, component, host, instance, address, health, restarts, restarts_since_well FROM "
    "app_parts ";

AppPart part_of(const base::Statement& row) {
  return {.session = row.integer(0),
          .component = row.text(1),
          .host = row.text(2),
          .instance = row.optional_text(3),
          .address = row.text(4),
          .health = domain::parse_part_health(row.text(5)),
          .restarts = static_cast<int>(row.integer(6)),
          .restarts_since_well = static_cast<int>(row.integer(7))};
}

}  // namespace

void AppParts::add(const AppPart& part) const {
  db_.prepare("INSERT INTO app_parts (session, component, host) VALUES (?, ?, ?)")
      .bind(part.session)
      .bind(part.component)
      .bind(part.host)
      .run();
}

void AppParts::update(const AppPart& part) const {
  db_.prepare(
         "UPDATE app_parts SET host = ?, instance = ?, address = ?, health = ?, restarts = ?, "
         "restarts_since_well = ? WHERE session = ? AND component = ?")
      .bind(part.host)
      .bind(part.instance)
      .bind(part.address)
      .bind(domain::to_string(part.health))
      .bind(std::int64_t{part.restarts})
      .bind(std::int64_t{part.restarts_since_well})
      .bind(part.session)
      .bind(part.component)
      .run();
}

void AppParts::remove(std::int64_t session, const std::string& component) const {
  db_.prepare("DELETE FROM app_parts WHERE session = ? AND component = ?")
      .bind(session)
      .bind(component)
      .run();
}

std::vector<AppPart> AppParts::of(std::int64_t session) const {
  auto row = db_.prepare(select + "WHERE session = ? ORDER BY component");
  row.bind(session);
  std::vector<AppPart> parts;
  while (row.step()) parts.push_back(part_of(row));
  return parts;
}

std::optional<AppPart> AppParts::of_instance(const std::string& instance) const {
  auto row = db_.prepare(select + "WHERE instance = ?");
  return row.bind(instance).step() ? std::optional(part_of(row)) : std::nullopt;
}

}  // namespace deskloom::state
