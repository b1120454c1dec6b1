#include <iostream>

#include "cli/commands/output.hpp"
#include "cli/commands/registry.hpp"
#include "cli/commands/service_names.hpp"

namespace troupe::cli {

namespace {

struct logs_options {
  std::string count = "10";
  bool follow = false;
  std::vector<std::string> names;
};

/// Cuts a JSON text sequence into its records. Source: RFC 7464.
class record_reader {
public:
  template <class Take>
  void read(std::string_view text, Take take) {
    rest_ += text;
    for (auto end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n')) {
      auto record = std::string_view{rest_}.substr(0, end);
      if (record.starts_with('\x1e'))
        record.remove_prefix(1);
      take(record);
      rest_.erase(0, end + 1);
    }
  }

private:
  std::string rest_;
};

/// As the snap client writes it: `2026-01-02T03:04:05Z hello.web[12]: text`.
void print_line(const json::object& line) {
  std::cout << text_of(line, "timestamp") << ' ' << text_of(line, "sid") << '[' << text_of(line, "pid")
            << "]: " << text_of(line, "message") << '\n';
}

int logs(session& session, const logs_options& options) {
  auto count = options.count == "all" ? std::string{"-1"} : options.count;
  if (count != "-1" && count.find_first_not_of("0123456789") != count.npos)
    throw usage_error{"-n takes a number of lines or all, not \"" + printable(options.count) + '"'};
  record_reader reader;
  json::array all;
  auto take = [&](std::string_view text) {
    reader.read(text, [&](std::string_view record) {
      if (session.json && options.follow)
        std::cout << record << '\n';
      else if (session.json)
        all.push_back(json::parse(record));
      else
        print_line(json::parse_object(record));
    });
    std::cout.flush();
    return static_cast<bool>(std::cout);
  };
  session.get_stream("/v2/logs?n=" + count + (options.follow ? "&follow=true" : "") +
                         names_in_query(options.names, "&"),
                     take);
  if (session.json && !options.follow)
    print_json(all);
  return exit_code::ok;
}

} // namespace

void add_logs(CLI::App& app, session& session) {
  auto options = std::make_shared<logs_options>();
  auto* command = app.add_subcommand("logs", "Show what services have written")->group(group::services);
  command->add_option("NAME", options->names, "A snap, or a service as SNAP.APP; all unless named")
      ->type_name("");
  command->add_option("-n", options->count, "How many of the last lines, or all")
      ->capture_default_str()
      ->type_name("N");
  command->add_flag("-f,--follow", options->follow,
                    "Go on with what is written from now on, until Ctrl-C");
  command->footer(
      "Examples:\n"
      "  troupe logs hello\n"
      "  troupe logs -n all hello.web\n"
      "  troupe logs -f hello\n\n"
      "With --json and -f it prints one JSON document a line. The daemon remembers the last\n"
      "1000 lines of each service since it was started; more of them are in\n"
      "var/log/troupe/services.");
  command->callback(
      [&session, options] { session.action = [&session, options] { return logs(session, *options); }; });
}

} // namespace troupe::cli
