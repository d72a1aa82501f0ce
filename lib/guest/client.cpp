#include "guest/client.hpp"

#include "base/error.hpp"
#include "guest/codec.hpp"
#include "guest/connection.hpp"

namespace deskloom::guest {

Client::Client(std::unique_ptr<base::Channel> channel, const std::string& nonce, Limits limits)
    : connection_(std::make_unique<Connection>(std::move(channel), nonce, limits)) {}

Client::~Client() = default;

std::string Client::helper_version() const { return connection_->helper_version(); }

UserReport Client::report(const std::string& user, const std::vector<std::string>& dconf_directories,
                          const std::vector<std::string>& environment_names) {
  Encoder out;
  out.string(user);
  put(out, dconf_directories);
  put(out, environment_names);
  connection_->request(MessageType::report, out);
  const auto message = connection_->reply_of(MessageType::report, connection_->limits().max_report_bytes);
  Decoder in(message.payload);
  auto report = get_report(in, connection_->limits().max_processes);
  in.end();
  if (report.account.name != user) broken("a report is about another user than asked for");
  return report;
}

std::vector<std::pair<std::string, std::string>> Client::apply_settings(
    const std::string& user, const std::vector<Setting>& settings) {
  Encoder out;
  out.string(user);
  put(out, settings);
  connection_->request(MessageType::apply_settings, out);
  const auto message = connection_->reply_of(MessageType::failures, connection_->limits().max_report_bytes);
  Decoder in(message.payload);
  auto failures = get_pairs(in);
  in.end();
  return failures;
}

LaunchResult Client::launch(const Launch& launch) {
  Encoder out;
  put(out, launch);
  connection_->request(MessageType::launch, out);
  const auto message = connection_->reply_of(MessageType::launch_result);
  Decoder in(message.payload);
  auto result = get_launch_result(in);
  in.end();
  return result;
}

RunResult Client::run(const std::string& user, const std::vector<std::string>& argv,
                      std::uint32_t timeout_ms) {
  Encoder out;
  out.string(user);
  put(out, argv);
  out.number(timeout_ms);
  connection_->request(MessageType::run, out);
  const auto message = connection_->reply_of(MessageType::run_result);
  Decoder in(message.payload);
  RunResult result;
  result.exit_code = static_cast<int>(in.number(255));
  result.output = in.string();
  in.end();
  return result;
}

void Client::sync() {
  connection_->request(MessageType::sync);
  const auto message = connection_->reply_of(MessageType::done);
  Decoder(message.payload).end();
}

void Client::close() { connection_->request(MessageType::bye); }

}  // namespace deskloom::guest
