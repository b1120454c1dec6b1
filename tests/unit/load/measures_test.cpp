#include <catch2/catch.hpp>

#include <fstream>
#include <numeric>
#include <thread>

#include <unistd.h>

#include "cli/load/flatness.hpp"
#include "cli/load/latencies.hpp"
#include "cli/load/pacer.hpp"
#include "cli/load/process_numbers.hpp"

using namespace troupe::load;
using Catch::Contains;

namespace {

constexpr std::uint64_t mebibyte = 1U << 20;

std::vector<std::pair<double, std::uint64_t>> memory(double seconds, double start, double per_second) {
  std::vector<std::pair<double, std::uint64_t>> result;
  for (double at = 0; at <= seconds; at += 0.5)
    result.emplace_back(at, static_cast<std::uint64_t>((start + at * per_second) * mebibyte));
  return result;
}

} // namespace

TEST_CASE("percentiles are samples: the smallest that so many don't exceed") {
  std::vector<float> samples(1'000);
  std::iota(samples.rbegin(), samples.rend(), 1.0F);
  auto summary = summary_of(samples);
  CHECK(summary.count == 1'000);
  CHECK(summary.p50 == 500);
  CHECK(summary.p90 == 900);
  CHECK(summary.p99 == 990);
  CHECK(summary.p999 == 999);
  CHECK(summary.max == 1'000);
}

TEST_CASE("a single sample is every percentile, and none is 0") {
  CHECK(summary_of({7}).p50 == 7);
  CHECK(summary_of({7}).p999 == 7);
  CHECK(summary_of({}).count == 0);
  CHECK(summary_of({}).max == 0);
}

TEST_CASE("descriptors are flat up to the allowance") {
  CHECK(judge_descriptors(15, 15 + descriptor_allowance).held);
  CHECK_FALSE(judge_descriptors(15, 16 + descriptor_allowance).held);
  CHECK(judge_descriptors(15, 3).held);
}

TEST_CASE("memory that fills its pools at first is flat") {
  auto samples = memory(60, 50, 0);
  for (std::size_t i = 0; i < samples.size() / 4; ++i)
    samples[i].second = (10 + i) * mebibyte;
  CHECK(judge_memory(samples).held);
}

TEST_CASE("memory that keeps growing isn't flat") {
  auto judged = judge_memory(memory(180, 20, 1));
  CHECK_FALSE(judged.held);
  CHECK_THAT(judged.detail, Contains("110.0 MiB") && Contains("170.0 MiB"));
}

TEST_CASE("the memory of a short load isn't judged, and that is said") {
  auto judged = judge_memory(memory(20, 20, 10));
  CHECK(judged.held);
  CHECK_THAT(judged.detail, Contains("not judged"));
  CHECK(judge_memory({}).held);
}

TEST_CASE("with a rate, an operation counts from when it was due and not from when a client is free") {
  using namespace std::chrono_literals;
  pacer pace{1'000, 10s, 4};
  auto first = pace.next();
  std::this_thread::sleep_for(30ms);
  auto second = pace.next();
  auto third = pace.next();
  REQUIRE((first && second && third));
  CHECK(*second - *first == 1ms);
  CHECK(*third - *second == 1ms);
  CHECK(steady::now() - *third >= 20ms);
  CHECK(pace.next());
  CHECK_FALSE(pace.next());
  CHECK(pace.is_over());
}

TEST_CASE("operations that were due and never begun are counted") {
  using namespace std::chrono_literals;
  pacer pace{1'000, 50ms, 0};
  CHECK(pace.next());
  std::this_thread::sleep_for(60ms);
  CHECK_FALSE(pace.next());
  CHECK(pace.never_begun() == 49);
}

TEST_CASE("a stopped pacer lets nobody wait") {
  using namespace std::chrono_literals;
  pacer pace{0.001, 1h, 0};
  CHECK(pace.next());
  std::jthread stopper{[&] { pace.stop(); }};
  CHECK_FALSE(pace.next());
  CHECK(pace.never_begun() == 0);
}

TEST_CASE("what a process uses is read from /proc") {
  auto before = numbers_of(getpid());
  REQUIRE(before);
  CHECK(before->memory_bytes > mebibyte);
  CHECK(before->threads >= 1);
  std::ifstream one_more{"/dev/null"};
  CHECK(numbers_of(getpid())->descriptors == before->descriptors + 1);
  CHECK_FALSE(numbers_of(0));
  CHECK(shares_mounts_with_us(getpid()));
}
