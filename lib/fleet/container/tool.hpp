#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/process.hpp"

namespace deskloom::fleet {

// A command-line program through which a host is managed, with the options that lead to that host.
class Tool {
 public:
  // package: what to install when the program is missing.
  Tool(std::string host, std::vector<std::string> command, std::string package);

  const std::string& host() const { return host_; }
  const std::string& program() const { return command_.front(); }
  // The whole command line for arguments.
  std::vector<std::string> argv(const std::vector<std::string>& arguments) const;

  // Any exit code. Throws Error(host_unreachable) when the program is not there or does not end in time.
  base::ProcessResult run(const std::vector<std::string>& arguments,
                          const base::ProcessOptions& options = {}) const;
  // Its standard output. Throws Error(failed) "what: the program's own words" when it fails, or
  // Error(host_unreachable) when its words are that it reaches no host.
  std::string must(const std::string& what, const std::vector<std::string>& arguments,
                   const base::ProcessOptions& options = {}) const;
  // The same of a question that any sound host answers: every failure is Error(host_unreachable).
  std::string ask(const std::string& what, const std::vector<std::string>& arguments) const;
  // That error, for a result that the caller has looked at.
  [[noreturn]] void fail(const std::string& what, const base::ProcessResult& result) const;

 private:
  std::string host_;
  std::vector<std::string> command_;
  std::string package_;
};

// What a program said on its standard error, in one line, without the lines that its libraries log.
std::string last_words(const std::string& standard_error);

}  // namespace deskloom::fleet
