#include "real/vnc_viewer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdexcept>

namespace deskloom::test {

VncViewer::VncViewer(const std::string& display) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(display.substr(display.rfind(':') + 1))));
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("nobody serves " + display);
  if (receive(12) != "RFB 003.008\n") throw std::runtime_error(display + " is no VNC display");
  send("RFB 003.008\n");
  const auto kinds = static_cast<std::size_t>(receive(1)[0]);
  receive(kinds);
  send("\1");  // no authentication
  if (receive(4) != std::string(4, '\0')) throw std::runtime_error(display + " refuses its viewer");
  send("\1");  // shared with others
}

std::string VncViewer::receive(std::size_t bytes) const {
  std::string text(bytes, '\0');
  if (::recv(socket_.get(), text.data(), bytes, MSG_WAITALL) != static_cast<ssize_t>(bytes))
    throw std::runtime_error("the display ended");
  return text;
}

void VncViewer::send(const std::string& text) const {
  if (::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("the display ended");
}

}  // namespace deskloom::test
