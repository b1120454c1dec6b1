#include "support.hpp"

using namespace troupe;
using namespace troupe::testing;
using Catch::Matchers::Contains;

TEST_CASE("a changed byte is found wherever it is, and the damaged archive is named") {
  const data_fixture data{disk::memory};
  std::string noise;
  for (int i = 0; i < 20'000; ++i)
    noise += std::to_string(i * 7919);
  put(data.dir / "data/7/noise", noise);
  put(data.dir / "data/common/noise", noise);
  const auto written = data.write();
  const auto before = look_in(data.dir / "data");
  const auto good = text_of(data.file());
  // In a header a name ends with a zero byte, in meta.json with a quote.
  const auto begin_of = [&](const std::string& name) { return good.find(name + '\0') + 512; };
  const auto revision_begin = begin_of("revision.tar.zst");
  const auto common_begin = begin_of("common.tar.zst");
  const auto in_archive = [&](std::size_t at, std::size_t begin, std::size_t which) {
    return at >= begin && at < begin + written.archives[which].bytes;
  };
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < good.size(); at += at < 3000 || at > good.size() - 3000 ? 7 : 1009)
    places.push_back(at);
  places.push_back(good.size() - 1);
  for (const auto at : places) {
    INFO("byte " << at << " of " << good.size());
    auto bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    put(data.file(), bad);
    const auto reason = refusal([&] { check_snapshot(data.file(), sample_key, {}); });
    CHECK_FALSE(reason.empty());
    if (in_archive(at, revision_begin, 0))
      CHECK_THAT(reason, Contains("its revision.tar.zst is damaged"));
    if (in_archive(at, common_begin, 1))
      CHECK_THAT(reason, Contains("its common.tar.zst is damaged"));
    if (at % 5 == 0)
      CHECK_FALSE(
          refusal([&] { restore_snapshot(data.file(), sample_key, data.places(), {}); }).empty());
  }
  CHECK(look_in(data.dir / "data") == before);
  CHECK(std::distance(fs::directory_iterator{data.dir / "data"}, {}) == 2);
}

TEST_CASE("a snapshot that is cut short or grown anywhere is refused by its metadata alone") {
  const data_fixture data{disk::memory};
  data.write();
  const auto good = text_of(data.file());
  for (std::size_t bytes = 0; bytes < good.size(); bytes += bytes + 10 < good.size() ? 97 : 1) {
    INFO(bytes << " of " << good.size() << " bytes");
    put(data.file(), good.substr(0, bytes));
    CHECK_FALSE(refusal([&] { read_snapshot_info(data.file()); }).empty());
  }
  for (const std::string& more : {std::string{"x"}, std::string(512, '\0'), good}) {
    put(data.file(), good + more);
    CHECK_THAT(refusal([&] { read_snapshot_info(data.file()); }), Contains("behind its end"));
  }
}
