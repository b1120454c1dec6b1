#include <catch2/catch.hpp>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A snap whose application runs what its arguments say.
snap_source shell_snap(const std::string& name, const std::string& more = {}) {
  return {"name: " + name + "\nversion: 1\napps:\n  " + name + ": {command: bin/sh}\n" + more,
          {{"bin/sh", "#!/bin/sh\neval \"$*\"\n"}},
          {}};
}

/// What an application does with a command.
program_result in(const world& w, const std::string& snap, const std::string& command,
                  const environment& more = {}) {
  auto variables = w.user();
  fs::create_directories(variables.at("HOME"));
  variables.insert(more.begin(), more.end());
  return run_program({(w.root() / "snap/bin" / snap).string(), command}, variables);
}

/// Makes a socket of the internet's and says how that went.
constexpr auto try_network =
    "perl -MSocket -e 'socket(my $s, AF_INET, SOCK_STREAM, 0) and print \"a socket\" or print \"$!\"'";

std::string profile_of(const world& w, const std::string& file) {
  return read_file(w.in_root("var/lib/snapd/profiles") / file);
}

} // namespace

TEST_CASE("an application has the network while its plug is connected, and only then") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("web", "plugs:\n  network:\n")));
  CHECK(in(w, "web", try_network).out == "a socket");
  w.fine({"disconnect", "web:network"});
  CHECK(in(w, "web", try_network).out == "Operation not permitted");
  w.fine({"connect", "web:network"});
  CHECK(in(w, "web", try_network).out == "a socket");
  install(w.api, w.make_snap(shell_snap("lonely")));
  CHECK(in(w, "lonely", try_network).out == "Operation not permitted");
}

TEST_CASE("an application sees a directory for temporary files of its own, and no other snap's data") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  install(w.api, w.make_snap(shell_snap("two")));
  write_file(w.common_data("two") / "secret", "s");
  const auto seen =
      in(w, "one", "ls /tmp; touch /tmp/mine; ls /tmp; ls " + w.common_data("two").string());
  CHECK_THAT(seen.out, Contains("mine\n") && !Contains("secret"));
  CHECK_THAT(seen.err, Contains("No such file"));
  CHECK(!fs::exists("/tmp/mine"));
  CHECK(in(w, "one", "echo x >$SNAP_COMMON/note && cat $SNAP_COMMON/note").out == "x\n");
  CHECK(read_file(w.common_data("one") / "note") == "x\n");
  CHECK(in(w, "one", "echo x >$SNAP/note").exit_code != 0);
  CHECK(in(w, "one", "echo x >/etc/troupe-was-here").exit_code != 0);
  CHECK(in(w, "one", "echo 1 >/proc/sys/vm/drop_caches").exit_code != 0);
  CHECK(in(w, "one", "ls /proc/1/root/").exit_code != 0);
  CHECK(in(w, "one", "mount -t tmpfs none /mnt").exit_code != 0);
}

TEST_CASE("an application sees its user's home only with the plug, and nothing hidden in it") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("reader", "plugs:\n  home:\n")));
  const fs::path home = w.user().at("HOME");
  write_file(home / "letter", "dear\n");
  write_file(home / ".key", "k");
  write_file(home / ".ssh/id", "k");
  write_file(home / "snap/other/data", "d");
  const auto look = "cat $SNAP_REAL_HOME/letter $SNAP_REAL_HOME/.key $SNAP_REAL_HOME/.ssh/id "
                    "$SNAP_REAL_HOME/snap/other/data; echo x >$SNAP_USER_DATA/own";
  const auto seen = in(w, "reader", look);
  INFO(seen.err);
  CHECK(seen.out == "dear\n");
  CHECK(read_file(home / "snap/reader/x1/own") == "x\n");
  w.fine({"disconnect", "reader:home"});
  CHECK(in(w, "reader", look).out.empty());
  CHECK(in(w, "reader", "cat $SNAP_USER_DATA/own").out == "x\n");
}

TEST_CASE("what a slot shares is seen where the plug wants it while they are connected") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto player = shell_snap("player", "plugs:\n  songs: {interface: content, target: $SNAP/songs}\n"
                                     "  new: {interface: content, target: $SNAP_COMMON/new}\n");
  player.files["songs/none"] = "";
  install(w.api, w.make_snap(player));
  auto library = shell_snap("library", "slots:\n  songs: {interface: content, read: [$SNAP/all]}\n"
                                       "  new: {interface: content, write: [$SNAP_COMMON/in]}\n");
  library.files["all/one"] = "la";
  install(w.api, w.make_snap(library));
  fs::create_directories(w.common_data("library") / "in");
  CHECK(in(w, "player", "ls $SNAP/songs").out == "none\n");
  w.fine({"connect", "player:songs", "library:songs"});
  w.fine({"connect", "player:new", "library:new"});
  CHECK(in(w, "player", "ls $SNAP/songs; echo x >$SNAP_COMMON/new/y").out == "one\n");
  CHECK(read_file(w.common_data("library") / "in/y") == "x\n");
  CHECK(in(w, "player", "echo x >$SNAP/songs/one").exit_code != 0);

  w.fine({"disable", "library"});
  CHECK(in(w, "player", "ls $SNAP/songs").out == "none\n");
  w.fine({"enable", "library"});
  CHECK(in(w, "player", "ls $SNAP/songs").out == "one\n");
  w.fine({"disconnect", "player:songs"});
  CHECK(in(w, "player", "ls $SNAP/songs").out == "none\n");
}

