#include <catch2/catch.hpp>

#include <functional>

#include <sys/stat.h>

#include "tests/support/world.hpp"

using namespace troupe;
using namespace troupe::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A file that is refused, and words of the message that say what is wrong and where.
struct bad_file {
  std::string what;
  std::function<void(const fs::path& image)> make;
  std::vector<std::string> says;
};

/// A snap's metadata or files that are refused.
struct bad_snap {
  std::string what;
  std::function<void(const fs::path& tree)> spoil;
  std::vector<std::string> says;
};

std::function<void(const fs::path&)> yaml(const std::string& text) {
  return [text](const fs::path& tree) { write_file(tree / "meta/snap.yaml", text); };
}

const std::string head = "name: bad\nversion: 1\n";

std::function<void(const fs::path&)> app(const std::string& name, const std::string& command) {
  return yaml(head + "apps:\n  " + name + ":\n    command: " + command + "\n");
}

std::string bomb() {
  std::string text = head + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 12; ++level) {
    auto last = "*a" + std::to_string(level - 1);
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + last;
    for (int i = 1; i < 10; ++i)
      text += ", " + last;
    text += "]\n";
  }
  return text;
}

void cut(const fs::path& image, std::uintmax_t bytes) {
  auto tree = write_snap(image.parent_path() / "whole", plain_snap("bad"));
  write_file(tree / "data", std::string(300'000, 'x'));
  pack_anything(tree, image);
  fs::resize_file(image, bytes);
}

const std::vector<bad_file> bad_files{
    {"a text",
     [](const fs::path& image) { write_file(image, std::string(10'000, 'x')); },
     {"bad.snap", "not a squashfs image"}},
    {"an empty file",
     [](const fs::path& image) { write_file(image, ""); },
     {"bad.snap", "not a squashfs image"}},
    {"a beginning of an image",
     [](const fs::path& image) { cut(image, 50); },
     {"bad.snap", "not a squashfs image"}},
    {"a truncated image",
     [](const fs::path& image) { cut(image, 600); },
     {"bad.snap", "truncated", "600 of"}},
    {"an image with damaged tables",
     [](const fs::path& image) {
       pack_anything(write_snap(image.parent_path() / "whole", plain_snap("bad")), image);
       auto bytes = read_file(image);
       // Source: the squashfs format: the superblock of 96 bytes is followed by data and tables.
       for (std::size_t at = 96; at < bytes.size(); ++at)
         bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
       write_file(image, bytes);
     },
     {"bad.snap", "damaged"}},
};

const std::vector<bad_snap> bad_snaps{
    {"no metadata",
     [](const fs::path& tree) { fs::remove(tree / "meta/snap.yaml"); },
     {"bad.snap", "meta/snap.yaml is missing"}},
    {"metadata that is a directory",
     [](const fs::path& tree) {
       fs::remove(tree / "meta/snap.yaml");
       fs::create_directory(tree / "meta/snap.yaml");
     },
     {"meta/snap.yaml isn't a regular file"}},
    {"metadata that is a link",
     [](const fs::path& tree) {
       fs::remove(tree / "meta/snap.yaml");
       fs::create_symlink("/etc/passwd", tree / "meta/snap.yaml");
     },
     {"meta/snap.yaml isn't a regular file"}},
    {"metadata that not all may read",
     [](const fs::path& tree) { fs::permissions(tree / "meta/snap.yaml", fs::perms{0600}); },
     {"meta/snap.yaml must be readable", "0600"}},
    {"metadata that is no YAML", yaml(head + "apps: [unclosed\n"), {"meta/snap.yaml", "line "}},
    {"metadata that is a list", yaml("- name\n- version\n"), {"meta/snap.yaml", "must be a map"}},
    {"empty metadata", yaml(""), {"meta/snap.yaml", "\"name\" is missing"}},
    {"metadata in another encoding", yaml(head + "summary: \xff\xfe\n"), {"meta/snap.yaml", "UTF-8"}},
    {"a YAML bomb", yaml(bomb()), {"meta/snap.yaml", "aliases expanded"}},
    {"metadata that is too long",
     yaml(head + "x: " + std::string(1U << 20, 'x') + "\n"),
     {"meta/snap.yaml", "larger than 1048576 bytes"}},
    {"metadata that is nested too deep",
     yaml(head + "x: " + std::string(5000, '[') + std::string(5000, ']') + "\n"),
     {"meta/snap.yaml", "nested"}},
    {"a key that stands twice", yaml(head + "name: again\n"), {"line 3", "\"name\" stands twice"}},
    {"no name", yaml("version: 1\n"), {"\"name\" is missing"}},
    {"no version", yaml("name: bad\n"), {"\"version\" is missing"}},
    {"a name that climbs",
     yaml("name: ../../../etc\nversion: 1\n"),
     {"line 1", "invalid snap name", "../../../etc"}},
    {"an absolute name", yaml("name: /etc\nversion: 1\n"), {"line 1", "invalid snap name"}},
    {"a name of capitals", yaml("name: BAD\nversion: 1\n"), {"line 1", "invalid snap name"}},
    {"a name with an instance key",
     yaml("name: bad_two\nversion: 1\n"),
     {"line 1", "invalid snap name"}},
    {"a name that is too long",
     yaml("name: " + std::string(41, 'a') + "\nversion: 1\n"),
     {"line 1", "invalid snap name"}},
    {"the name of the launchers' directory",
     yaml("name: bin\nversion: 1\n"),
     {"line 1", "invalid snap name"}},
    {"a version that climbs", yaml("name: bad\nversion: ../1\n"), {"line 2", "invalid snap version"}},
    {"a version that is too long",
     yaml("name: bad\nversion: " + std::string(33, '1') + "\n"),
     {"line 2", "invalid snap version"}},
    {"an unknown type", yaml(head + "type: gizmo\n"), {"line 3", "invalid snap type", "gizmo"}},
    {"a base that climbs", yaml(head + "base: ../core\n"), {"line 3", "invalid base"}},
    {"an app name that climbs", app("../../bin/sh", "bin/show"), {"invalid app name", "../../bin/sh"}},
    {"an app name with a blank", app("\"a b\"", "bin/show"), {"invalid app name"}},
    {"an app without command",
     yaml(head + "apps:\n  bad:\n    daemon: simple\n"),
     {"\"bad\" has no \"command\""}},
    {"an absolute command", app("bad", "/bin/sh"), {"line 5", "\"/bin/sh\"", "not absolute"}},
    {"a command that climbs", app("bad", "../../../bin/sh"), {"line 5", "leads out of the snap"}},
    {"a command that climbs later", app("bad", "bin/../../sh"), {"line 5", "leads out of the snap"}},
    {"a command that isn't there", app("bad", "bin/nothing"), {"app \"bad\"", "bin/nothing", "missing"}},
    {"a command that can't be executed",
     [](const fs::path& tree) { fs::permissions(tree / "bin/show", fs::perms{0644}); },
     {"app \"bad\"", "isn't executable", "0644"}},
    {"a command that is a link out of the snap",
     [](const fs::path& tree) {
       fs::remove(tree / "bin/show");
       fs::create_symlink("../../../bin/sh", tree / "bin/show");
     },
     {"app \"bad\"", "leads out of the snap"}},
    {"an absolute command of a chain",
     yaml(head + "apps:\n  bad:\n    command: bin/show\n    command-chain: [/bin/sh]\n"),
     {"line 6", "not absolute"}},
    {"a hook with an invalid name",
     [](const fs::path& tree) { write_file(tree / "meta/hooks/Bad_Hook", "#!/bin/sh\n"); },
     {"meta/hooks", "invalid hook name", "Bad_Hook"}},
    {"an invalid hook name in the metadata",
     yaml(head + "hooks:\n  ../x: null\n"),
     {"line 4", "invalid hook name"}},
    {"a hook that can't be executed",
     [](const fs::path& tree) {
       write_file(tree / "meta/hooks/install", "#!/bin/sh\n");
       fs::permissions(tree / "meta/hooks/install", fs::perms{0644});
     },
     {"hook \"install\"", "isn't executable", "0644"}},
    {"a hook that is a directory",
     [](const fs::path& tree) { fs::create_directories(tree / "meta/hooks/install"); },
     {"hook \"install\"", "isn't a regular file"}},
    {"an alias name that climbs",
     yaml(head + "apps:\n  bad:\n    command: bin/show\n    aliases: [../sh]\n"),
     {"line 6", "invalid alias name"}},
};

void check_refused(world& w, const fs::path& image, const std::vector<std::string>& says) {
  auto refused = w.troupe({"install", "--dangerous", image.string()});
  CHECK(refused.exit_code == 1);
  CHECK(refused.out.empty());
  CHECK_THAT(refused.err, Catch::StartsWith("error: "));
  CHECK_THAT(refused.err, !Contains("spool"));
  for (const auto& part : says)
    CHECK_THAT(refused.err, Contains(part));
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
}

} // namespace

TEST_CASE("files that are no whole snap image are refused with what is wrong and where") {
  TROUPE_NEEDS_ROOT();
  world w;
  for (const auto& bad : bad_files) {
    INFO(bad.what);
    auto image = w.where.work() / "bad.snap";
    bad.make(image);
    check_refused(w, image, bad.says);
    fs::remove(image);
    fs::remove_all(w.where.work() / "whole");
  }
  CHECK(unready_changes(w.api).empty());
  CHECK(text(install(w.api, w.make_snap(plain_snap("good"))), "status") == "Done");
}

TEST_CASE("snaps that break a rule are refused with what is wrong and where") {
  TROUPE_NEEDS_ROOT();
  world w;
  for (const auto& bad : bad_snaps) {
    INFO(bad.what);
    auto tree = write_snap(w.where.work() / "tree", plain_snap("bad"));
    bad.spoil(tree);
    auto image = w.where.work() / "bad.snap";
    check_refused(w, pack_anything(tree, image), bad.says);
    fs::remove(image);
    fs::remove_all(tree);
  }
  CHECK(unready_changes(w.api).empty());
  CHECK(text(install(w.api, w.make_snap(plain_snap("good"))), "status") == "Done");
}

TEST_CASE("paths that are no file are refused before anything is sent") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto work = w.where.work();
  fs::create_directory(work / "directory");
  REQUIRE(mkfifo((work / "pipe").c_str(), 0600) == 0);
  for (const auto& [name, says] :
       std::vector<std::pair<std::string, std::string>>{{"missing.snap", "No such file or directory"},
                                                        {"directory", "it is a directory"},
                                                        {"pipe", "it isn't a plain file"}}) {
    auto path = (work / name).string();
    auto refused = w.troupe({"install", "--dangerous", path});
    CHECK(refused.exit_code == 1);
    CHECK_THAT(refused.err, Contains(path) && Contains(says));
  }
}

TEST_CASE("an install that can't be is refused and leaves nothing more than there was") {
  TROUPE_NEEDS_ROOT();
  world w;
  auto image = w.make_snap(plain_snap("hello")).string();
  auto refused = [&](std::vector<std::string> words, const std::string& says, int exit_code = 1) {
    auto result = w.troupe(std::move(words));
    CHECK(result.exit_code == exit_code);
    CHECK_THAT(result.err, Contains(says));
  };
  refused({"install", image}, "cannot find signatures with metadata for snap \"hello_1.0_all.snap\"");
  refused({"install", "--dangerous", "--name", "other", image}, "the file holds snap \"hello\"");
  refused({"install", "--dangerous", "--name", "../hello", image}, "invalid snap name: \"../hello\"");
  refused({"install", "--dangerous", "--name", "hello_TWO", image}, "invalid instance key: \"TWO\"");
  refused({"install", "--dangerous", "--name", "hello_", image}, "invalid instance key");
  auto classic = plain_snap("classy");
  classic.yaml += "confinement: classic\n";
  auto classic_image = w.make_snap(classic).string();
  refused({"install", "--dangerous", classic_image}, "requires classic confinement");
  CHECK(lasting_leftovers(w.root()) == std::vector<std::string>{});
  CHECK(unready_changes(w.api).empty());
  CHECK(w.troupe({"install", "--dangerous", "--classic", classic_image}).exit_code == 0);

  REQUIRE(w.troupe({"install", "--dangerous", image}).exit_code == 0);
  REQUIRE(w.troupe({"disable", "hello"}).exit_code == 0);
  eventually([&] { return fs::is_empty(w.in_root("var/lib/troupe/spool")); });
  auto before = leftovers(w.root());
  refused({"install", "--dangerous", image}, "\"hello\": it is disabled; enable it first");
  CHECK(eventually([&] { return leftovers(w.root()) == before; }));
  CHECK(unready_changes(w.api).empty());
}
