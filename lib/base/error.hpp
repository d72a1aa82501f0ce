#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace deskloom::base {

// What a failure means to the caller. The command frame maps each kind to one documented exit code.
enum class ErrorKind {
  failed,            // the work could not be done
  usage,             // the request or the policy is invalid
  partial,           // some of the work was done; the result says which
  no_store,          // the state store or snapshot store does not exist
  locked,            // another process holds what is needed
  host_unreachable,  // a host did not answer
  store_newer,       // written by a newer program
  corrupt,           // stored data does not match its checksum or grammar
  no_space,          // disk or quota full
  guest,             // a guest is silent, lacks a part, or broke the protocol
  not_found,         // the named object does not exist
  interrupted,       // the user asked to stop
  no_key,            // the key of an encrypted store is missing or does not fit
};

// message: what was tried, on which object, what happened. hint: what to do about it (may be empty).
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, std::string hint = {})
      : std::runtime_error(message), kind_(kind), hint_(std::move(hint)) {}

  ErrorKind kind() const { return kind_; }
  const std::string& hint() const { return hint_; }

  // The same failure as seen one layer up: "context: message".
  Error with_context(const std::string& context) const { return {kind_, context + ": " + what(), hint_}; }

 private:
  ErrorKind kind_;
  std::string hint_;
};

// An Error from errno; ENOSPC and EDQUOT become no_space. what: "cannot write /path".
Error system_error(const std::string& what, int errno_value);
Error system_error(const std::string& what);

}  // namespace deskloom::base
