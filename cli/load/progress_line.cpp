#include "cli/load/progress_line.hpp"

#include <cstdio>
#include <memory>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/load/flatness.hpp"

namespace troupe::load {

progress_line::progress_line() : is_shown_{isatty(STDERR_FILENO) == 1} {}

progress_line::~progress_line() { write({}); }

void progress_line::write(const std::string& text) const {
  if (!is_shown_)
    return;
  winsize size{};
  auto columns = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1 : 79;
  std::fprintf(stderr, "\r%.*s\x1b[K", columns, text.c_str());
  std::fflush(stderr);
}

void progress_line::show(const moment& now) {
  auto seconds = static_cast<unsigned long>(now.at_s);
  char text[256];
  std::snprintf(text, sizeof text,
                "%02lu:%02lu  %llu in flight, %.0f/s, p50 %.0f p99 %.0f ms, %llu refused", seconds / 60,
                seconds % 60, static_cast<unsigned long long>(now.in_flight), now.operations_per_s,
                now.p50_ms, now.p99_ms, static_cast<unsigned long long>(now.refused));
  std::string line = text;
  if (now.daemon)
    line += ", " + in_mebibytes(now.daemon->memory_bytes) + ", " +
            std::to_string(now.daemon->descriptors) + " fds";
  write(line);
}

std::function<void(std::size_t)> progress_line::packing(std::size_t all) {
  auto line = std::make_shared<progress_line>();
  return [line, all](std::size_t packed) {
    line->write("packing snaps: " + std::to_string(packed) + " of " + std::to_string(all));
  };
}

} // namespace troupe::load
