#include <catch2/catch.hpp>

#include <cstdlib>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "runtime/host/file_descriptor.hpp"
#include "runtime/host/logind_inhibitor.hpp"
#include "temp_dir.hpp"

using namespace troupe::host;
using namespace troupe::host::testing;

namespace {

/// Where this program looks for the system bus, while it is there.
class bus_at {
public:
  explicit bus_at(const fs::path& socket) {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + socket.string()).c_str(), 1);
  }
  ~bus_at() { unsetenv("DBUS_SYSTEM_BUS_ADDRESS"); }
  bus_at(const bus_at&) = delete;
  bus_at& operator=(const bus_at&) = delete;
};

/// A socket that takes connections and says nothing.
class mute_bus {
public:
  explicit mute_bus(const fs::path& socket)
      : listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
    REQUIRE(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(listener_.get(), 8) == 0);
  }

  int connections_made() const {
    pollfd waiting{listener_.get(), POLLIN, 0};
    int count = 0;
    while (poll(&waiting, 1, 0) == 1) {
      ::close(accept(listener_.get(), nullptr, nullptr));
      ++count;
    }
    return count;
  }

private:
  file_descriptor listener_;
};

} // namespace

TEST_CASE("a host without a system bus delays no shutdown, and says so") {
  temp_dir dir;
  bus_at nowhere{dir / "none"};
  logind_inhibitor inhibitor;
  auto found = inhibitor.probe();
  CHECK(found.name == "shutdown");
  CHECK(found.chosen == "not delayed");
  REQUIRE(found.rejected.size() == 1);
  CHECK(found.rejected.front().second == "there is no system bus");
  inhibitor.hold("hello");
  inhibitor.release("hello");
}

TEST_CASE("a system bus that doesn't answer is waited for once and not for each refresh") {
  temp_dir dir;
  mute_bus bus{dir / "bus"};
  bus_at here{dir / "bus"};
  logind_inhibitor inhibitor;
  CHECK(inhibitor.probe().rejected.front().second == "the system bus doesn't answer");
  CHECK(bus.connections_made() == 1);
  for (const auto* snap : {"hello", "other"})
    inhibitor.hold(snap);
  CHECK(bus.connections_made() == 0);
}
