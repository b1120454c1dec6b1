#include <set>

#include "messages/failure.hpp"
#include "runtime/host/real_files.hpp"
#include "runtime/snap/digest.hpp"
#include "runtime/snap/image.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/store_keeper.hpp"

namespace troupe {

namespace {

namespace fs = std::filesystem;

/// Why a revision's file isn't what the index says; empty where it is.
std::string fault_of(const fs::path& file, const store_revision& revision) {
  std::error_code code;
  if (!fs::is_regular_file(file, code))
    return "is missing, or is no regular file";
  if (auto bytes = fs::file_size(file, code); code || bytes != revision.source.bytes)
    return "has " + std::to_string(bytes) + " bytes instead of " + std::to_string(revision.source.bytes);
  try {
    if (sha3_384_of_file(file) != revision.source.sha3_384)
      return "has another SHA3-384 digest than the index says";
    if (read_image_info(file) != *revision.info)
      return "says something else of itself than the index does";
  } catch (const failure& fault) {
    return std::string{"can't be read: "} + fault.what();
  }
  return {};
}

} // namespace

std::vector<std::string> check_store(const fs::path& directory, const store_keeper& keeper) {
  std::vector<std::string> faults;
  std::set<std::string> known;
  for (const auto& [name, snap] : keeper.read().index.snaps)
    for (const auto& revision : snap.revisions) {
      if (!known.insert(revision.source.file).second)
        faults.push_back(in_quotes(revision.source.file) + " is the file of two revisions");
      else if (auto fault = fault_of(directory / revision.source.file, revision); !fault.empty())
        faults.push_back("revision " + to_string(revision.rev) + " of snap \"" + name +
                         "\": " + in_quotes(revision.source.file) + " " + fault);
    }
  for (const auto& file : host::real_files{}.list(directory / store_file::images))
    if (auto relative = std::string{store_file::images} + "/" + file; !known.contains(relative))
      faults.push_back(in_quotes(relative) + " is in no revision; it may be removed");
  return faults;
}

} // namespace troupe
