#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <csignal>
#include <iostream>
#include <random>

#include "actors/engine.hpp"
#include "actors/gateway.hpp"
#include "messages/failure.hpp"
#include "runtime/api/http_server.hpp"
#include "runtime/confinement/probe_confinement.hpp"
#include "runtime/host/base_root.hpp"
#include "runtime/host/clock.hpp"
#include "runtime/host/lock_file.hpp"
#include "runtime/host/logind_inhibitor.hpp"
#include "runtime/host/os_release.hpp"
#include "runtime/host/probe_mounts.hpp"
#include "runtime/host/probe_tracking.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/real_processes.hpp"
#include "runtime/host/real_service_processes.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/store/configured_stores.hpp"
#include "runtime/tasks/startup.hpp"
#include "runtime/version.hpp"

namespace troupe {

namespace {

struct daemon_options {
  std::filesystem::path root = "/";
  std::string images;
  std::string tracking;
  std::string constraints = "scoped";
  bool verbose = false;
};

std::filesystem::path program_beside_this(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

// Hooks and uploads of a former daemon are known by the root in their names, so it has to have one
// spelling.
std::filesystem::path canonical_root(const std::filesystem::path& given) {
  std::error_code code;
  std::filesystem::create_directories(given, code);
  auto root = code ? given : std::filesystem::canonical(given, code);
  if (code)
    throw failure{"cannot use root \"" + given.string() + "\": " + code.message()};
  return root;
}

sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

host::ports real_ports() {
  return {std::make_shared<host::real_files>(), nullptr, std::make_shared<host::real_processes>(),
          std::make_shared<host::real_clock>()};
}

http_server::options server_options(const layout& paths) {
  http_server::options chosen;
  chosen.sockets = {{paths.troupe_socket(), socket_role::troupe, 0666},
                    {paths.snap_socket(), socket_role::snap, 0666},
                    {paths.snapctl_socket(), socket_role::snapctl, 0666},
                    {paths.confined_snapctl_socket(), socket_role::snapctl, 0666}};
  chosen.spool = paths.spool_dir();
  chosen.screen = screen_request;
  return chosen;
}

void serve(const daemon_options& options) {
  auto signals = block_stop_signals();
  layout paths{canonical_root(options.root)};
  auto os = real_ports();
  make_root(os, paths);
  host::lock_file lock{paths.lock_file(), paths.root()};
  auto database = std::make_shared<journal_database>(paths.database());
  auto probed =
      host::probe_mounts({paths.state_dir() / "probe", os.processes, unpack_image, options.images});
  os.mounts = probed.adapter;
  give_tools(os, paths,
             {program_beside_this("troupe-snapctl"), program_beside_this("troupe-release-agent")});
  auto tracked = host::probe_tracking({paths.root(), paths.run_control_dir(), paths.release_agent(),
                                       paths.former_release_agent(), options.tracking});
  os.run_control = tracked.control;
  os.groups = tracked.groups;
  os.services = std::make_shared<host::real_service_processes>(os.groups);
  auto inhibitor = std::make_shared<host::logind_inhibitor>();
  auto shutdown = inhibitor->probe();
  os.shutdown = inhibitor;
  const auto contents = database->load();
  auto report = put_host_right(os, paths, contents);
  spdlog::info(
      "started on {}: images by {}, tracking by {}, {} left-over processes ended, {} uploads removed, "
      "{} images mounted",
      paths.root().string(), probed.images.chosen, tracked.tracking.chosen, report.processes_ended,
      report.uploads_removed, report.images_mounted);

  auto bases = host::probe_base_root();
  auto confined = probe_confinement();
  task_host host{paths,
                 os,
                 program_beside_this("troupe-run"),
                 bases.rejected.empty(),
                 std::make_shared<configured_stores>(paths.stores_file(), paths.seen_stores()),
                 snapshots_in(paths.snapshots_dir()),
                 known_interfaces(),
                 {.distro = host::os_release("ID", "linux")}};
  restore_profiles(host, contents);
  caf::actor_system_config config;
  configure(config);
  caf::actor_system system{config};
  auto mode = options.constraints == "global" ? constraint_mode::global : constraint_mode::scoped;
  engine actors{
      system,
      {database,
       &host,
       {probed.images, tracked.tracking, bases, confined.system_calls, confined.files, shutdown},
       mode,
       true,
       std::random_device{}()}};
  http_server server{server_options(paths),
                     [gateway = actors.gateway()](std::shared_ptr<exchange> what) {
                       caf::anon_send(gateway, http_request{std::move(what)});
                     }};
  server.start();
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping; unready changes go on at the next start");
  server.stop();
  actors.stop_services();
}

} // namespace
} // namespace troupe

int main(int argc, char** argv) {
  troupe::daemon_options options;
  CLI::App app{"trouped: installs, runs and removes snaps as transactions of actors", "trouped"};
  app.set_version_flag("--version", troupe::version);
  app.add_option("--root", options.root, "Directory that everything lives under")
      ->envname("TROUPE_ROOT");
  app.add_option("--images", options.images, "How images are shown; the first that works unless given")
      ->check(CLI::IsMember({"kernel", "squashfuse", "unpacked"}));
  app.add_option("--tracking", options.tracking,
                 "How the end of applications is noticed; the first that works unless given")
      ->check(CLI::IsMember(
          {"cgroup2", "freezer-agent", "freezer-agent-poll", "freezer-procs", "subreaper"}));
  app.add_option("--constraints", options.constraints, "Which lanes keep each other out")
      ->check(CLI::IsMember({"scoped", "global"}))
      ->capture_default_str();
  app.add_flag("-v,--verbose", options.verbose, "Log more");
  app.footer("The daemon runs in the foreground until SIGTERM or SIGINT. Example:\n"
             "  trouped --root /tmp/demo &\n"
             "  troupe --root /tmp/demo list");
  CLI11_PARSE(app, argc, argv);
  spdlog::set_default_logger(spdlog::stderr_color_mt("trouped"));
  spdlog::set_level(options.verbose ? spdlog::level::debug : spdlog::level::info);
  try {
    troupe::serve(options);
    return 0;
  } catch (const std::exception& why) {
    std::cerr << "error: " << why.what() << '\n';
    return 1;
  }
}
