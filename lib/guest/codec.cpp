#include "guest/codec.hpp"

#include <algorithm>
#include <array>

#include "base/path.hpp"

namespace deskloom::guest {
namespace {

constexpr std::array error_kinds = {base::ErrorKind::guest, base::ErrorKind::not_found,
                                    base::ErrorKind::no_space, base::ErrorKind::failed};
constexpr std::uint64_t max_settings = 100'000;

void put(Encoder& out, const OpenFile& file);
void put(Encoder& out, const Process& process);
void put(Encoder& out, const Mount& mount);
void put(Encoder& out, const Setting& setting);

template <typename T>
void put_list(Encoder& out, const std::vector<T>& values) {
  out.number(values.size());
  for (const auto& value : values) put(out, value);
}

template <typename Get>
auto get_list(Decoder& in, std::uint64_t max_count, Get get) {
  std::vector<decltype(get(in))> values(in.count(max_count));
  for (auto& value : values) value = get(in);
  return values;
}

void put(Encoder& out, const Account& account) {
  out.string(account.name).number(account.uid).number(account.gid).string(account.home).string(account.shell);
}

Account get_account(Decoder& in) {
  Account account;
  account.name = in.string();
  account.uid = in.number32();
  account.gid = in.number32();
  account.home = in.string();
  account.shell = in.string();
  return account;
}

void put(Encoder& out, const OpenFile& file) { out.string(file.path).boolean(file.writable); }

OpenFile get_open_file(Decoder& in) {
  OpenFile file;
  file.path = in.string();
  file.writable = in.boolean();
  return file;
}

void put(Encoder& out, const Process& process) {
  out.number(process.pid).number(process.parent).number(process.session);
  out.string(process.executable).string(process.script);
  guest::put(out, process.argv);
  out.string(process.cwd);
  guest::put(out, process.environment);
  put_list(out, process.open_files);
  out.number(process.cpu_ms).number(process.memory_bytes).number(process.started_ms_ago);
}

Process get_process(Decoder& in) {
  Process process;
  process.pid = in.number32();
  process.parent = in.number32();
  process.session = in.number32();
  process.executable = in.string();
  process.script = in.string();
  process.argv = get_strings(in);
  process.cwd = in.string();
  process.environment = get_pairs(in);
  process.open_files = get_list(in, max_list_elements, get_open_file);
  process.cpu_ms = in.number();
  process.memory_bytes = in.number();
  process.started_ms_ago = in.number();
  return process;
}

void put(Encoder& out, const Mount& mount) {
  out.string(mount.source).string(mount.target).string(mount.type);
}

Mount get_mount(Decoder& in) {
  Mount mount;
  mount.source = in.string();
  mount.target = in.string();
  mount.type = in.string();
  return mount;
}

void put(Encoder& out, const Setting& setting) { out.string(setting.key).string(setting.value); }

Setting get_setting(Decoder& in) {
  Setting setting;
  setting.key = in.string();
  setting.value = in.string(max_setting_bytes);
  return setting;
}

void check_node(const GuestNode& node) {
  static const std::string types = "dflpsbc";
  if (types.find(static_cast<char>(node.type)) == std::string::npos) broken("a node has an unknown type");
  if ((node.mode & ~07777U) != 0) broken("a node's mode has more than permission bits");
  if (!node.path.empty() && !base::is_safe_relative_path(node.path)) {
    broken("a path is absolute, too long, or has an empty, '.', '..' or NUL component");
  }
  if (node.path.empty() && node.type != 'd') broken("the home is not a directory");
  if (node.type != 'l' && !node.target.empty()) broken("a node that is no symbolic link has a target");
  if (node.target.find('\0') != std::string::npos) broken("a symbolic link's target has a NUL");
  if (node.type != 'f' && node.size != 0) broken("a node that is no file has a size");
  if (node.size > INT64_MAX) broken("a size is larger than 63 bits");
}

}  // namespace

std::uint64_t error_code(base::ErrorKind kind) {
  const auto at = std::find(error_kinds.begin(), error_kinds.end(), kind);
  return at == error_kinds.end() ? 0 : static_cast<std::uint64_t>(at - error_kinds.begin());
}

base::ErrorKind error_kind(std::uint64_t code) {
  return code < error_kinds.size() ? error_kinds[code] : base::ErrorKind::guest;
}

void put(Encoder& out, const std::vector<std::string>& values) {
  out.number(values.size());
  for (const auto& value : values) out.string(value);
}

std::vector<std::string> get_strings(Decoder& in, std::uint64_t max_count) {
  return get_list(in, max_count, [](Decoder& d) { return d.string(); });
}

void put(Encoder& out, const Pairs& pairs) {
  out.number(pairs.size());
  for (const auto& [first, second] : pairs) out.string(first).string(second);
}

Pairs get_pairs(Decoder& in, std::uint64_t max_count) {
  return get_list(in, max_count, [](Decoder& d) {
    auto first = d.string();
    return std::pair{std::move(first), d.string()};
  });
}

void put(Encoder& out, const std::vector<Setting>& settings) { put_list(out, settings); }

std::vector<Setting> get_settings(Decoder& in) { return get_list(in, max_settings, get_setting); }

void put(Encoder& out, const UserReport& report) {
  put(out, report.account);
  put_list(out, report.processes);
  put_list(out, report.mounts);
  put(out, report.xdg_directories);
  put(out, report.sync_folders);
  put_list(out, report.settings);
  out.number(report.memory_total_bytes).number(report.cpu_count).signed_number(report.clock_ns);
  put(out, report.notes);
}

UserReport get_report(Decoder& in, std::uint64_t max_processes) {
  UserReport report;
  report.account = get_account(in);
  report.processes = get_list(in, max_processes, get_process);
  report.mounts = get_list(in, max_list_elements, get_mount);
  report.xdg_directories = get_pairs(in);
  report.sync_folders = get_strings(in);
  report.settings = get_settings(in);
  report.memory_total_bytes = in.number();
  report.cpu_count = in.number();
  report.clock_ns = std::max<std::int64_t>(0, in.signed_number());  // sums with it must not overflow
  report.notes = get_strings(in);
  return report;
}

void put(Encoder& out, const TreeRequest& request) {
  out.string(request.user);
  put(out, request.include);
  put(out, request.exclude);
}

TreeRequest get_tree_request(Decoder& in) {
  TreeRequest request;
  request.user = in.string();
  request.include = get_strings(in);
  request.exclude = get_strings(in);
  return request;
}

void put(Encoder& out, const GuestNode& node) {
  out.string(node.path).number(node.type).number(node.mode).number(node.uid).number(node.gid);
  out.number(node.size).signed_number(node.mtime_ns).signed_number(node.ctime_ns);
  out.number(node.inode).number(node.link_group).number(node.device);
  out.string(node.target);
  put(out, node.xattrs);
}

GuestNode get_node(Decoder& in) {
  GuestNode node;
  node.path = in.string();
  node.type = static_cast<std::uint8_t>(in.number(UINT8_MAX));
  node.mode = in.number32();
  node.uid = in.number32();
  node.gid = in.number32();
  node.size = in.number();
  node.mtime_ns = in.signed_number();
  node.ctime_ns = in.signed_number();
  node.inode = in.number();
  node.link_group = in.number();
  node.device = in.number();
  node.target = in.string();
  node.xattrs = get_pairs(in);
  check_node(node);
  return node;
}

void NodeSender::add(const GuestNode& node) {
  put(nodes_, node);
  if (++count_ == max_list_elements || nodes_.bytes().size() >= (128 << 10)) flush();
}

void NodeSender::flush() {
  if (count_ == 0) return;
  stream_.send(MessageType::nodes, Encoder().number(count_).bytes() + nodes_.bytes());
  nodes_.clear();
  count_ = 0;
}

void get_nodes(const std::string& payload, const std::function<void(GuestNode&&)>& on_node) {
  Decoder in(payload);
  const auto count = in.count(max_list_elements);
  if (count == 0) broken("a part of a list is empty");
  for (std::size_t i = 0; i < count; ++i) on_node(get_node(in));
  in.end();
}

void put(Encoder& out, const Launch& launch) {
  out.string(launch.user);
  put(out, launch.argv);
  out.string(launch.cwd);
  put(out, launch.environment);
  put(out, launch.expected_files);
  out.number(launch.wait_ms);
}

Launch get_launch(Decoder& in) {
  Launch launch;
  launch.user = in.string();
  launch.argv = get_strings(in);
  launch.cwd = in.string();
  launch.environment = get_pairs(in);
  launch.expected_files = get_strings(in);
  launch.wait_ms = in.number32();
  return launch;
}

void put(Encoder& out, const LaunchResult& result) {
  out.boolean(result.running).number(result.pid);
  put(out, result.missing_files);
  out.string(result.reason);
}

LaunchResult get_launch_result(Decoder& in) {
  LaunchResult result;
  result.running = in.boolean();
  result.pid = in.number32();
  result.missing_files = get_strings(in);
  result.reason = in.string();
  return result;
}

}  // namespace deskloom::guest
