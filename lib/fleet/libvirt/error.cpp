#include "fleet/libvirt/error.hpp"

#include <libvirt/virterror.h>

namespace deskloom::fleet {
namespace {

base::ErrorKind kind_of(const virError& error) {
  switch (error.code) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_STORAGE_POOL:
    case VIR_ERR_NO_STORAGE_VOL:
      return base::ErrorKind::not_found;
    case VIR_ERR_AGENT_UNRESPONSIVE:
    case VIR_ERR_AGENT_UNSYNCED:
      return base::ErrorKind::guest;
    case VIR_ERR_NO_CONNECT:
    case VIR_ERR_INVALID_CONN:
    case VIR_ERR_RPC:
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
      return base::ErrorKind::host_unreachable;
    default:
      // A connection that breaks under a call has no code of its own, only this domain.
      return error.domain == VIR_FROM_RPC ? base::ErrorKind::host_unreachable : base::ErrorKind::failed;
  }
}

}  // namespace

void silence_libvirt() {
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
}

int last_libvirt_code() {
  const virError* error = virGetLastError();
  return error == nullptr ? 0 : error->code;
}

base::Error last_libvirt_error(const std::string& what, const std::string& hint) {
  const virError* error = virGetLastError();
  if (error == nullptr) return {base::ErrorKind::failed, what + ": libvirt gave no reason", hint};
  const std::string message = error->message == nullptr ? "no message" : error->message;
  return {kind_of(*error), what + ": " + message, hint};
}

}  // namespace deskloom::fleet
