#!/usr/bin/env bash
. "$(dirname "$0")/tap.sh"

run
ok "Without a command it says so" fails 2 'No command was given; "rheobase-cli --help" names them.'
run shwo
ok "An unknown command names the nearest" fails 2 'There is no command "shwo"; the nearest is "show".'
run dance
ok "A command that is like no other points to the help" \
  fails 2 'There is no command "dance"; "rheobase-cli --help" names them.'
run list rul
ok "An unknown list names the nearest" fails 2 'There is no list of "rul"; the nearest is "rules".'
run list --jsn
ok "An unknown option names the nearest" fails 2 'list has no option --jsn; the nearest is --json.'
ok "A wrong usage is followed by the right one" said "Usage: rheobase-cli list"
run list tasks rules
ok "A word too many is named" fails 2 'list has a word too many: "rules".'
run show
ok "A missing word is told" fails 2 'A word is missing behind show.'

run show no/such.json
ok "A missing file is named" fails 1 'no/such.json could not be read: there is no such file.'
run show .
ok "A folder is no experiment" fails 1 '. could not be read: Is a directory.'
printf '{"format": 1,\n "run": {"seed": 1,}}' >comma.json
run show comma.json
ok "A file that is not JSON is told with its line" said 'comma.json, line 2: this is not JSON'
printf '\xff\xfe' >binary.json
run show binary.json
ok "A file that is not text is told" fails 1 'binary.json is not UTF-8 text.'
: >empty.json
run show empty.json
ok "An empty file is told" fails 1 'empty.json is empty; JSON was expected.'
head -c 17000000 /dev/zero | tr '\0' ' ' >big.json
run show big.json
ok "A file far too large is refused" fails 1 'big.json is larger than 16 MB, so this is no experiment.'
printf '{"format": 1, "rum": {}}' >key.json
run show key.json
ok "An unknown key names the nearest" fails 1 'key.json: The experiment has no key "rum"; the nearest is "run".'
printf '{"format": 9}' >newer.json
run show newer.json
ok "A newer format is refused" \
  fails 1 'newer.json: format is 9; this program knows formats up to 1. A newer Rheobase has written it.'
printf '{"format": 1}' >bare.json
run show bare.json
ok "An experiment without a task says how to give one" \
  fails 1 'The experiment has no task; set task.id ("rheobase-cli list tasks" names them).'
run show bare.json --set run.seed
ok "A setting without a value is told" fails 2 '"run.seed" is no assignment; write KEY=VALUE, as in run.seed=2.'
run show bare.json --set run.sede=2
ok "An unknown key of a setting names the nearest" fails 2 'run has no key "sede"; the nearest is "seed".'
run show bare.json --set run.seed=-2
ok "A value out of range names the range" fails 2 'run.seed is -2; allowed is 0 or more.'
run show bare.json --set model.tau=2
ok "A key of a component that is not there is told" \
  fails 2 'model.tau cannot be used: the experiment has no model. Set model.id first.'
run show bare.json --set $'title=\xff'
ok "A value that is not text is refused" fails 2 'title is not UTF-8 text.'

if [ -w /dev/full ]; then
  "$cli" list --json >/dev/full 2>"$err"
  code=$?
  ok "A full disk behind stdout is a failure" fails 1 'Standard output could not be written: No space left on device.'
fi

done_testing
