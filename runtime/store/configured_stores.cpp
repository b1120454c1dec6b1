#include "runtime/store/configured_stores.hpp"

#include <algorithm>
#include <future>

#include "messages/failure.hpp"
#include "runtime/snap/quote.hpp"
#include "runtime/store/arriving_image.hpp"
#include "runtime/store/directory_store.hpp"
#include "runtime/store/http_store.hpp"
#include "runtime/store/signed_index.hpp"

namespace troupe {

namespace {

std::unique_ptr<store_place> place_of(const store_settings& store, const http_patience& patience) {
  if (store.is_remote())
    return std::make_unique<http_store>(store.location, patience);
  return std::make_unique<directory_store>(store.location);
}

void check_trust(const store_settings& store, const std::filesystem::path& file) {
  if (!store.key && !store.is_trusted_unsigned)
    throw failure{"cannot use store \"" + store.name + "\": nothing says whom to trust; in " +
                  as_one_line(file.native()) +
                  " give it its public key (key: RW…), or take it without signatures (trust: none)"};
}

/// What makes a store this one: a name alone may be given to another.
std::string identity_of(const store_settings& store) {
  return store.name + " " + (store.key ? minisign::to_text(*store.key) : store.location);
}

/// What one store offers, or why it can't be said.
struct one_answer {
  store_index index;
  std::string fault;
};

} // namespace

configured_stores::configured_stores(std::filesystem::path file, std::filesystem::path seen,
                                     http_patience patience)
    : file_{std::move(file)}, patience_{patience}, seen_{std::move(seen)} {}

void configured_stores::use_proxies(proxy_settings proxies) {
  std::lock_guard lock{guard_};
  patience_.proxies = std::move(proxies);
}

http_patience configured_stores::manner() {
  std::lock_guard lock{guard_};
  return patience_;
}

store_index configured_stores::read_one(const store_settings& store) {
  check_trust(store, file_);
  auto document = read_signed_index(*place_of(store, manner()), store.name, store.key, {});
  try {
    seen_.note(identity_of(store), document.serial);
  } catch (const failure& fault) {
    throw failure{fault.kind(),
                  "cannot take the index of store \"" + store.name + "\": " + fault.what()};
  }
  return std::move(document.index);
}

store_answer configured_stores::read() {
  store_answer result;
  auto index = std::make_shared<store_index>();
  result.index = index;
  std::vector<store_settings> known;
  try {
    known = load_stores(file_);
  } catch (const failure& fault) {
    result.faults.emplace_back(fault.what());
    return result;
  }
  std::vector<std::future<one_answer>> answers;
  for (const auto& store : known)
    answers.push_back(std::async(std::launch::async, [this, &store]() -> one_answer {
      try {
        return {read_one(store), {}};
      } catch (const std::exception& fault) {
        return {{}, fault.what()};
      }
    }));
  for (auto& pending : answers) {
    auto answer = pending.get();
    if (!answer.fault.empty())
      result.faults.push_back(std::move(answer.fault));
    // What an earlier store has stays.
    index->snaps.merge(answer.index.snaps);
  }
  return result;
}

void configured_stores::download(const download_source& what, const std::filesystem::path& to,
                                 const std::function<void(std::uint64_t)>& advance,
                                 std::stop_token stop) {
  auto known = load_stores(file_);
  auto store = std::ranges::find(known, what.store, &store_settings::name);
  if (store == known.end())
    throw failure{cannot_download(what) + ": there is no such store in " + as_one_line(file_.native())};
  check_trust(*store, file_);
  {
    std::unique_lock lock{guard_};
    if (!slot_is_free_.wait(lock, stop, [&] { return downloads_ < limits::store_parallel_downloads; }))
      throw failure{failure_kind::internal, cannot_download(what) + ": stopped"};
    ++downloads_;
  }
  struct slot {
    configured_stores& of;
    ~slot() {
      std::lock_guard lock{of.guard_};
      --of.downloads_;
      of.slot_is_free_.notify_one();
    }
  } taken{*this};
  place_of(*store, manner())->download(what, to, advance, stop);
}

} // namespace troupe
