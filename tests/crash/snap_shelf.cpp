#include "tests/crash/snap_shelf.hpp"

#include "tests/support/make_snap.hpp"

namespace troupe::crash {

namespace {

test::snap_source source_of(const std::string& name);

/// Applications show their environment, or say that they run and go on doing so.
constexpr auto showing_app =
    "#!/bin/sh\n[ \"$2\" = wait ] && { echo runs; exec sleep 1000; }\nenv\necho \"arguments: $*\"\n";

test::snap_source plain_version(const std::string& name, const std::string& version) {
  auto source = test::plain_snap(name, version);
  source.files["bin/show"] = showing_app;
  if (!has_services(name))
    return source;
  source.yaml += "  job: {command: bin/job, daemon: oneshot}\n"
                 "  web: {command: bin/serve, daemon: simple, after: [job]}\n";
  if (name == "serving")
    source.yaml += "  enduring: {command: bin/serve, daemon: simple, refresh-mode: endure}\n";
  source.files["bin/serve"] = "#!/bin/sh\nexec sleep 1000\n";
  source.files["bin/job"] = version == "ailing" ? "#!/bin/sh\nexit 1\n" : "#!/bin/sh\n";
  return source;
}

/// Refreshed to, it leaves a file in its own data; pre-refresh changes nothing, since nothing undoes it.
test::snap_source next_version(const std::string& name, const std::string& version) {
  auto source = source_of(name);
  const auto plain = plain_version(name, version);
  source.yaml = plain.yaml;
  source.files = plain.files;
  source.hooks["pre-refresh"] = "#!/bin/sh\n[ -e \"$SNAP_DATA/configured\" ]\n";
  source.hooks["post-refresh"] = "#!/bin/sh\necho " + version + " > \"$SNAP_DATA/refreshed\"\n" +
                                 (version == "failing" ? "exit 1\n" : "");
  return source;
}

/// Hooks of a plug or slot that leave a file, or take it away; the last one may fail.
void add_end_hooks(test::snap_source& source, const std::string& end, bool fails) {
  for (const auto& [does, undoes] : {std::pair{"prepare", "unprepare"}, {"connect", "disconnect"}}) {
    const auto file = " \"$SNAP_COMMON/" + std::string{does} + "-" + end + "\"\n";
    source.hooks[std::string{does} + "-" + end] =
        "#!/bin/sh\n" + (fails && *does == 'c' ? std::string{"exit 1\n"} : "touch" + file);
    source.hooks[std::string{undoes} + "-" + end] = "#!/bin/sh\nrm -f" + file;
  }
}

test::snap_source connecting(const std::string& name) {
  auto source = plain_version(name, "1.0");
  if (name == "networked") {
    source.yaml += "plugs: {network: }\n";
    add_end_hooks(source, "plug-network", false);
  } else if (name == "player") {
    source.yaml += "plugs:\n  music: {interface: content, content: songs, target: $SNAP/music}\n";
    add_end_hooks(source, "plug-music", false);
  } else {
    source.yaml += "slots:\n  music: {interface: content, content: songs, read: [$SNAP/songs]}\n";
    add_end_hooks(source, "slot-music", name == "refusing-library");
  }
  return source;
}

test::snap_source source_of(const std::string& name) {
  if (name == "networked" || name == "player" || name.ends_with("library"))
    return connecting(name);
  if (auto at = name.find('@'); at != std::string::npos)
    return next_version(name.substr(0, at), name.substr(at + 1));
  if (is_base(name))
    return {"name: " + name + "\nversion: \"1.0\"\nsummary: A base of a test\ntype: base\n", {}, {}};
  auto source = plain_version(name, "1.0");
  if (auto on = name.find("-on-"); on != std::string::npos)
    source.yaml += "base: " + name.substr(on + 4) + "\n";
  source.hooks["install"] = "#!/bin/sh\necho installed > \"$SNAP_COMMON/installed\"\n";
  source.hooks["configure"] = fails_late(name)
                                  ? "#!/bin/sh\necho no\nexit 1\n"
                                  : "#!/bin/sh\necho configured > \"$SNAP_DATA/configured\"\n";
  // Nothing undoes what a hook does, so this one changes nothing.
  source.hooks["remove"] = "#!/bin/sh\n[ -e \"$SNAP_COMMON/installed\" ]\n";
  return source;
}

} // namespace

bool is_base(const std::string& snap) { return snap.starts_with("base-"); }

bool has_services(const std::string& snap) { return snap.starts_with("serving"); }

bool fails_late(const std::string& snap) { return snap.starts_with("bad-"); }

std::filesystem::path snap_shelf::image(const std::string& name) {
  const std::lock_guard lock{guard_};
  auto& image = images_[name];
  if (image.empty())
    image = test::make_snap(where_.work(), source_of(name));
  return image;
}

} // namespace troupe::crash
