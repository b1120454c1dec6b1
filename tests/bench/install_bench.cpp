#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "tests/bench/benches.hpp"
#include "tests/support/api.hpp"
#include "tests/support/make_snap.hpp"
#include "tests/support/program.hpp"
#include "tests/support/running_daemon.hpp"

// Measures changes of a tiny snap, first with few snaps installed and then with many, and prints them
// beside those of the peer (snapd 2.57.6 on a machine like the one that the numbers were first taken
// on).

namespace troupe::test {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono;

constexpr int samples = 20;
constexpr int crowd = 10;
constexpr int many_snaps = 200;

struct figures {
  double install_ms = 0;
  double remove_ms = 0;
  double in_sequence_s = 0;
  double at_once_s = 0;
  double written_mb = 0; ///< A pair of install and remove.
  double resident_mb = 0;
};

// Source: the peer's own clock and its client, with 2 and with 202 snaps installed.
constexpr figures peer_with_few{140, 68, 3.0, 3.2, 5.8, 35};
constexpr figures peer_with_many{194, 104, 3.9, 3.7, 8.4, 36};

/// Of RFC 3339 text in UTC.
double milliseconds_of(const std::string& text) {
  std::istringstream in{text};
  std::tm day{};
  double fraction = 0;
  in >> std::get_time(&day, "%Y-%m-%dT%H:%M:%S");
  if (in.peek() == '.')
    in >> fraction;
  if (!in)
    throw std::runtime_error{"not a time: " + text};
  return static_cast<double>(timegm(&day)) * 1e3 + fraction * 1e3;
}

class bench {
public:
  bench() {
    auto base = plain_snap("bare");
    base.yaml = "name: bare\nversion: \"1\"\ntype: base\nsummary: A base of nothing\n";
    done(install(api_, make_snap(where_.work(), base)));
    image_ = make_tiny_snap("tiny");
    done(install(api_, make_tiny_snap("other")));
    for (int i = 0; i < crowd; ++i)
      crowd_.push_back(make_tiny_snap("crowd" + std::to_string(i)));
  }

  void install_up_to(int snaps) {
    for (auto i = static_cast<int>(list_snaps(api_).size()); i < snaps; ++i)
      done(install(api_, image_, {{"name", "tiny_" + std::to_string(i)}}));
  }

  figures measure() {
    std::vector<double> installs;
    std::vector<double> removals;
    auto before = written();
    for (int i = 0; i < samples; ++i) {
      installs.push_back(duration_of(install(api_, image_)));
      removals.push_back(duration_of(wait_for_change(api_, start_action(api_, "tiny", "remove"))));
    }
    figures found{median(installs), median(removals)};
    found.written_mb = static_cast<double>(written() - before) / samples / 1e6;
    found.in_sequence_s = time_crowd(true);
    found.at_once_s = time_crowd(false);
    found.resident_mb = static_cast<double>(number_in(of_daemon("status"), "VmRSS")) / 1e3;
    return found;
  }

private:
  static json::object done(json::object change) {
    if (text(change, "status") != "Done")
      throw std::runtime_error{"a change failed: " + json::write(change)};
    return change;
  }

  static double duration_of(const json::object& change) {
    done(change);
    return milliseconds_of(text(change, "ready-time")) - milliseconds_of(text(change, "spawn-time"));
  }

  fs::path make_tiny_snap(const std::string& name) const {
    auto source = plain_snap(name);
    source.yaml += "base: bare\n";
    return make_snap(where_.work(), source);
  }

  fs::path of_daemon(const std::string& file) const {
    return fs::path{"/proc"} / std::to_string(daemon_.pid()) / file;
  }
  std::uint64_t written() const { return number_in(of_daemon("io"), "write_bytes"); }

  /// Seconds that the client takes to install a crowd.
  double time_crowd(bool one_after_the_other) {
    auto begin = steady_clock::now();
    std::vector<std::unique_ptr<program>> clients;
    auto wait_for_clients = [&] {
      for (auto& client : clients)
        if (auto result = client->wait(); result.exit_code != 0)
          throw std::runtime_error{"troupe install: " + result.err};
      clients.clear();
    };
    for (const auto& image : crowd_) {
      clients.push_back(std::make_unique<program>(std::vector<std::string>{
          built("troupe"), "--root", where_.root().string(), "install", "--dangerous", image.string()}));
      if (one_after_the_other)
        wait_for_clients();
    }
    wait_for_clients();
    auto taken = duration<double>(steady_clock::now() - begin).count();
    for (int i = 0; i < crowd; ++i)
      done(wait_for_change(api_, start_action(api_, "crowd" + std::to_string(i), "remove")));
    return taken;
  }

  temporary_root where_;
  running_daemon daemon_{where_.root()};
  http_client api_{daemon_.client()};
  fs::path image_;
  std::vector<fs::path> crowd_;
};

void print_row(const std::string& name, const std::string& unit, int digits, double ours, double peers) {
  std::cout << "  " << std::left << std::setw(36) << name << std::right << std::fixed
            << std::setprecision(digits) << std::setw(9) << ours << " " << std::setw(3) << unit
            << std::setw(9) << std::setprecision(digits > 1 ? 1 : 0) << peers << " " << unit << "\n";
}

void print(const std::string& title, const figures& ours, const figures& peers) {
  std::cout << title << "\n  " << std::setw(36) << "" << std::setw(13) << "troupe" << std::setw(13)
            << "the peer\n";
  print_row("install, median of 20 changes", "ms", 1, ours.install_ms, peers.install_ms);
  print_row("remove, median of 20 changes", "ms", 1, ours.remove_ms, peers.remove_ms);
  print_row("10 installs in sequence, by client", "s", 2, ours.in_sequence_s, peers.in_sequence_s);
  print_row("10 installs at once, by client", "s", 2, ours.at_once_s, peers.at_once_s);
  print_row("written by an install and a remove", "MB", 2, ours.written_mb, peers.written_mb);
  print_row("memory of the daemon", "MB", 1, ours.resident_mb, peers.resident_mb);
  std::cout << std::endl;
}

} // namespace

void bench_installs() {
  bench all;
  print("2 snaps installed:", all.measure(), peer_with_few);
  all.install_up_to(many_snaps);
  print("200 snaps installed:", all.measure(), peer_with_many);
}

} // namespace troupe::test
