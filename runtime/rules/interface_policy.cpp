#include "runtime/rules/interface_policy.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace troupe {

namespace {

using mismatch_text = std::optional<std::string>;

/// What conditions are applied to; ends that aren't there are null.
struct question {
  rule_about about = rule_about::connection;
  const policy_end* plug = nullptr;
  const policy_end* slot = nullptr;
  const policy_system* system = nullptr;

  const policy_end& end(rule_side side) const { return side == rule_side::plug ? *plug : *slot; }
};

std::string id_of(const policy_end& end, std::string_view what) {
  if (what == "snap-type")
    switch (end.snap->type) {
    case snap_type::os:
    case snap_type::snapd:
      return "core";
    case snap_type::kernel:
      return "kernel";
    case snap_type::gadget:
      return "gadget";
    case snap_type::base:
      return "base";
    case snap_type::app:
      return "app";
    }
  if (!end.declared)
    return {};
  return what == "snap-id" ? end.declared->snap_id : end.declared->publisher_id;
}

mismatch_text mismatch(const name_rule& rule, std::string_view side, const policy_end& end) {
  const auto& name = end.endpoint->name;
  const auto fits =
      (rule.may_be_interface && name == end.endpoint->interface) ||
      std::ranges::any_of(rule.expressions, [&](const auto& each) { return each.matches(name); });
  return fits ? std::nullopt
              : mismatch_text{std::string{side} + " name " + in_marks(name) + " isn't one of those"};
}

mismatch_text mismatch_of_ids(const rule_conditions& conditions, const question& asked) {
  for (const auto& [key, wanted] : conditions.ids) {
    const auto side = key.starts_with("plug-") ? rule_side::plug : rule_side::slot;
    const auto what = std::string_view{key}.substr(5);
    const auto is = id_of(asked.end(side), what);
    const auto fits = std::ranges::any_of(wanted, [&](const std::string& each) {
      if (each == "$PLUG_PUBLISHER_ID")
        return is == id_of(*asked.plug, "publisher-id");
      if (each == "$SLOT_PUBLISHER_ID")
        return is == id_of(*asked.slot, "publisher-id");
      return is == each;
    });
    if (is.empty() || !fits)
      return key + (is.empty() ? " isn't known" : " " + in_marks(is) + " isn't one of those");
  }
  return std::nullopt;
}

mismatch_text mismatch_of_system(const rule_conditions& conditions, const policy_system& system) {
  if (conditions.classic) {
    const auto& [on_classic, distros] = *conditions.classic;
    if (on_classic != system.on_classic)
      return std::string{"the system "} + (system.on_classic ? "is" : "isn't") + " a classic one";
    if (!distros.empty() && std::ranges::find(distros, system.distro) == distros.end())
      return "the distribution " + in_marks(system.distro) + " isn't one of those";
  }
  if (conditions.stores.empty() && conditions.brands.empty() && conditions.models.empty())
    return std::nullopt;
  if (!system.model)
    return "the device has no model";
  const auto& [brand, model, store] = *system.model;
  const auto has = [](const std::vector<std::string>& list, const std::string& text) {
    return std::ranges::find(list, text) != list.end();
  };
  const auto is_friendly = std::ranges::any_of(
      conditions.stores, [&](const auto& each) { return has(system.friendly_stores, each); });
  if (!conditions.stores.empty() && !has(conditions.stores, store) && !is_friendly)
    return "the store " + in_marks(store) + " isn't one of those";
  if (!conditions.brands.empty() && !has(conditions.brands, brand))
    return "the brand " + in_marks(brand) + " isn't one of those";
  if (!conditions.models.empty() && !has(conditions.models, brand + "/" + model))
    return "the model " + in_marks(brand + "/" + model) + " isn't one of those";
  return std::nullopt;
}

mismatch_text mismatch(const rule_conditions& conditions, const question& asked) {
  const auto has_both = asked.plug && asked.slot;
  attribute_context context;
  if (has_both)
    context = {asked.plug->attributes, asked.slot->attributes, id_of(*asked.plug, "publisher-id"),
               id_of(*asked.slot, "publisher-id")};
  if (conditions.plug_names)
    if (auto why = mismatch(*conditions.plug_names, "plug", *asked.plug))
      return why;
  if (conditions.slot_names)
    if (auto why = mismatch(*conditions.slot_names, "slot", *asked.slot))
      return why;
  const auto* referred = has_both ? &context : nullptr;
  if (conditions.plug_attributes)
    if (auto why = conditions.plug_attributes->mismatch(asked.plug->attributes, "plug", referred))
      return why;
  if (conditions.slot_attributes)
    if (auto why = conditions.slot_attributes->mismatch(asked.slot->attributes, "slot", referred))
      return why;
  if (auto why = mismatch_of_ids(conditions, asked))
    return why;
  return mismatch_of_system(conditions, *asked.system);
}

/// How a subrule answers.
struct answer {
  bool holds = false;
  std::optional<std::size_t> alternative; ///< Which one holds, where there are several.
  std::string why_not;                    ///< Of the first alternative.
  const rule_conditions* conditions = nullptr;
};

answer ask(const subrule& rule, const question& asked) {
  answer result;
  result.holds = rule.always;
  for (std::size_t i = 0; i < rule.alternatives.size(); ++i) {
    auto why = mismatch(rule.alternatives[i], asked);
    if (why) {
      if (i == 0)
        result.why_not = *why;
      continue;
    }
    return {
        true, rule.alternatives.size() > 1 ? std::optional{i} : std::nullopt, {}, &rule.alternatives[i]};
  }
  return result;
}

struct found_rule {
  rule_side side = rule_side::plug;
  bool is_of_snap = false;
  const interface_rule* rule = nullptr;
};

std::string name_of(const found_rule& found, std::string_view word, rule_about about,
                    const std::optional<std::size_t>& alternative) {
  return std::string{to_word(found.side)} +
         (found.is_of_snap ? " snap-declaration " : " base-declaration ") + std::string{word} +
         std::string{to_word(about)} + (alternative ? "[" + std::to_string(*alternative + 1) + "]" : "");
}

policy_verdict decide(const found_rule& found, const question& asked, const std::string& interface) {
  policy_verdict verdict;
  verdict.slots_per_plug = asked.about == rule_about::auto_connection ? arity::up_to(1) : arity::any();
  const std::string what{to_word(asked.about)};
  const auto of_interface = " for interface " + in_marks(interface);
  if (const auto denied = ask(found.rule->deny(asked.about), asked); denied.holds) {
    verdict.is_allowed = false;
    verdict.rule = name_of(found, "deny-", asked.about, denied.alternative);
    verdict.message = what + " denied by " + verdict.rule + of_interface;
    return verdict;
  }
  const auto allowed = ask(found.rule->allow(asked.about), asked);
  verdict.is_allowed = allowed.holds;
  verdict.rule = name_of(found, "allow-", asked.about, allowed.alternative);
  if (!allowed.holds)
    verdict.message = what + " not allowed by " + verdict.rule + of_interface +
                      (allowed.why_not.empty() ? "" : ": " + allowed.why_not);
  if (allowed.conditions) {
    verdict.slots_per_plug = allowed.conditions->slots_per_plug.value_or(verdict.slots_per_plug);
    verdict.plugs_per_slot = allowed.conditions->plugs_per_slot.value_or(verdict.plugs_per_slot);
  }
  return verdict;
}

std::optional<found_rule> of_snap(rule_side side, const policy_end& end) {
  const auto* rule = end.declared ? end.declared->find(side, end.endpoint->interface) : nullptr;
  return rule ? std::optional{found_rule{side, true, rule}} : std::nullopt;
}

std::optional<found_rule> of_base(rule_side side, const declaration& base,
                                  const std::string& interface) {
  const auto* rule = base.find(side, interface);
  return rule ? std::optional{found_rule{side, false, rule}} : std::nullopt;
}

/// Of a rule on slots: what counts for a snap without a store.
subrule minimal(const subrule& from) {
  subrule result{from.always, {}};
  for (const auto& each : from.alternatives) {
    rule_conditions kept;
    if (auto types = each.ids.find("slot-snap-type"); types != each.ids.end())
      kept.ids.insert(*types);
    kept.classic = each.classic;
    if (!kept.ids.empty() || kept.classic)
      result.alternatives.push_back(std::move(kept));
  }
  return result;
}

} // namespace