TEST_CASE("hooks and services are confined like applications") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source = shell_snap("server", "  daemon: {command: bin/serve, daemon: simple}\n");
  source.files["bin/serve"] =
      "#!/bin/sh\n" + std::string{try_network} + " >$SNAP_COMMON/service\nexec sleep 1000\n";
  source.hooks["install"] =
      "#!/bin/sh\n" + std::string{try_network} + " >$SNAP_COMMON/hook; ls /tmp >$SNAP_COMMON/tmp\n";
  install(w.api, w.make_snap(source));
  CHECK(read_file(w.common_data("server") / "hook") == "Operation not permitted");
  CHECK_THAT(read_file(w.common_data("server") / "tmp"), !Contains("snaps"));
  CHECK(eventually(
      [&] { return read_file(w.common_data("server") / "service") == "Operation not permitted"; }));
}

TEST_CASE("devmode lets an application do what its user may, and jailmode confines it all the same") {
  TROUPE_NEEDS_ROOT();
  world w;
  const auto free = w.make_snap(shell_snap("free", "confinement: devmode\n"));
  install(w.api, free);
  write_file(w.where.work() / "note", "n");
  CHECK(in(w, "free", try_network).out == "a socket");
  CHECK(in(w, "free", "cat " + (w.where.work() / "note").string()).out == "n");
  w.fine({"remove", "--purge", "free"});
  w.fine({"install", "--dangerous", "--jailmode", free.string()});
  CHECK(in(w, "free", try_network).out == "Operation not permitted");
  CHECK(in(w, "free", "cat " + (w.where.work() / "note").string()).out.empty());
  w.fine({"install", "--dangerous", "--devmode", w.make_snap(shell_snap("strict")).string()});
  CHECK(in(w, "strict", try_network).out == "a socket");
  w.fine({"install", "--dangerous", "--classic",
          w.make_snap(shell_snap("old", "confinement: classic\n")).string()});
  CHECK(in(w, "old", "cat " + (w.where.work() / "note").string()).out == "n");
}

