#include "frame/context.hpp"

#include <algorithm>
#include <ostream>

#include "base/text.hpp"
#include "frame/emit.hpp"
#include "frame/interrupt.hpp"
#include "frame/progress_bar.hpp"

namespace deskloom::frame {

namespace {

bool is_same_place(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code error;
  return std::filesystem::weakly_canonical(a, error) == std::filesystem::weakly_canonical(b, error);
}

}  // namespace

Context::Context(Globals globals, Services services, Access state_access)
    : globals_(std::move(globals)), services_(std::move(services)), state_access_(state_access) {}

Context::~Context() = default;

const policy::Policy& Context::policy() {
  if (!policy_) {
    policy_ = services_.load_policy({globals_.config, globals_.state_dir});
    if (globals_.store) {
      is_foreign_store_ = !is_same_place(*globals_.store, policy_->snapshot_store);
      policy_->snapshot_store = *globals_.store;
    }
    if (globals_.lock_timeout_s) policy_->lock_timeout_s = *globals_.lock_timeout_s;
  }
  return *policy_;
}

std::filesystem::path Context::state_file() { return policy().state_file(); }

std::chrono::milliseconds Context::lock_timeout() { return std::chrono::seconds(policy().lock_timeout_s); }

state::Store& Context::state() {
  if (!state_) state_ = std::make_unique<state::Store>(state_file(), state_access_);
  return *state_;
}

snapshot::Store& Context::snapshots() {
  if (!snapshots_) snapshots_ = snapshot::Store::open(snapshot_root());
  return *snapshots_;
}

const snapshot::StoreRoot& Context::snapshot_root() {
  if (!snapshot_root_) {
    // Absolute, because a mount in the background leaves the directory that it was started in.
    snapshot_root_ = snapshot::open_root(std::filesystem::absolute(policy().snapshot_store), store_key());
    const bool wanted = policy().store.encryption != "none" && !is_foreign_store();
    if (wanted && !snapshot_root_->seal->is_encrypted()) {
      say("warning: policy wants " + policy().snapshot_store.string() +
          " encrypted, but it was made without encryption, and stays so");
    }
  }
  return *snapshot_root_;
}

snapshot::KeySource Context::store_key() {
  if (globals_.key_command) return {{}, {"/bin/sh", "-c", *globals_.key_command}};
  if (globals_.key_file) return {*globals_.key_file, {}};
  return {policy().store.key_file.value_or(""), policy().store.key_command};
}

const operation::Catalogue& Context::catalogue() {
  if (!catalogue_) {
    const auto open = [this]() -> snapshot::Store& { return snapshots(); };
    catalogue_ = is_foreign_store() ? operation::manifest_catalogue(open)
                                    : operation::recorded_catalogue(state(), open);
  }
  return *catalogue_;
}

bool Context::is_foreign_store() {
  policy();
  return is_foreign_store_;
}

fleet::Runtime& Context::open_host(const std::string& name) {
  auto& runtime = hosts_[name];
  if (!runtime) {
    const policy::Host& host = policy().host(name);
    // The root is kept short: unix sockets below it must fit into 108 bytes.
    runtime =
        services_.open_runtime({host.name, host.uri, host.accelerator, policy().state_dir / "embed" / name,
                                policy().state_dir / "cache", lock_timeout(), on_wait(), host.engine,
                                host.context, host.kube_namespace});
  }
  return *runtime;
}

base::Progress& Context::progress() {
  if (!progress_) {
    if (services_.err_is_terminal && !globals_.quiet && !globals_.json) {
      progress_ = std::make_unique<ProgressBar>(services_.err);
    } else {
      progress_ = std::make_unique<base::NoProgress>();
    }
  }
  return *progress_;
}

void Context::print(const Document& document) const {
  if (globals_.json) {
    print_raw(document.json().dump(2, ' ', false, base::Json::error_handler_t::replace) + "\n");
  } else {
    print_raw(document.text(services_.out_is_terminal && services_.color));
  }
}

void Context::print_raw(std::string_view text) const { emit(services_.out, text); }

void Context::print_foreign(std::string_view text) const {
  if (!services_.out_is_terminal) return print_raw(text);
  std::string safe;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find_first_of("\n\t"), text.size());
    safe += base::printable(text.substr(0, plain));
    if (plain < text.size()) safe += text[plain];
    text.remove_prefix(std::min(plain + 1, text.size()));
  }
  print_raw(safe);
}

void Context::say(const std::string& message) const {
  if (globals_.quiet) return;
  if (services_.err_is_terminal) services_.err << clear_line;  // a progress bar may stand there
  services_.err << base::printable(message) << std::endl;
}

std::function<void(const std::string& holder)> Context::on_wait() const {
  return [this, said = false](const std::string& holder) mutable {
    if (!said) say("waiting for " + holder);
    said = true;
    stop_if_interrupted();
  };
}

}  // namespace deskloom::frame
