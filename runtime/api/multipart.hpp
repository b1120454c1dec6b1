#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Takes what a multipart_parser finds, in order: begin_part, any number of data, end_part.
class multipart_sink {
public:
  virtual ~multipart_sink() = default;
  virtual void begin_part(const std::string& name, const std::optional<std::string>& filename) = 0;
  virtual void data(std::string_view bytes) = 0;
  virtual void end_part() = 0;
};

/// Reads a multipart/form-data body piece by piece, however it is cut into pieces, and holds back no
/// more than a delimiter or one part's headers. Source: RFC 7578 and RFC 2046, section 5.1.
/// feed and finish throw failure on malformed input or a limit, and pass on what the sink throws; after
/// that the parser must not be used.
class multipart_parser {
public:
  multipart_parser(std::string_view boundary, multipart_sink& sink);

  void feed(std::string_view bytes);

  /// Says that the body has ended. Throws failure if its closing delimiter is missing.
  void finish();

private:
  enum class state : unsigned char { preamble, part_data, delimiter_end, headers, epilogue };

  bool step();
  bool find_delimiter();
  bool end_delimiter();
  bool read_headers();
  void pass_on(std::size_t bytes);

  std::string delimiter_;
  multipart_sink& sink_;
  // A body may start with its first delimiter, without the line break that others begin with.
  std::string buffer_ = "\r\n";
  std::size_t parts_ = 0;
  state state_ = state::preamble;
};

/// The boundary if a Content-Type header says multipart/form-data, nothing if it says something else.
/// Throws failure where the boundary is missing or malformed.
std::optional<std::string> form_boundary(std::string_view content_type);

} // namespace troupe
