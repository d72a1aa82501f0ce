#pragma once

#include <string>

#include "base/fd.hpp"

namespace deskloom::test {

// Somebody who looks at a display through RFB (RFC 6143) for as long as this lives.
class VncViewer {
 public:
  // display: "vnc://HOST:PORT". Throws when nobody serves it.
  explicit VncViewer(const std::string& display);

 private:
  std::string receive(std::size_t bytes) const;
  void send(const std::string& text) const;

  base::UniqueFd socket_;
};

}  // namespace deskloom::test
