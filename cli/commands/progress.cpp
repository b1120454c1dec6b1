#include "cli/commands/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

namespace troupe::cli {

namespace {

constexpr std::array spinner{'|', '/', '-', '\\'};
constexpr std::size_t usual_columns = 80;
constexpr std::size_t bar_columns = 30;

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return usual_columns;
  return size.ws_col;
}

bool is_running(const std::string& status) {
  return status == "Doing" || status == "Undoing" || status == "Abort";
}

bool has_begun(const std::string& status) {
  return status != "Do" && status != "Hold" && status != "Wait";
}

bool is_undo(const std::string& status) { return status == "Undoing" || status == "Undone"; }

/// The text of a log line, without its time and level.
std::string log_text(const std::string& line) {
  auto time_end = line.find(' ');
  auto level_end = time_end == line.npos ? line.npos : line.find(' ', time_end + 1);
  return level_end == line.npos ? line : line.substr(level_end + 1);
}

std::string last_log(const json::object& task) {
  const auto& log = array_of(task, "log");
  return log.empty() || !log.back().is_string() ? std::string{} : printable(log.back().get_string());
}

std::string reason_of(const json::object& task) { return text_of(object_of(task, "waiting"), "reason"); }

/// A task that waits for people to close applications doesn't count.
const json::object* running_task(const json::object& change) {
  for (const auto& item : array_of(change, "tasks"))
    if (is_running(text_of(as_object(item), "status")) && reason_of(as_object(item)) != "apps_running")
      return &as_object(item);
  return nullptr;
}

/// What keeps a change in which nothing runs; a task that waits for another task isn't the cause.
std::string cause_of_rest(const json::object& change) {
  for (const auto& item : array_of(change, "tasks")) {
    auto reason = reason_of(as_object(item));
    if (reason.empty() || reason == "predecessor" || reason == "runnable")
      continue;
    auto text = text_of(object_of(as_object(item), "waiting"), "text");
    return reason == "apps_running" ? text + "; close them, or press Ctrl-C to give up" : text;
  }
  return {};
}

} // namespace

progress::style progress::chosen(bool quiet) {
  const char* terminal = std::getenv("TERM");
  if (isatty(STDERR_FILENO) && terminal && std::string_view{terminal} != "dumb")
    return style::animated;
  return quiet ? style::silent : style::lines;
}

void progress::show(const json::object& change) {
  if (style_ == style::lines)
    show_lines(change);
  else if (style_ == style::animated)
    show_animated(change);
}

void progress::show_new_log(const json::object& task, seen& before) {
  const auto& log = array_of(task, "log");
  auto known = std::find_if(log.rbegin(), log.rend(), [&before](const json::value& line) {
    return line.is_string() && printable(line.get_string()) == before.last_log;
  });
  for (const auto* line = known.base(); line != log.end(); ++line)
    if (line->is_string())
      std::cerr << "  " << log_text(printable(line->get_string())) << '\n';
  before.last_log = last_log(task);
}

// Between two looks a change may have gone forwards and back again; told is first the way forwards.
void progress::show_lines(const json::object& change) {
  const auto& tasks = array_of(change, "tasks");
  for (const auto& item : tasks) {
    const auto& task = as_object(item);
    auto& before = seen_[text_of(task, "id")];
    if (has_begun(text_of(task, "status")) && !before.begun) {
      before.begun = true;
      std::cerr << text_of(task, "summary") << '\n';
    }
    show_new_log(task, before);
  }
  for (auto item = tasks.rbegin(); item != tasks.rend(); ++item) {
    const auto& task = as_object(*item);
    auto& before = seen_[text_of(task, "id")];
    if (is_undo(text_of(task, "status")) && !before.undone) {
      before.undone = true;
      std::cerr << "Undo: " << text_of(task, "summary") << '\n';
    }
  }
  auto waiting = running_task(change) ? std::string{} : cause_of_rest(change);
  if (!waiting.empty() && waiting != waiting_)
    std::cerr << "Waiting: " << waiting << '\n';
  waiting_ = waiting;
  std::cerr.flush();
}

void progress::show_animated(const json::object& change) {
  const auto* task = running_task(change);
  if (!task) {
    auto waiting = cause_of_rest(change);
    overwrite(waiting.empty() ? text_of(change, "summary") : "waiting: " + waiting);
    return;
  }
  const auto& step = object_of(*task, "progress");
  auto summary = (text_of(*task, "status") == "Undoing" ? "undo: " : "") + text_of(*task, "summary");
  if (number_of(step, "total") > 1) {
    auto label = text_of(step, "label");
    show_bar(label.empty() ? summary : label, number_of(step, "done"), number_of(step, "total"));
    return;
  }
  auto log = last_log(*task);
  overwrite(log.empty() ? summary : summary + ": " + log_text(log));
}

void progress::show_bar(const std::string& label, std::uint64_t done, std::uint64_t total) {
  if (style_ != style::animated)
    return;
  auto part = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  auto filled = static_cast<std::size_t>(part * bar_columns);
  auto percent = std::to_string(static_cast<int>(part * 100)) + "%";
  auto bar = "[" + std::string(filled, '=') + std::string(bar_columns - filled, ' ') + "] " + percent;
  auto columns = terminal_columns();
  auto room = columns > bar.size() + 4 ? columns - bar.size() - 4 : 0;
  overwrite(clipped(label, room) + " " + bar);
}

void progress::overwrite(const std::string& text) {
  auto columns = terminal_columns();
  auto line = text.substr(0, text.find('\n'));
  std::cerr << '\r' << spinner[frame_++ % spinner.size()] << ' '
            << colours_.faint(clipped(line, columns > 3 ? columns - 3 : 0)) << "\x1b[K" << std::flush;
  dirty_ = true;
}

void progress::say(const std::string& text) {
  clear();
  std::cerr << text << std::endl;
}

void progress::clear() {
  if (dirty_)
    std::cerr << "\r\x1b[K" << std::flush;
  dirty_ = false;
}

} // namespace troupe::cli
