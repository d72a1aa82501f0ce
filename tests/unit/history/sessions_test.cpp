#include "history/sessions.hpp"

#include "support/catch.hpp"
#include "temp_history.hpp"

using namespace deskloom;
using namespace deskloom::history;
using namespace deskloom::test;

namespace {

// "begin-end" of one user's sessions; events: positive to connect, negative to disconnect.
std::vector<std::string> sessions(const std::vector<int>& events) {
  TempHistory temp;
  temp.add([&](Recorder& recorder) {
    for (const int event : events) recorder.take(domain::Connection{"ann", at(std::abs(event)), event > 0});
  });
  std::vector<std::string> found;
  each_user(temp.store, std::chrono::seconds(100), [&](const std::string& user, const auto& of_user) {
    CHECK(user == "ann");
    for (const auto& [begin, end] : of_user)
      found.push_back(std::to_string(begin) + "-" + std::to_string(end));
  });
  return found;
}

using Sessions = std::vector<std::string>;

}  // namespace

TEST_CASE("connections make sessions, in whatever order they were recorded") {
  CHECK(sessions({10, -20, 30, -40}) == Sessions{"10-20", "30-40"});
  CHECK(sessions({-40, 30, -20, 10}) == Sessions{"10-20", "30-40"});
}

TEST_CASE("what is missing or double is made the best of") {
  CHECK(sessions({10, 15, -20, -25}) == Sessions{"10-20"});
  CHECK(sessions({-5, 10, -20}) == Sessions{"10-20"});
  CHECK(sessions({10}) == Sessions{"10-110"});
  CHECK(sessions({10, 200, -210}) == Sessions{"10-110", "200-210"});
  CHECK(sessions({10, -500}) == Sessions{"10-110"});
  CHECK(sessions({10, -20, 20, -30}) == Sessions{"10-30"});
  CHECK(sessions({10, -10}).empty());
}

TEST_CASE("users are told apart, and come by name") {
  TempHistory temp;
  temp.add([&](Recorder& recorder) {
    recorder.take(domain::Connection{"bob", at(10), true});
    recorder.take(domain::Connection{"ann", at(12), true});
    recorder.take(domain::Connection{"bob", at(20), false});
  });
  std::vector<std::string> users;
  each_user(temp.store, std::chrono::seconds(5),
            [&](const std::string& user, const auto&) { users.push_back(user); });
  CHECK(users == std::vector<std::string>{"ann", "bob"});
}
