// SPDX-License-Identifier: Apache-2.0
#include "cli/bulk.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "cli/files.h"
#include "crypto/crypto.h"

namespace corridor::cli {

namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kAnswerBytesMax = 1024 * 1024;
constexpr int kStallSeconds = 120;

class Handle {
 public:
  explicit Handle(int fd) : fd_(fd) {}
  ~Handle() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<Error> gone(const NodeClient& node, const std::string& why) {
  return fail(Code::unavailable, "the node of " + node.data() + " went away: " + why,
              "start it with: corridor serve --data " + node.data() + ", then try again");
}

std::unexpected<Error> of_file(const std::string& file) {
  return fail(Code::invalid, file + ": " + std::strerror(errno),
              "name a file that is there and that this user may use");
}

Result<int> connect_to(const NodeClient& node) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(node.info().port);
  if (::getaddrinfo(node.info().host.c_str(), port.c_str(), &hints, &found) != 0)
    return gone(node, "its address is not known");
  int fd = -1;
  for (const addrinfo* at = found; at != nullptr && fd < 0; at = at->ai_next) {
    fd = ::socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (fd >= 0 && ::connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
      ::close(fd);
      fd = -1;
    }
  }
  ::freeaddrinfo(found);
  if (fd < 0) return gone(node, std::strerror(errno));
  const timeval stall{kStallSeconds, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &stall, sizeof stall);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &stall, sizeof stall);
  return fd;
}

