#include "tests/support/hooked_pair.hpp"

#include <sstream>

namespace troupe::test {

void hooked_pair::offer(snap_source source) const {
  store_.run({"add", of_.make_snap(source).string(), "--channel", "stable", "--publisher", "acme"});
}

snap_source hooked_pair::with_hooks(snap_source source, const std::string& side) const {
  const auto work = of_.where.work().string();
  source.yaml += "confinement: devmode\n"; // where both note what they do is outside of either
  const auto script =
      "#!/bin/sh\n"
      "me=$SNAP_NAME:$(basename $0)\n"
      "undone=; [ \"$TROUPE_UNDO\" = 1 ] && undone=!\n"
      "echo $me$undone >>'" +
      work +
      "/ran'\n"
      "[ \"$TROUPE_CONNECTION\" = 'player:music library:music' ] || exit 3\n"
      "[ ! -e '" +
      work + "/mood' ] || [ $(basename $0) != prepare-plug-music ] || snapctl set :music mood=$(cat '" +
      work +
      "/mood')\n"
      "[ \"$undone\" ] && echo \"$TROUPE_FAILED\" >'" +
      work +
      "/told'\n"
      "[ \"$(cat '" +
      work + "/failing')\" != \"$me\" ] || { . '" + work + "/how'; echo on demand; exit 1; }\n";
  for (const auto* does : {"prepare", "connect", "disconnect", "unprepare"})
    source.hooks[std::string{does} + "-" + side + "-music"] = script;
  const auto own = "#!/bin/sh\n[ \"$(cat '" + work + "/failing')\" != \"$SNAP_NAME:$(basename $0)\" ]\n";
  source.hooks["configure"] = own;
  return source;
}

void hooked_pair::offer_player(const std::string& version, bool has_plug) const {
  auto source = with_hooks(plain_snap("player", version), "plug");
  if (has_plug)
    source.yaml += "plugs:\n  music: {interface: content, content: songs, target: $SNAP/music}\n";
  offer(source);
}

void hooked_pair::offer_library(const std::string& version) const {
  auto source = with_hooks(plain_snap("library", version), "slot");
  source.yaml += "slots:\n  music: {interface: content, content: songs, read: [$SNAP/songs]}\n";
  offer(source);
}

void hooked_pair::declare_library(const std::string& rules) const {
  const auto file = of_.where.work() / "rules.yaml";
  write_file(file, rules);
  store_.run({"declare", "library", file.string()});
}

void hooked_pair::set_mood(const std::string& mood) const {
  write_file(of_.where.work() / "mood", mood);
}

void hooked_pair::fail_in(const std::string& hook, failing how) const {
  write_file(of_.where.work() / "failing", hook);
  write_file(of_.where.work() / "how", how == failing::killed ? "kill -9 $$\n"
                                       : how == failing::hangs
                                           ? "echo >'" + hanging().string() + "'\nsleep 1000\n"
                                           : "");
}

std::vector<std::string> hooked_pair::ran() const {
  std::vector<std::string> result;
  std::istringstream lines{read_file(of_.where.work() / "ran")};
  for (std::string line; std::getline(lines, line);)
    result.push_back(line);
  write_file(of_.where.work() / "ran", "");
  return result;
}

json::object connections(world& of) {
  return result_of(of.api.get("/v2/connections?select=all")).as_object();
}

} // namespace troupe::test