policy_verdict check_installation(rule_side side, const policy_end& end, const declaration& base,
                                  const policy_system& system) {
  const auto& interface = end.endpoint->interface;
  auto found = of_snap(side, end);
  if (!found)
    found = of_base(side, base, interface);
  if (!found)
    return {};
  const auto is_plug = side == rule_side::plug;
  return decide(*found,
                {rule_about::installation, is_plug ? &end : nullptr, is_plug ? nullptr : &end, &system},
                interface);
}

policy_verdict check_local_installation(const policy_end& slot, const declaration& base,
                                        const policy_system& system) {
  const auto& interface = slot.endpoint->interface;
  const auto found = of_base(rule_side::slot, base, interface);
  if (!found)
    return {};
  const question asked{rule_about::installation, nullptr, &slot, &system};
  const auto verdict_of = [&](std::string_view word, const std::string& how) {
    policy_verdict verdict;
    verdict.is_allowed = how.empty();
    verdict.rule = name_of(*found, word, rule_about::installation, std::nullopt);
    if (!how.empty())
      verdict.message =
          "installation " + how + " by " + verdict.rule + " for interface " + in_marks(interface);
    return verdict;
  };
  const auto denied = minimal(found->rule->deny(rule_about::installation));
  if (!denied.alternatives.empty() && ask(denied, asked).holds)
    return verdict_of("deny-", "denied");
  const auto allowed = minimal(found->rule->allow(rule_about::installation));
  if (!allowed.alternatives.empty() && !ask(allowed, asked).holds)
    return verdict_of("allow-", "not allowed");
  return verdict_of("allow-", "");
}

policy_verdict check_connection(rule_about about, const policy_end& plug, const policy_end& slot,
                                const declaration& base, const policy_system& system) {
  const auto& interface = plug.endpoint->interface;
  auto found = of_snap(rule_side::plug, plug);
  if (!found)
    found = of_snap(rule_side::slot, slot);
  if (!found)
    found = of_base(rule_side::plug, base, interface);
  if (!found)
    found = of_base(rule_side::slot, base, interface);
  if (!found) {
    policy_verdict verdict;
    verdict.slots_per_plug = about == rule_about::auto_connection ? arity::up_to(1) : arity::any();
    return verdict;
  }
  return decide(*found, {about, &plug, &slot, &system}, interface);
}

} // namespace troupe