TEST_CASE("where a user may have no files of his own, landlock keeps an application from others") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  const std::string command = "ls /var/log; echo x >$SNAP_COMMON/y && cat $SNAP_COMMON/y; "
                              "echo 1 >/proc/sys/vm/drop_caches";
  int out[2];
  REQUIRE(pipe(out) == 0);
  const auto launcher = (w.root() / "snap/bin/one").string();
  const pid_t child = fork();
  if (child == 0) {
    // unshare fails.
    sock_filter steps[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                           {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_unshare},
                           {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
                           {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    const sock_fprog filter{4, steps};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
    dup2(out[1], STDOUT_FILENO);
    dup2(out[1], STDERR_FILENO);
    close(out[0]);
    execl(launcher.c_str(), launcher.c_str(), command.c_str(), nullptr);
    _exit(1);
  }
  close(out[1]);
  std::string said;
  for (char byte = 0; read(out[0], &byte, 1) == 1;)
    said += byte;
  close(out[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK_THAT(said, Contains("'/var/log': Permission denied") && Contains("\nx\n") &&
                       Contains("drop_caches: Permission denied"));
  CHECK(status != 0);
}

TEST_CASE("profiles follow connections, and go with their revision") {
  TROUPE_NEEDS_ROOT();
  world w;
  const auto image = w.make_snap(shell_snap("web", "plugs:\n  network:\n"));
  install(w.api, image);
  const auto connected = profile_of(w, "web_x1.json");
  CHECK_THAT(connected, Contains("\"inet6\""));
  w.fine({"disconnect", "web:network"});
  CHECK_THAT(profile_of(w, "web_x1.json"), !Contains("\"inet6\""));
  w.fine({"connect", "web:network"});
  CHECK(profile_of(w, "web_x1.json") == connected);
  w.fine({"disable", "web"});
  CHECK(!fs::exists(w.in_root("var/lib/snapd/profiles/web_x1.json")));
  w.fine({"enable", "web"});
  CHECK(profile_of(w, "web_x1.json") == connected);

  fs::remove(w.in_root("var/lib/snapd/profiles/web_x1.json"));
  CHECK_THAT(in(w, "web", "true").err,
             Contains("cannot run app.web of snap \"web\": no security profile"));
  write_file(w.in_root("var/lib/snapd/profiles/gone_x1.json"), "{}");
  w.daemon.kill_hard();
  w.daemon.start();
  CHECK(profile_of(w, "web_x1.json") == connected);
  CHECK(!fs::exists(w.in_root("var/lib/snapd/profiles/gone_x1.json")));
  w.fine({"remove", "--purge", "web"});
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

TEST_CASE("what is enforced is told, and nothing else") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto info = result_of(w.api.get("/v2/system-info")).as_object();
  CHECK(text(info, "confinement") == "partial");
  CHECK(info.at("sandbox-features").as_object().contains("seccomp"));
  CHECK_THAT(w.fine({"version", "--verbose"}).out, Contains("seccomp") && Contains("mount namespace"));
}

TEST_CASE("a snap's own variables do nothing to the launcher, and its hooks get them") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto source =
      shell_snap("sly", "environment: {LD_PRELOAD: $SNAP/none.so, TROUPE_ROOT: /, COLOUR: red}\n");
  source.hooks["install"] = "#!/bin/sh\necho $COLOUR $LD_PRELOAD $TROUPE_ROOT >$SNAP_COMMON/said\n";
  const auto change = install(w.api, w.make_snap(source));
  CHECK(text(change, "status") == "Done");
  CHECK(read_file(w.common_data("sly") / "said") ==
        "red " + w.in_root("snap/sly/x1").string() + "/none.so " + w.root().string() + "\n");
  // The launcher would say that it can't preload it.
  CHECK_THAT(log_of(task_of(change, "Run install hook")), !Contains("troupe-run"));
}

TEST_CASE("a program of root sees no files by way of other processes, whoever it acts as") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  test::program other{
      {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sleep", "1000"},
      {}};
  const auto pid = std::to_string(other.pid());
  REQUIRE(eventually([&] { return fs::exists("/proc/" + pid + "/root/etc/passwd"); }));
  CHECK(in(w, "one",
           "perl -e '$) = 65534; $> = 65534; opendir(my $d, \"/proc/" + pid +
               "/root\") and print \"in\" or print \"$!\"'")
            .out == "Permission denied");
}

TEST_CASE("a program has terminals of its own, and types into none of its user's") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  CHECK(in(w, "one",
           "ls /dev/pts; perl -e 'open(my $t, \"+<\", \"/dev/ptmx\") and print \"opened\" or print "
           "\"$!\"'")
            .out == "ptmx\nopened");
  // Source: ioctl_tty(2), TIOCSTI.
  CHECK(in(w, "one", "perl -e 'my $c = \"x\"; ioctl(STDIN, 0x5412, $c) or print \"$!\"'").out ==
        "Operation not permitted");
}

TEST_CASE("an application starts new processes and threads, but no namespaces") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  CHECK(in(w, "one", "(echo a | cat) && wait && unshare -n true || echo no").out == "a\nno\n");
  CHECK(in(w, "one", "cat /etc/shadow; ls /etc | grep -c passwd").out.size() < 4);
}

TEST_CASE("a user without privileges is confined alike") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  const auto home = w.where.work() / "nobody";
  fs::create_directories(home);
  fs::permissions(home, fs::perms::all);
  for (const auto& entry : {w.where.work(), w.root(), w.in_root("run")})
    fs::permissions(entry, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
  const auto seen = run_program(
      {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
       (w.root() / "snap/bin/one").string(),
       std::string{"id -u; ls /tmp | grep -v troupe-test; ls /mnt; echo x >$SNAP_USER_DATA/y; "} +
           try_network},
      {{"HOME", home.string()}});
  INFO(seen.err);
  CHECK(seen.out == "65534\nOperation not permitted");
  CHECK_THAT(seen.err, Contains("/mnt") && !Contains("warning"));
  CHECK(read_file(home / "snap/one/x1/y") == "x\n");
}

TEST_CASE("a profile that the daemon finds to be longer than it should be is written anew") {
  TROUPE_NEEDS_ROOT();
  world w;
  install(w.api, w.make_snap(shell_snap("one")));
  const auto text = profile_of(w, "one_x1.json");
  write_file(w.in_root("var/lib/snapd/profiles/one_x1.json"), text + text);
  w.daemon.kill_hard();
  w.daemon.start();
  CHECK(profile_of(w, "one_x1.json") == text);
}

TEST_CASE("snaps share content in a chain and in a loop, each what is its own") {
  TROUPE_NEEDS_ROOT();
  world w;
  for (const std::string name : {"one", "two", "three"}) {
    auto source =
        shell_snap(name, "plugs:\n  in: {interface: content, target: $SNAP_COMMON/in}\n"
                         "slots:\n  out: {interface: content, content: in, read: [$SNAP/own]}\n");
    source.files["own/" + name] = "";
    install(w.api, w.make_snap(source));
  }
  w.fine({"connect", "two:in", "one:out"});
  w.fine({"connect", "three:in", "two:out"});
  CHECK(in(w, "two", "ls $SNAP_COMMON/in").out == "one\n");
  CHECK(in(w, "three", "ls $SNAP_COMMON/in").out == "two\n");
  w.fine({"connect", "one:in", "three:out"});
  CHECK(in(w, "one", "ls $SNAP_COMMON/in").out == "three\n");
  w.fine({"connect", "one:in", "one:out"});
  w.fine({"remove", "--purge", "two"});
  CHECK(in(w, "three", "ls $SNAP_COMMON/in").out.empty());
  w.fine({"remove", "--purge", "one", "three"});
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}
