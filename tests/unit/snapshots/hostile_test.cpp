#include <fcntl.h>

#include <functional>

#include "runtime/host/durable.hpp"
#include "runtime/limits.hpp"
#include "runtime/snap/digest.hpp"
#include "runtime/snapshots/archive_output.hpp"
#include "runtime/snapshots/container.hpp"
#include "support.hpp"

using namespace troupe;
using namespace troupe::testing;
using namespace troupe::snapshots;
using Catch::Matchers::Contains;

namespace {

/// A member of an archive that somebody else made.
struct entry {
  std::string path;
  unsigned int type = AE_IFREG;
  std::string content = {};
  std::string link = {};
  bool is_hard_link = false;
  la_int64_t hole = 0;
  std::vector<std::pair<std::string, std::string>> attributes = {};
};

const entry top{".", AE_IFDIR};

void add(archive_output& output, const entry& what) {
  const entry_ptr member{archive_entry_new()};
  archive_entry_copy_pathname(member.get(), what.path.c_str());
  archive_entry_set_filetype(member.get(), what.type);
  archive_entry_set_perm(member.get(), 0755);
  archive_entry_set_size(member.get(), static_cast<la_int64_t>(what.content.size()) + what.hole);
  if (what.hole > 0)
    archive_entry_sparse_add_entry(member.get(), 0, static_cast<la_int64_t>(what.content.size()));
  if (what.is_hard_link)
    archive_entry_copy_hardlink(member.get(), what.link.c_str());
  else if (!what.link.empty())
    archive_entry_copy_symlink(member.get(), what.link.c_str());
  for (const auto& [name, value] : what.attributes)
    archive_entry_xattr_add_entry(member.get(), name.c_str(), value.data(), value.size());
  output.begin(member.get());
  output.write(what.content.data(), what.content.size());
}

struct hostile_fixture : data_fixture {
  hostile_fixture() : data_fixture{disk::memory}, before{look_in(dir / "data")} {
    fs::create_directory(dir / "snapshots");
    fs::create_directory(dir / "outside");
    put(dir / "outside/victim", "untouched");
  }

