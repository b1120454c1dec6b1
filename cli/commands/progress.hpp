#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "cli/commands/output.hpp"

namespace troupe::cli {

/// Tells on the standard error how a change goes.
class progress {
public:
  enum class style {
    silent,
    lines,    ///< A line when a task begins, one for each line of its log.
    animated, ///< One line that is written over.
  };

  explicit progress(style style) : style_{style}, colours_{2} {}
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// The style for where the standard error goes; `quiet` leaves only the animated one.
  static style chosen(bool quiet);

  /// Shows a change as the API gives it.
  void show(const json::object& change);

  /// Shows something that isn't part of the change, on a line of its own.
  void say(const std::string& text);

  /// Shows a bar in the animated style. `total` isn't 0.
  void show_bar(const std::string& label, std::uint64_t done, std::uint64_t total);

private:
  struct seen {
    bool begun = false;
    bool undone = false;
    std::string last_log;
  };

  void show_lines(const json::object& change);
  void show_new_log(const json::object& task, seen& before);
  void show_animated(const json::object& change);
  void overwrite(const std::string& text);
  void clear();

  style style_;
  colours colours_;
  std::map<std::string, seen> seen_;
  std::string waiting_;
  std::size_t frame_ = 0;
  bool dirty_ = false;
};

} // namespace troupe::cli
