#include "state/signs.hpp"

namespace deskloom::state {

void Signs::put(const std::string& instance, const SeenSign& seen) const {
  db_.prepare(
         "INSERT INTO presence_signs (instance, sign, seen_at) VALUES (?, ?, ?) "
         "ON CONFLICT DO UPDATE SET sign = excluded.sign, seen_at = excluded.seen_at")
      .bind(instance)
      .bind(seen.sign)
      .bind(base::to_ns(seen.seen_at))
      .run();
}

std::optional<SeenSign> Signs::find(const std::string& instance) const {
  auto row = db_.prepare("SELECT sign, seen_at FROM presence_signs WHERE instance = ?");
  if (!row.bind(instance).step()) return std::nullopt;
  return SeenSign{row.text(0), base::from_ns(row.integer(1))};
}

}  // namespace deskloom::state
