#!/usr/bin/env bash
. "$(dirname "$0")/tap.sh"

run list
ok "Lists everything without a word" exits 0
ok "Each list has a heading" printed "models:"
ok "Plots are among what there is" printed "raster"
ok "Tasks are among what there is" printed "robot-trajectory"
ok "Nothing is said on stderr" silent

run list tasks
ok "Lists the tasks alone" exits 0
ok "The task is listed with its title" printed "Robot trajectory"
ok "Models are not listed among tasks" eval '! printed "models:"'

run list --json
ok "Gives JSON" json 'isinstance(d["tasks"], list) and isinstance(d["experiments"], list)'
ok "Each component has id, title and parameters" json \
  'all(c["id"] and c["title"] and isinstance(c["parameters"], list)
       for k in ("models", "rules", "tasks", "analyses") for c in d[k])'
ok "Each parameter says what is allowed, or what it consists of" json \
  'all("allowed" in p or p["parameters"] for k in ("models", "rules", "tasks") for c in d[k] for p in c["parameters"])'

ok "The processor is a device" json 'd["devices"][0]["id"] == "cpu" and d["devices"][0]["title"]'

run list tasks --json
ok "One list as JSON holds nothing else" json 'list(d) == ["tasks"]'

done_testing
