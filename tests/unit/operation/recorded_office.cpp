#include "recorded_office.hpp"

#include "history/recorder.hpp"

namespace deskloom::test {

void Office::serve(const std::string& pool, const std::vector<std::string>& users) {
  policy.pools[pool].name = pool;
  policy.pools[pool].users = users;
}

void Office::work(int workers, int from, int until) {
  history::Recorder recorder(history);
  for (int day = from; day < until; ++day) {
    for (int person = 0; person < workers && day % 7 < 5; ++person) {
      if ((day * 7 + person * 3) % 11 == 0) continue;
      const std::int64_t late_s = 60 * ((person * 13 + day * 29) % 40);
      const std::string user = "user" + std::to_string(person);
      recorder.take(domain::Connection{user, day_at(day, 9) + std::chrono::seconds(late_s), true});
      recorder.take(domain::Connection{user, day_at(day, 13) + std::chrono::seconds(late_s), false});
    }
  }
  recorder.commit();
}

std::vector<forecast::UserForecast> forecasts_of(const forecast::Store& store) {
  std::vector<forecast::UserForecast> all;
  forecast::each_forecast(
      store, [&](const std::string&, const forecast::UserForecast& forecast) { all.push_back(forecast); });
  return all;
}

}  // namespace deskloom::test
