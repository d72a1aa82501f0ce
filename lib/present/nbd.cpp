#include "present/nbd.hpp"

#include "base/error.hpp"
#include "base/plugin.hpp"
#include "base/search_path.hpp"

namespace deskloom::present {

std::vector<std::string> nbd_server(const ServedImage& image) {
  if (!base::is_in_path("nbdkit")) {
    throw base::Error(base::ErrorKind::failed, "nbdkit, which serves volumes of snapshots, is not in PATH",
                      "install the package nbdkit (or run scripts/install-deps)");
  }
  const auto plugin = base::find_plugin(base::plugin_candidates("deskloom-nbdkit.so"));
  std::vector<std::string> argv{"nbdkit",
                                "--readonly",
                                plugin.string(),
                                "store=" + std::filesystem::absolute(image.store).string(),
                                "snapshot=" + image.snapshot,
                                "layer=" + image.layer};
  if (!image.key.file.empty())
    argv.push_back("key-file=" + std::filesystem::absolute(image.key.file).string());
  for (const std::string& word : image.key.command) argv.push_back("key-command=" + word);
  return argv;
}

}  // namespace deskloom::present
