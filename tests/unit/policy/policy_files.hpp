#pragma once

#include <string>

#include "base/error.hpp"
#include "policy/policy.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

// A configuration directory of its own, with "/s" as the state directory.
class PolicyFiles {
 public:
  PolicyFiles();
  void write(const std::string& name, const std::string& text) const;  // "deskloom.toml", "conf.d/50-x.toml"
  policy::Policy load() const;

 private:
  TempDir dir_;
};

policy::Policy load_text(const std::string& text);
// The Error(usage) with which text is refused, "FILE" for the file's path.
struct Refusal {
  std::string message;
  std::string hint;
};
Refusal refusal_of(const std::string& text);

}  // namespace deskloom::test
