// SPDX-License-Identifier: Apache-2.0
//
// A plain blocking TCP socket on 127.0.0.1 for tests and benches: it sends exactly the bytes it is
// told to and shows exactly those it gets, and gives up after half a minute.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "base/bytes.h"

namespace corridor::net {

class RawSocket {
 public:
  static RawSocket connect_to(std::uint16_t port) {
    RawSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(port);
    if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      socket.shut();
    return socket;
  }
  static RawSocket listen_anywhere() {
    RawSocket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = loopback(0);
    ::bind(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(socket.fd_, 64);
    return socket;
  }

  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawSocket& operator=(RawSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~RawSocket() { shut(); }

  void shut() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void shut_sending() { ::shutdown(fd_, SHUT_WR); }
  void reset() {  // closes with RST
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    shut();
  }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] RawSocket accept() { return RawSocket(::accept4(fd_, nullptr, nullptr, 0)); }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  bool send(View bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // What comes next, at least one byte; empty when the other side has closed, or nothing came.
  std::string receive() {
    std::string bytes(64 * 1024, '\0');
    const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
  }
  // How many bytes came next, for who does not look at them.
  std::size_t receive_some() {
    std::array<char, 16 * 1024> bytes;
    const ssize_t size = ::recv(fd_, bytes.data(), bytes.size(), 0);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  std::size_t receive_into(std::span<char> room) {
    const ssize_t size = ::recv(fd_, room.data(), room.size(), 0);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  std::string receive_until(View end) {
    std::string bytes;
    for (std::string more; !bytes.contains(end) && !(more = receive()).empty();) bytes += more;
    return bytes;
  }
  std::string receive_all() {
    std::string bytes;
    for (std::string more; !(more = receive()).empty();) bytes += more;
    return bytes;
  }
  // One message with a Content-Length.
  std::string receive_message() {
    std::string bytes = receive_until("\r\n\r\n");
    const auto head = bytes.find("\r\n\r\n");
    const auto length = bytes.find("Content-Length: ");
    if (head == std::string::npos || length == std::string::npos || length > head) return bytes;
    const std::size_t size = head + 4 + std::stoul(bytes.substr(length + 16));
    for (std::string more; bytes.size() < size && !(more = receive()).empty();) bytes += more;
    return bytes;
  }

 private:
  explicit RawSocket(int fd) : fd_(fd) {
    if (fd < 0) return;
    const timeval give_up{30, 0};
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &give_up, sizeof give_up);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &give_up, sizeof give_up);
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  int fd_;
};

}  // namespace corridor::net
