#pragma once

#include <string>
#include <vector>

#include "support/deskloom.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

namespace deskloom::test {

// A deployment whose policy wants its store encrypted, and a home with a name and a text that nobody may see.
struct Encrypted {
  TempDir dir;
  std::filesystem::path key = key_file(dir / "store.key", random_key()).file;
  std::filesystem::path home = dir / "home";
  Deployment deployment{"[store]\nencryption = \"aes-256-gcm\"\nkey_file = \"" + key.string() + "\"\n"};

  Encrypted() { write_file(home / "salaries.txt", "nobody may read this"); }
  Outcome create() const {
    return deployment.json({"snapshot", "create", "--user", "alice", "--tree", home});
  }
  // Of the deployment's store, as one that policy does not know.
  Outcome foreign(std::vector<std::string> args) const {
    args.insert(args.end(),
                {"--json", "--state-dir", dir / "nowhere", "--store", deployment.snapshot_store()});
    return run_deskloom(args);
  }
};

}  // namespace deskloom::test