bool send_all(int socket, View bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool write_all(int fd, View bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string head_of(const NodeClient& node, std::string_view method, const std::string& path,
                    const net::Headers& headers) {
  std::string head = std::string(method) + " /0/api/v1" + path + " HTTP/1.1\r\nHost: localhost:" +
                     std::to_string(node.info().port) + "\r\nAuthorization: Bearer " + node.key() +
                     "\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers.fields()) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

// The head of an answer, and what of its body came with it.
struct Answer {
  net::Response head;
  Bytes begun;
  std::optional<std::uint64_t> bytes;
};

bool read_field(View line, net::Headers& headers) {
  const std::size_t colon = line.find(':');
  if (colon == View::npos) return false;
  View value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  headers.add(std::string(line.substr(0, colon)), std::string(value));
  return true;
}

Result<Answer> read_head(const NodeClient& node, int socket) {
  Bytes text;
  std::size_t end = Bytes::npos;
  std::array<char, 16 * 1024> room;
  while ((end = text.find("\r\n\r\n")) == Bytes::npos) {
    const ssize_t got = ::recv(socket, room.data(), room.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || text.size() > kHeadBytesMax)
      return gone(node, got < 0 ? std::strerror(errno) : "it closed the connection");
    text.append(room.data(), static_cast<std::size_t>(got));
  }
  Answer answer;
  answer.begun = text.substr(end + 4);
  View rest = View(text).substr(0, end);
  const View first = rest.substr(0, rest.find("\r\n"));
  if (!first.starts_with("HTTP/1.1 ") || first.size() < 12) return gone(node, "it does not speak HTTP");
  std::from_chars(first.data() + 9, first.data() + 12, answer.head.status);
  while (rest.find("\r\n") != View::npos) {
    rest.remove_prefix(rest.find("\r\n") + 2);
    if (!read_field(rest.substr(0, rest.find("\r\n")), answer.head.headers))
      return gone(node, "it does not speak HTTP");
  }
  if (const std::string* const length = answer.head.headers.find("Content-Length")) {
    std::uint64_t bytes = 0;
    std::from_chars(length->data(), length->data() + length->size(), bytes);
    answer.bytes = bytes;
  }
  return answer;
}

// What is left of the body, piece by piece; false ends it.
Result<> read_body(const NodeClient& node, int socket, Answer& answer,
                   const std::function<Result<>(View piece)>& take) {
  std::uint64_t got_bytes = answer.begun.size();
  if (!answer.begun.empty()) TRY(take(answer.begun));
  Bytes room(kPieceBytes, '\0');
  while (!answer.bytes || got_bytes < *answer.bytes) {
    const ssize_t got = ::recv(socket, room.data(), room.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return gone(node, std::strerror(errno));
    if (got == 0 && answer.bytes) return gone(node, "it closed the connection");
    if (got == 0) return {};
    got_bytes += static_cast<std::uint64_t>(got);
    TRY(take(View(room).substr(0, static_cast<std::size_t>(got))));
  }
  return {};
}

Result<net::Response> whole_answer(const NodeClient& node, int socket, Answer answer) {
  Bytes body;
  TRY(read_body(node, socket, answer, [&](View piece) -> Result<> {
    body += piece;
    if (body.size() > kAnswerBytesMax) return gone(node, "its answer has no end");
    return {};
  }));
  answer.head.body = std::move(body);
  return std::move(answer.head);
}

// Where a saved body grows: a part beside its file, with what an earlier try left.
struct Part {
  std::string name;  // empty: standard output
  int fd = -1;
  std::uint64_t bytes = 0;
  crypto::Sha256 sha256;
};

Result<> open_part(Part& part, const Wanted& wanted) {
  if (wanted.file == "-") {
    part.fd = STDOUT_FILENO;
    return {};
  }
  part.name = wanted.file + "." + wanted.part_name + ".part";
  part.fd = ::open(part.name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (part.fd < 0) return of_file(part.name);
  Bytes room(kPieceBytes, '\0');
  for (;;) {
    const ssize_t got = ::read(part.fd, room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return of_file(part.name);
    if (got == 0) break;
    part.sha256.update(View(room).substr(0, static_cast<std::size_t>(got)));
    part.bytes += static_cast<std::uint64_t>(got);
  }
  if (part.bytes <= wanted.bytes) return {};
  part.bytes = wanted.bytes + 1;  // not what is wanted: from the beginning
  return {};
}

Result<> begin_again(Part& part) {
  part.sha256 = crypto::Sha256();
  part.bytes = 0;
  if (part.name.empty() || (::ftruncate(part.fd, 0) == 0 && ::lseek(part.fd, 0, SEEK_SET) == 0))
    return {};
  return of_file(part.name);
}

Result<> finish_part(Part& part, const Wanted& wanted) {
  const std::string sha256 = hex(part.sha256.finish().view());
  if (sha256 != wanted.sha256) {
    if (!part.name.empty()) ::unlink(part.name.c_str());
    return fail(Code::corrupt, "the bytes are not those that were fetched: their SHA-256 is " + sha256,
                "try again; if it stays so, keep the data folder as it is");
  }
  if (part.name.empty()) return {};
  if (::fsync(part.fd) != 0) return of_file(part.name);
  if (::link(part.name.c_str(), wanted.file.c_str()) != 0) {
    if (errno == EEXIST)
      return fail(Code::conflict, wanted.file + " is there already", "name another file");
    return of_file(wanted.file);
  }
  ::unlink(part.name.c_str());
  return {};
}

Result<> load_part(const NodeClient& node, const Wanted& wanted, Part& part, const Moved& moved) {
  TRY_ASSIGN(const int fd, connect_to(node));
  const Handle socket(fd);
  net::Headers headers;
  if (part.bytes > 0) headers.add("Range", "bytes=" + std::to_string(part.bytes) + "-");
  if (!send_all(socket.get(), head_of(node, "GET", wanted.path, headers)))
    return gone(node, std::strerror(errno));
  TRY_ASSIGN(Answer answer, read_head(node, socket.get()));
  if (answer.head.status != 200 && answer.head.status != 206) {
    TRY_ASSIGN(const net::Response refused, whole_answer(node, socket.get(), std::move(answer)));
    return std::unexpected(error_of(refused));
  }
  if (answer.head.status == 200 && part.bytes > 0) TRY(begin_again(part));
  return read_body(node, socket.get(), answer, [&](View piece) -> Result<> {
    part.sha256.update(piece);
    part.bytes += piece.size();
    if (!write_all(part.fd, piece)) return of_file(part.name.empty() ? "standard output" : part.name);
    if (moved) moved(part.bytes, wanted.bytes);
    return {};
  });
}

}  // namespace

Result<json::Value> put_file(const NodeClient& node, const std::string& path,
                             const std::string& file, const std::string& media_type,
                             const Moved& moved) {
  const Handle source(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (source.get() < 0 || ::fstat(source.get(), &status) != 0) return of_file(file);
  if (!S_ISREG(status.st_mode))
    return fail(Code::invalid, file + " is no plain file", "write it to a file first");
  const auto all = static_cast<std::uint64_t>(status.st_size);
  TRY_ASSIGN(const int fd, connect_to(node));
  const Handle socket(fd);
  const net::Headers headers{{"Content-Type", media_type}, {"Content-Length", std::to_string(all)}};
  bool open = send_all(socket.get(), head_of(node, "PUT", path, headers));
  Bytes room(kPieceBytes, '\0');
  std::uint64_t sent = 0;
  // A node that refuses says so before it has everything: its answer is read all the same.
  while (open && sent < all) {
    const ssize_t got = ::read(source.get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Code::invalid, file + " became shorter meanwhile", "try again");
    const View piece = View(room).substr(0, std::min<std::uint64_t>(static_cast<std::uint64_t>(got), all - sent));
    open = send_all(socket.get(), piece);
    sent += piece.size();
    if (moved) moved(sent, all);
  }
  TRY_ASSIGN(Answer answer, read_head(node, socket.get()));
  TRY_ASSIGN(const net::Response response, whole_answer(node, socket.get(), std::move(answer)));
  if (response.status >= 400) return std::unexpected(error_of(response));
  return json::parse(response.body);
}

Result<> save_body(const NodeClient& node, const Wanted& wanted, const Moved& moved) {
  TRY(check_free(wanted.file));
  Part part;
  TRY(open_part(part, wanted));
  const Handle file(part.fd);
  if (part.bytes > wanted.bytes) TRY(begin_again(part));
  if (part.bytes < wanted.bytes || wanted.bytes == 0) TRY(load_part(node, wanted, part, moved));
  return finish_part(part, wanted);
}

}  // namespace corridor::cli
