#include "tests/crash/root_digest.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <ios>
#include <map>
#include <sstream>

#include "messages/failure.hpp"
#include "runtime/host/run_control_files.hpp"
#include "runtime/journal/database.hpp"
#include "runtime/snap/layout.hpp"
#include "runtime/snapshots/snapshots.hpp"
#include "tests/crash/snap_shelf.hpp"
#include "tests/support/make_snap.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_root.hpp"

namespace troupe::crash {

namespace {

namespace fs = std::filesystem;
using test::read_file;

constexpr std::size_t shown_bytes = 200;

constexpr auto profiles = "var/lib/snapd/profiles";

/// A file of the kernel's, whose device or process may go while it is read; empty then.
std::string read_kernel_file(const fs::path& file) {
  try {
    return read_file(file);
  } catch (const std::ios_base::failure&) {
    return {};
  }
}

/// Short texts as they are, longer ones by their size and a hash.
std::string content_line(const std::string& path, const std::string& text) {
  auto plain = text.size() <= shown_bytes &&
               std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || c >= ' '; });
  if (!plain) {
    char summary[64];
    std::snprintf(summary, sizeof summary, "%zu bytes, hash %016zx", text.size(),
                  std::hash<std::string>{}(text));
    return "file " + path + ": " + summary;
  }
  std::string line = "file " + path + ": ";
  for (auto c : text)
    line += c == '\n' ? std::string{"\\n"} : std::string{c};
  return line;
}

/// Sockets, the lock, logs and the journal's own files go with a daemon, not with what it has done.
bool is_of_daemon(const std::string& path) {
  return path == "var/log" || path.starts_with("var/log/") || path == "run" ||
         path.starts_with("run/") || path == "var/lib/troupe/lock" ||
         path.starts_with("var/lib/troupe/journal.db");
}

/// Is there from the first snap or snapshot on.
bool is_of_all_snaps(const std::string& path) {
  return path == "var/snap" || path == "var/lib/troupe/snapshots" || path == profiles;
}

/// Without its set and the times in it.
std::string snapshot_line(const fs::path& file) {
  auto saved = read_snapshot_info(file);
  auto line = "snapshot of " + saved.snap + " at " + to_string(saved.rev) + ", config " + saved.config;
  for (const auto& archive : saved.archives)
    line += ", " + archive.name + " with " + std::to_string(archive.data_bytes) + " bytes";
  return line;
}

bool is_mount_point(const std::string& path) {
  return path.starts_with("snap/") && std::count(path.begin(), path.end(), '/') == 2;
}

class root_reader {
public:
  explicit root_reader(const fs::path& root) : root_{root} {}

  digest read() {
    read_files();
    for (const auto& place : test::mounts_below(root_))
      if (place != root_)
        found_.insert("mounted " + relative(place));
    read_loop_devices();
    for (auto pid : test::processes_with("TROUPE_HOOK_ROOT", root_.string()))
      found_.insert("process " + read_kernel_file("/proc/" + std::to_string(pid) + "/comm"));
    for (auto pid : test::processes_with("TROUPE_SERVICE_ROOT", root_.string()))
      found_.insert("service " + service_of(pid));
    read_run_control();
    return found_;
  }

private:
  void read_files() {
    std::error_code gone;
    for (fs::recursive_directory_iterator at{root_, gone}, end; !gone && at != end; at.increment(gone)) {
      auto path = relative(at->path());
      auto is_directory = at->symlink_status().type() == fs::file_type::directory;
      if (is_directory && (is_of_daemon(path) || is_mount_point(path)))
        at.disable_recursion_pending();
      if (!is_of_daemon(path) && !is_of_all_snaps(path))
        read_entry(*at, path);
    }
  }

  void read_entry(const fs::directory_entry& entry, const std::string& path) {
    std::error_code gone;
    switch (entry.symlink_status(gone).type()) {
    case fs::file_type::directory:
      found_.insert("directory " + path);
      break;
    case fs::file_type::symlink: {
      auto target = fs::read_symlink(entry.path(), gone);
      // Launchers lead to a program of the build.
      found_.insert("link " + path + " -> " +
                    (target.is_absolute() ? target.filename().string() : target.string()));
      break;
    }
    default:
      if (path.ends_with(".snapshot"))
        found_.insert(snapshot_line(entry.path()));
      // What it says follows from the connections in the journal.
      else if (path.starts_with(profiles))
        found_.insert("profile " + path);
      else
        found_.insert(content_line(path, read_file(entry.path())));
    }
  }

