#include <stdlib.h>
#include <unistd.h>

#include <exception>
#include <iostream>

#include "tests/bench/benches.hpp"

int main() {
  if (geteuid() != 0)
    std::cerr << "without root, images are not mounted by the kernel; the numbers are others then\n";
  double load = 0;
  if (getloadavg(&load, 1) == 1)
    std::cout << "load of this machine before: " << load << "\n\n";
  try {
    troupe::test::bench_running_apps();
    troupe::test::bench_installs();
    return 0;
  } catch (const std::exception& why) {
    std::cerr << "error: " << why.what() << '\n';
    return 1;
  }
}
