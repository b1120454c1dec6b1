#include <iostream>

#include "cli/stress_commands/registry.hpp"
#include "runtime/version.hpp"

// The harness: each command of it stands in a file of stress_commands/.

int main(int argc, char** argv) {
  CLI::App app{"Tries Troupe's engine out: on graphs of your own, and on drawn work and faults.",
               "troupe-stress"};
  app.set_version_flag("--version", std::string{"troupe-stress "} + troupe::version);
  app.require_subcommand(1);
  std::function<int()> action;
  troupe::stress::add_crash(app, action);
  troupe::stress::add_load(app, action);
  troupe::stress::add_scenario(app, action);
  troupe::stress::add_sim(app, action);
  try {
    app.parse(argc, argv);
    return action();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