  /// One that endures refreshes goes over to the new revision when it is started next.
  static std::string service_of(int pid) {
    std::map<std::string, std::string> variables;
    std::istringstream environment{read_kernel_file("/proc/" + std::to_string(pid) + "/environ")};
    for (std::string text; std::getline(environment, text, '\0');)
      variables[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    auto name = variables["TROUPE_SERVICE"];
    return name.ends_with(".enduring") ? name : name + " of revision " + variables["SNAP_REVISION"];
  }

  /// Launchers that wait, and groups of services' processes.
  void read_run_control() {
    const auto directory = layout{root_}.run_control_dir();
    std::error_code gone;
    for (const auto& file : fs::directory_iterator{directory, gone})
      if (auto of = host::run_control_name_of(file.path().filename());
          of.what == host::run_control_name::kind::inhibited && !of.snap.empty())
        found_.insert("waiting launchers of " + of.snap);
    try {
      const auto groups = host::read_tracking(directory).groups;
      if (groups.empty())
        return;
      for (const auto& group : fs::directory_iterator{groups, gone})
        if (auto name = group.path().filename().string(); name.find(".service.") != name.npos)
          found_.insert("group " + name);
    } catch (const failure&) {
      // No daemon has run here yet.
    }
  }

  // Source: the kernel's ABI/testing/sysfs-block-loop.
  void read_loop_devices() {
    std::error_code gone;
    for (const auto& device : fs::directory_iterator{"/sys/block", gone}) {
      auto image = read_kernel_file(device.path() / "loop/backing_file");
      if (image.starts_with(root_.string() + "/"))
        found_.insert("loop device of " + relative(image.substr(0, image.find('\n'))));
    }
  }

  std::string relative(const fs::path& path) const { return path.lexically_relative(root_).string(); }

  fs::path root_;
  digest found_;
};

std::string journal_line(const snap_state& snap) {
  auto line = "journal: snap " + snap.name + " at " + to_string(snap.current) +
              (snap.active ? ", active" : ", inactive") + ", revisions";
  for (const auto& revision : snap.revisions)
    line += " " + to_string(revision.rev);
  for (const auto& bad : snap.bad)
    line += ", bad " + to_string(bad.rev);
  for (const auto& app : snap.disabled_services)
    line += ", disabled " + app;
  return line + ", channel \"" + snap.channel + "\", config " + snap.config;
}

/// The daemon holds its journal for itself, so a copy is read.
void read_journal(const fs::path& root, const fs::path& scratch, digest& into) {
  auto journal = layout{root}.database();
  auto copy = scratch / "journal-copy.db";
  for (const auto* end : {"", "-wal", "-reserve"})
    fs::remove(copy.string() + end);
  for (const auto* end : {"", "-wal"})
    if (fs::exists(journal.string() + end))
      fs::copy_file(journal.string() + end, copy.string() + end);
  auto contents = journal_database{copy, 0}.load();
  for (const auto& snap : contents.snaps) {
    if (snap->is_installed())
      into.insert(journal_line(*snap));
    for (const auto& [ref, known] : snap->connections)
      into.insert("journal: snap " + snap->name + (known.undesired ? " left " : " connected ") +
                  to_string(ref));
  }
  for (const auto& change : contents.changes)
    if (!is_set(change.ready_at))
      into.insert("journal: not ended: " + change.summary);
}

bool is_readable(const fs::path& mounted, const std::string& name) {
  return read_file(mounted / "meta/snap.yaml").starts_with("name: " + name + "\n");
}

bool runs(const fs::path& root, const std::string& name, const installed_snap& snap) {
  auto ran = test::run_program({(root / "snap/bin" / name).string()},
                               {{"HOME", (root.parent_path() / "home").string()}});
  return ran.exit_code == 0 && ran.out.find("SNAP_REVISION=" + snap.revision) != std::string::npos;
}

} // namespace

digest digest_of(const fs::path& root, const fs::path& scratch) {
  auto found = root_reader{root}.read();
  read_journal(root, scratch, found);
  return found;
}

std::vector<std::string> differences(const digest& expected, const digest& found) {
  std::vector<std::string> result;
  for (const auto& line : expected)
    if (!found.contains(line))
      result.push_back("missing: " + line);
  for (const auto& line : found)
    if (!expected.contains(line))
      result.push_back("left over: " + line);
  return result;
}

digest digest_of_snaps(const installed_snaps& snaps, const std::string& images,
                       const std::map<std::string, fs::path>& files) {
  digest lines;
  for (const auto& [name, snap] : snaps) {
    const auto& revision = snap.revision;
    auto mounted = "snap/" + name + "/" + revision;
    auto data = "var/snap/" + name;
    auto image = "var/lib/snapd/snaps/" + name + "_" + revision + ".snap";
    lines.insert({"directory snap/" + name, "directory " + mounted, "directory " + data,
                  "directory " + data + "/common", "directory " + data + "/" + revision,
                  content_line(image, read_file(files.at(name)))});
    if (images != "unpacked")
      lines.insert("mounted " + mounted);
    if (images == "kernel")
      lines.insert("loop device of " + image);
    if (snap.active)
      lines.insert({std::string{"profile "} + profiles + "/" + name + "_" + revision + ".json",
                    "link snap/" + name + "/current -> " + revision,
                    "link " + data + "/current -> " + revision});
    lines.insert("journal: snap " + name + " at " + revision +
                 (snap.active ? ", active" : ", inactive") + ", revisions " + revision +
                 ", channel \"\", config {}");
    if (is_base(name))
      continue;
    lines.insert({content_line(data + "/common/installed", "installed\n"),
                  content_line(data + "/" + revision + "/configured", "configured\n")});
    if (snap.active)
      lines.insert("link snap/bin/" + name + " -> troupe-run");
  }
  return lines;
}

std::vector<std::string> unusable(const fs::path& root, const installed_snaps& snaps) {
  std::vector<std::string> result;
  for (const auto& [name, snap] : snaps) {
    if (!is_readable(root / "snap" / name / snap.revision, name))
      result.push_back("unreadable: " + name);
    else if (snap.active && !is_base(name) && !runs(root, name, snap))
      result.push_back("doesn't run: " + name);
  }
  return result;
}

} // namespace troupe::crash
