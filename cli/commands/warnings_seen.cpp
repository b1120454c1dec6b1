#include "cli/commands/warnings_seen.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace troupe::cli {

namespace {

namespace fs = std::filesystem;

/// Source: the XDG base directory specification, XDG_STATE_HOME.
fs::path file_of_user() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state == '/')
    return fs::path{state} / "troupe/warnings-seen.json";
  const char* home = std::getenv("HOME");
  if (!home || *home != '/')
    throw failure{"cannot remember which warnings were seen: HOME isn't set"};
  return fs::path{home} / ".local/state/troupe/warnings-seen.json";
}

/// One spelling of the root, however it was given.
std::string key_of(const session& session) {
  std::error_code code;
  auto root = fs::weakly_canonical(session.root, code);
  return code ? session.root.string() : root.string();
}

json::object read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return {};
  std::ostringstream text;
  text << in.rdbuf();
  try {
    return json::parse_object(text.str());
  } catch (const failure& why) {
    throw failure{"cannot read \"" + file.string() + "\": " + why.what()};
  }
}

failure not_written(const fs::path& file, const std::string& reason) {
  return failure{"cannot write \"" + file.string() + "\": " + reason};
}

} // namespace

std::string warnings_seen(const session& session) {
  return json::string_or(read(file_of_user()), key_of(session));
}

// Renamed into place, so that two calls at once leave one of both texts whole.
void remember_warnings_seen(const session& session, const std::string& until) {
  auto file = file_of_user();
  json::object seen;
  try {
    seen = read(file);
  } catch (const failure&) {
    seen.clear();
  }
  seen[key_of(session)] = until;
  std::error_code code;
  fs::create_directories(file.parent_path(), code);
  if (code)
    throw not_written(file, code.message());
  auto draft = file.string() + "." + std::to_string(getpid());
  std::ofstream out{draft, std::ios::binary};
  out << json::write(seen) << '\n';
  out.close();
  if (!out)
    code.assign(errno, std::generic_category());
  else
    fs::rename(draft, file, code);
  if (code) {
    std::error_code ignored;
    fs::remove(draft, ignored);
    throw not_written(file, code.message());
  }
}

} // namespace troupe::cli
