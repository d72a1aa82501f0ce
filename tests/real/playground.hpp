#pragma once

#include <map>
#include <string>
#include <vector>

#include "support/deskloom.hpp"

namespace deskloom::test {

// The built program on an embedded host of its own, with real guests, all removed at the end however it ends.
class Playground {
 public:
  // image: a directory below DESKLOOM_TEST_IMAGES. policy: more TOML.
  Playground(const std::string& image, const std::string& policy);
  ~Playground();

  // In the file that the program reads from now on.
  void set_policy(const std::string& text, const std::string& replacement) const;
  // --json is added, and what is printed held to its schema. Any exit code.
  Outcome run(const std::vector<std::string>& args) const;
  // Must end with 0; else throws with all that it said.
  base::Json must(const std::vector<std::string>& args) const;
  // A shell command as the user in an instance; throws when it fails.
  std::string in_guest(const std::string& instance, const std::string& user,
                       const std::string& command) const;
  // Starts the program and kills it with SIGKILL after so many milliseconds; true when it was still running.
  bool run_and_kill(const std::vector<std::string>& args, int after_ms) const;
  // As by a power cut.
  void cut_power(const std::string& instance) const;
  std::map<std::string, std::string> instances_by_state(const std::string& state) const;  // name → user or ""
  const TempDir& dir() const { return dir_; }

 private:
  std::vector<std::string> arguments(const std::vector<std::string>& args) const;
  void remove(const std::string& instance) const;
  TempDir dir_;
};

}  // namespace deskloom::test
