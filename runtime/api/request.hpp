#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

class reply_stream;

/// Which of the daemon's sockets a request came by: its own, the snap client's or snapctl's.
enum class socket_role : std::uint8_t { troupe, snap, snapctl };

/// Who is at the other end, as the kernel noted it at connect.
struct peer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
  socket_role socket = socket_role::troupe;
};

/// One part of a multipart form.
struct form_part {
  std::string name;
  std::string filename;       ///< As the client gave it; never to be used as a path.
  std::string value;          ///< Of a part without a filename.
  std::filesystem::path file; ///< In the spool; of a part with a filename, else empty.
  std::uint64_t bytes = 0;
};

struct request {
  std::string method;
  std::string path;                         ///< Percent-decoded, without the query.
  std::map<std::string, std::string> query; ///< Decoded; of a repeated key, its first value.
  std::string body;                         ///< Empty for a form.
  std::vector<form_part> parts;             ///< In the order sent.
  bool is_form = false;
  peer from;
};

struct response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body;
  std::shared_ptr<reply_stream> more{}; ///< What the body goes on with, as it comes; or null.
};

} // namespace troupe