  /// Makes a snapshot whose revision's archive holds the entries; all its digests are right.
  void make(
      const std::vector<entry>& entries,
      const std::function<void(snapshot_archive&)>& lie = [](snapshot_archive&) {}) const {
    host::file_descriptor file{open(this->file().c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    container_writer writer{file.get(), sample_info(), {revision_archive}, "cannot write"};
    writer.begin_archive();
    archive_output output{file.get(), "cannot write"};
    std::uint64_t data_bytes = 0;
    for (const auto& one : entries) {
      add(output, one);
      data_bytes += one.content.size();
    }
    output.end();
    snapshot_archive archive{revision_archive, output.bytes(), output.unpacked_bytes(), data_bytes,
                             output.finish_digest()};
    lie(archive);
    writer.end_archive(archive);
    writer.finish();
  }

  std::string restore_refusal() const {
    auto reason = refusal([&] { restore_snapshot(file(), sample_key, places(), {}); });
    CHECK(look_in(dir / "data") == before);
    CHECK(text_of(dir / "outside/victim") == "untouched");
    CHECK(std::distance(fs::directory_iterator{dir / "outside"}, {}) == 1);
    return reason;
  }

  /// Both the check and the restore refuse, for the same reason.
  void is_refused(const std::string& reason) const {
    CHECK_THAT(refusal([&] { check_snapshot(file(), sample_key, {}); }), Contains(reason));
    CHECK_THAT(restore_refusal(), Contains(reason));
  }

  std::vector<std::string> before;
};

/// A container made by hand, for those whose frame is wrong.
void write_container(const fs::path& file, const std::vector<entry>& members) {
  const archive_ptr writer{archive_write_new()};
  archive_write_set_format_gnutar(writer.get());
  archive_write_set_bytes_per_block(writer.get(), 512);
  archive_write_set_bytes_in_last_block(writer.get(), 1);
  REQUIRE(archive_write_open_filename(writer.get(), file.c_str()) == ARCHIVE_OK);
  for (const auto& one : members) {
    const entry_ptr member{archive_entry_new()};
    archive_entry_copy_pathname(member.get(), one.path.c_str());
    archive_entry_set_filetype(member.get(), AE_IFREG);
    std::string content = one.content;
    if (content == "right digest") {
      archive_entry_set_size(member.get(), 97);
      archive_write_header(writer.get(), member.get());
      content = sha3_384_of(text_of(file)) + "\n";
    } else {
      archive_entry_set_size(member.get(), static_cast<la_int64_t>(content.size()));
      archive_write_header(writer.get(), member.get());
    }
    archive_write_data(writer.get(), content.data(), content.size());
  }
  REQUIRE(archive_write_close(writer.get()) == ARCHIVE_OK);
}

std::string meta_with(const std::string& key, const std::string& value) {
  auto text = std::string{R"({"format":1,"set":12,"snap":"firefox_work","snap-id":"","revision":"7",)"
                          R"("version":"1","summary":"","epoch":{"read":[0],"write":[0]},"time-ns":1,)"
                          R"("config":{},"devmode":false,"jailmode":false,"classic":false,)"
                          R"("automatic":false,"archives":[]})"};
  const auto at = text.find("\"" + key + "\":");
  const auto begin = at + key.size() + 3;
  std::size_t end = begin;
  for (int depth = 0; depth > 0 || (text[end] != ',' && text[end] != '}'); ++end)
    depth += text[end] == '{' || text[end] == '[' ? 1 : text[end] == '}' || text[end] == ']' ? -1 : 0;
  return value.empty() ? text.replace(at, end + 1 - at, "") : text.replace(begin, end - begin, value);
}

} // namespace

TEST_CASE("members that lie outside of the archive's directory are refused, and nothing is left") {
  const hostile_fixture data;
  const auto outside = (data.dir / "outside").string();
  const std::pair<const char*, const char*> cases[] = {
      {"../escaped", "isn't plain"},
      {"a/../../escaped", "isn't plain"},
      {"..", "isn't plain"},
      {"./escaped", "isn't plain"},
      {"a//b", "isn't plain"},
      {"/etc/x", "absolute path"},
      {"not/there/yet", "doesn't follow the directory"}};
  for (const auto& [path, reason] : cases) {
    INFO(path);
    data.make({top, {path, AE_IFREG, "x"}});
    data.is_refused(reason);
  }
  data.make({top, {outside + "/new", AE_IFREG, "x"}});
  data.is_refused("absolute path");
  data.make({top, {std::string(256, 'n'), AE_IFREG, "x"}});
  data.is_refused("longer than 255 bytes");
}

TEST_CASE("nothing is written through a link that an archive holds") {
  const hostile_fixture data;
  const auto outside = (data.dir / "outside").string();
  const entry link{"link", AE_IFLNK, "", outside};
  data.make({top, link, {"link/new", AE_IFREG, "x"}});
  data.is_refused("doesn't follow the directory that it lies in");
  data.make({top, link, {"link", AE_IFDIR}, {"link/new", AE_IFREG, "x"}});
  data.is_refused("it is there twice");
  data.make({top, {"link", AE_IFLNK, "", outside + "/victim"}, {"link", AE_IFREG, "x"}});
  data.is_refused("it is there twice");
}

TEST_CASE("a hard link to what isn't a file of the archive is refused") {
  const hostile_fixture data;
  const auto outside = (data.dir / "outside").string();
  const auto hard = [](const std::string& target) { return entry{"hard", AE_IFREG, "", target, true}; };
  for (const auto& target : {outside + "/victim", std::string{"../../outside/victim"}}) {
    INFO(target);
    data.make({top, hard(target)});
    CHECK_THAT(data.restore_refusal(), Contains("absolute path") || Contains("isn't plain"));
  }
  data.make({top, {"link", AE_IFLNK, "", outside}, hard("link/victim")});
  CHECK_THAT(data.restore_refusal(), Contains("which isn't a file before it"));
  data.make({top, {"link", AE_IFLNK, "", outside + "/victim"}, hard("link")});
  CHECK_THAT(data.restore_refusal(), Contains("which isn't a file before it"));
  data.make({top, hard("missing")});
  CHECK_THAT(data.restore_refusal(), Contains("which isn't a file before it"));
}

TEST_CASE("devices, members twice, and archives without their directory are refused") {
  const hostile_fixture data;
  data.make({top, {"null", AE_IFCHR}});
  data.is_refused("neither a file nor a directory");
  data.make({top, {"disk", AE_IFBLK}});
  data.is_refused("neither a file nor a directory");
  data.make({top, {"f", AE_IFREG, "1"}, {"f", AE_IFREG, "2"}});
  data.is_refused("it is there twice");
  data.make({top, {"d", AE_IFDIR}, {"f", AE_IFREG}, {"d", AE_IFDIR}});
  data.is_refused("it is there twice");
  data.make({top, {"d", AE_IFDIR}, {"e", AE_IFDIR}, {"d/late", AE_IFREG}});
  data.is_refused("doesn't follow the directory that it lies in");
  data.make({top, top});
  data.is_refused("it is there twice");
  data.make({{"f", AE_IFREG, "1"}});
  data.is_refused("doesn't begin with its directory");
  data.make({});
  data.is_refused("it is empty");
}

TEST_CASE("an archive that holds more than its snapshot says is refused") {
  const hostile_fixture data;
  const entry large{"zeros", AE_IFREG, std::string(8U << 20, '\0')};
  data.make({top, large}, [](snapshot_archive& archive) { archive.data_bytes = 1000; });
  data.is_refused("holds more data than meta.json says");
  data.make({top, large}, [](snapshot_archive& archive) { archive.unpacked_bytes = 1000; });
  data.is_refused("unpacks to more than meta.json says");
  data.make({top, large}, [](snapshot_archive& archive) { archive.data_bytes = 1ULL << 60U; });
  CHECK_THROWS_MATCHES(restore_snapshot(data.file(), sample_key, data.places(), {}), failure,
                       is_of_kind(failure_kind::insufficient_space));
  CHECK(look_in(data.dir / "data") == data.before);
}

TEST_CASE("sizes beyond the limits are refused") {
  const hostile_fixture data;
  entry huge{"huge", AE_IFREG, "x"};
  huge.hole = static_cast<la_int64_t>(limits::snapshot_member_bytes);
  data.make({top, huge});
  data.is_refused("it is longer than 17592186044416 bytes");
  entry dressed{"dressed", AE_IFREG, "x"};
  for (int i = 0; i < 5; ++i)
    dressed.attributes.emplace_back("user.n" + std::to_string(i), std::string(60'000, 'v'));
  data.make({top, dressed});
  data.is_refused("extended attributes are larger than 262144 bytes");
  std::vector<entry> deep{top};
  for (std::size_t i = 0; i < limits::copied_tree_levels + 2; ++i)
    deep.push_back({i == 0 ? "d" : deep.back().path + "/d", AE_IFDIR});
  data.make(deep);
  data.is_refused("more than 256 directories are nested");
}

TEST_CASE("an archive whose digest isn't the one in meta.json is refused") {
  const hostile_fixture data;
  data.make({top, {"f", AE_IFREG, "x"}},
            [](snapshot_archive& archive) { archive.sha3_384 = std::string(96, 'a'); });
  data.is_refused("its revision.tar.zst is damaged: its SHA3-384 is ");
}

TEST_CASE("a meta.json that isn't a snapshot's is refused with the field that is wrong") {
  const hostile_fixture data;
  const auto refused = [&](const std::string& meta) {
    write_container(data.file(),
                    {{"meta.json", AE_IFREG, meta}, {"sha3-384", AE_IFREG, "right digest"}});
    return refusal([&] { read_snapshot_info(data.file()); });
  };
  CHECK(refused(meta_with("version", "\"2\"")).empty());
  CHECK_THAT(refused(meta_with("format", "2")),
             Contains("it has format 2") && Contains("use a newer version"));
  CHECK_THAT(refused(meta_with("snap", "\"../x\"")), Contains("invalid snap name"));
  for (const auto& [key, value] : {std::pair{"format", "0"},
                                   {"format", ""},
                                   {"set", "0"},
                                   {"set", "-1"},
                                   {"set", "\"1\""},
                                   {"snap", "7"},
                                   {"snap-id", ""},
                                   {"revision", "\"unset\""},
                                   {"revision", "\"07\""},
                                   {"version", "null"},
                                   {"summary", ""},
                                   {"epoch", "1"},
                                   {"time-ns", "\"now\""},
                                   {"config", "[]"},
                                   {"devmode", "1"},
                                   {"automatic", ""}}) {
    INFO(key << " " << value);
    CHECK_THAT(refused(meta_with(key, value)),
               Contains("isn't that of a snapshot: \"" + std::string{key}));
  }
  CHECK_THAT(refused(meta_with("epoch", R"({"read":[],"write":[0]})")),
             Contains("\"epoch\" is malformed"));
  CHECK_THAT(refused(meta_with("archives", R"([{"name":"x","bytes":1,"unpacked-bytes":1,"data-bytes":1,)"
                                           R"("sha3-384":"00"}])")),
             Contains("is no digest"));
  CHECK_THAT(refused(meta_with("archives", R"([{"name":"common.tar.zst","bytes":1,"unpacked-bytes":1,)"
                                           R"("data-bytes":1,"sha3-384":")" +
                                               std::string(96, '0') + "\"}]")),
             Contains("lists other archives than are there"));
  CHECK_THAT(refused("[]"), Contains("it must be an object"));
  CHECK_THAT(refused("{"), Contains("isn't that of a snapshot"));
  CHECK_THAT(refused(""), Contains("isn't that of a snapshot"));
  CHECK_THAT(refused(std::string(limits::snapshot_meta_bytes + 1, ' ')), Contains("is larger than"));
}

TEST_CASE("a file that isn't a snapshot is refused") {
  const hostile_fixture data;
  const auto refused = [&] { return refusal([&] { read_snapshot_info(data.file()); }); };
  for (const std::string& text : {std::string{}, std::string{"<html>502</html>"},
                                  std::string(4096, '\0'), std::string(4096, 'x')}) {
    put(data.file(), text);
    CHECK_THAT(refused(), Contains("cannot read snapshot \"") && Contains("it isn't a snapshot"));
  }
  const entry meta{"meta.json", AE_IFREG, meta_with("version", "\"2\"")};
  const entry digest{"sha3-384", AE_IFREG, "right digest"};
  write_container(data.file(), {meta});
  CHECK_THAT(refused(), Contains("it isn't a snapshot"));
  write_container(data.file(), {digest, meta});
  CHECK_THAT(refused(), Contains("it isn't a snapshot"));
  write_container(data.file(), {meta, {"other", AE_IFREG, "x"}, digest});
  CHECK_THAT(refused(), Contains("it isn't a snapshot") || Contains("damaged"));
  write_container(data.file(), {meta, meta, meta, meta, meta, digest});
  CHECK_THAT(refused(), Contains("other members than a snapshot has"));
  write_container(data.file(), {meta, {"sha3-384", AE_IFREG, std::string(97, 'a')}});
  CHECK_THAT(refused(), Contains("it is damaged"));
}
