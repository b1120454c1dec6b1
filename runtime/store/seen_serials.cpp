#include "runtime/store/seen_serials.hpp"

#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/host/small_file.hpp"
#include "runtime/json/json.hpp"
#include "runtime/snap/quote.hpp"

namespace troupe {

namespace {

constexpr std::size_t file_bytes = 1U << 20;

} // namespace

seen_serials::seen_serials(std::filesystem::path file) : file_{std::move(file)} {}

void seen_serials::note(const std::string& store, std::uint64_t serial) {
  std::lock_guard lock{guard_};
  if (!is_loaded_)
    load();
  auto& seen = seen_[store];
  if (serial < seen)
    throw failure{
        "it is an older one (number " + std::to_string(serial) + ") than was seen before (" +
        std::to_string(seen) +
        "): somebody may be hiding updates; if the store was really made anew, remove its line from " +
        as_one_line(file_.native()) + " and restart trouped"};
  if (serial == seen)
    return;
  auto before = std::exchange(seen, serial);
  try {
    save();
  } catch (const failure&) {
    seen_[store] = before;
    throw;
  }
}

void seen_serials::load() {
  if (auto text = read_if_there(file_, file_bytes)) {
    try {
      for (const auto& [store, serial] : json::parse_object(*text)) {
        boost::json::error_code code;
        seen_[std::string{store}] = serial.to_number<std::uint64_t>(code);
        if (code)
          throw failure{"a serial must be a whole number"};
      }
    } catch (const failure& fault) {
      throw failure{as_one_line(file_.native()) + " is damaged: " + fault.what() +
                    "; remove it to forget which indexes were seen"};
    }
  }
  is_loaded_ = true;
}

void seen_serials::save() const {
  std::string text = "{";
  for (const auto& [store, serial] : seen_)
    text += (text.size() > 1 ? ",\n" : "\n") + json::write(json::value(store)) + ":" +
            std::to_string(serial);
  host::real_files files;
  files.make_dirs(file_.parent_path(), 0755);
  files.write_file(file_, text + "\n}\n", 0600);
}

} // namespace troupe
