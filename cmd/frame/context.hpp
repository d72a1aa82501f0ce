#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "fleet/open.hpp"
#include "frame/document.hpp"
#include "frame/exit_codes.hpp"
#include "frame/globals.hpp"
#include "operation/catalogue.hpp"
#include "policy/policy.hpp"
#include "snapshot/store.hpp"
#include "state/store.hpp"

namespace deskloom::frame {

// Where the world comes in. Tests put their own streams, clock, hosts here.
struct Services {
  std::ostream& out;
  std::ostream& err;
  const base::Clock& clock;
  base::Random& random;
  std::function<policy::Policy(const policy::Sources&)> load_policy;
  std::function<std::unique_ptr<fleet::Runtime>(const fleet::HostTarget&)> open_runtime;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool color = false;  // the terminal understands it and NO_COLOR is not set
};

// What a command's run() works with. Everything is opened when first asked for. Not for several threads:
// take what they need before they start.
class Context {
 public:
  using Access = state::Store::Access;
  Context(Globals globals, Services services, Access state_access = Access::write);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const policy::Policy& policy();
  // Where it comes from, for a program that is to read the same.
  policy::Sources policy_sources() const { return {globals_.config, globals_.state_dir}; }
  state::Store& state();
  snapshot::Store& snapshots();
  const snapshot::StoreRoot& snapshot_root();  // of snapshots()
  // What the options name, else what policy does.
  snapshot::KeySource store_key();
  bool has_key_option() const { return globals_.key_file || globals_.key_command; }
  const operation::Catalogue& catalogue();  // of snapshots()
  // --store names another one than policy does: the state store knows nothing of it.
  bool is_foreign_store();
  // Connected on first use; throws as fleet::open_runtime, and not_found for a host that policy does not
  // know.
  fleet::Runtime& open_host(const std::string& name);

  std::filesystem::path state_file();
  std::chrono::milliseconds lock_timeout();
  const base::Clock& clock() const { return services_.clock; }
  base::Random& random() const { return services_.random; }
  base::Progress& progress();
  bool json() const { return globals_.json; }
  bool quiet() const { return globals_.quiet; }
  bool dry_run() const { return globals_.dry_run; }

  // The result, on stdout. Once per run.
  void print(const Document& document) const;
  // Raw text on stdout, for results that are neither table nor JSON (a .vv file).
  void print_raw(std::string_view text) const;
  // Text that others wrote, on stdout: on a terminal, what could move the cursor is escaped.
  void print_foreign(std::string_view text) const;
  // One line for people on stderr, unless --quiet.
  void say(const std::string& message) const;
  // For locks and leases, at each look: says once who is waited for, throws Error(interrupted).
  std::function<void(const std::string& holder)> on_wait() const;

 private:
  Globals globals_;
  Services services_;
  Access state_access_;
  std::optional<policy::Policy> policy_;
  bool is_foreign_store_ = false;
  std::unique_ptr<state::Store> state_;
  std::optional<snapshot::StoreRoot> snapshot_root_;
  std::unique_ptr<snapshot::Store> snapshots_;
  std::unique_ptr<operation::Catalogue> catalogue_;
  std::unique_ptr<base::Progress> progress_;
  std::map<std::string, std::unique_ptr<fleet::Runtime>> hosts_;
};

}  // namespace deskloom::frame
