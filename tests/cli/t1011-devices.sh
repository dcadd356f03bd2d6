#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

small=(--set run.budget=1 --set task.n-trials=20 --set task.n-valid=8 --set run.batch=10)

# --- without a card ------------------------------------------------------------------------------------------------
run list devices
ok "The processor is a device" printed "  cpu "
ok "A card that is not there is told" printed "no CUDA device: This program was built without CUDA."
run list devices --json
ok "as for other programs" json 'd["devices"][0]["there"] is True and d["devices"][1]["there"] is False'
run train robot-clean "${small[@]}" --set run.device=cuda --out no.h5
ok "A card that is asked for is taken or nothing is" fails 1 \
  "run.device = cuda cannot be used: This program was built without CUDA."
ok "Then nothing is written" eval '[ -z "$(ls)" ]'
run train robot-clean "${small[@]}" --out auto.h5
ok "Left to itself the program takes the processor" exits 0
ok "and says so first, and why" eval 'head -1 .err | grep -q "^Device: CPU, [0-9]* threads\?, no card: This program was built without CUDA.$"'
run train robot-clean "${small[@]}" --set run.device=cpu --set run.threads=2 --out cpu.h5
ok "A processor that is asked for needs no reason" eval 'head -1 .err | grep -qx "Device: CPU, 2 threads"'
run info cpu.h5 --json
ok "nor does its run" json 'd["device"] == "CPU, 2 threads" and d["device-reason"] is None'
run train robot-clean "${small[@]}" --quiet --out quiet.h5
ok "Quiet runs say nothing of it" silent

# --- modules that are none -----------------------------------------------------------------------------------------
echo "nothing" >module.so
RHEO_CUDA_MODULE=$PWD/module.so run list devices
ok "A file that is no module is told" printed "no CUDA device: The CUDA module does not load"
RHEO_CUDA_MODULE=$RHEO_OTHER_BUILD run list devices
ok "A module of another build is refused" printed "no CUDA device: The CUDA module belongs to another build of this program."
RHEO_CUDA_MODULE=$RHEO_OTHER_BUILD run train robot-clean "${small[@]}" --out other.h5
ok "and left alone where a card is not asked for" exits 0

# --- with something in place of a card -----------------------------------------------------------------------------
export RHEO_CUDA_MODULE=$RHEO_SHIM
run list devices
ok "A card is listed by its name" printed "host in place of a card"
ok "and there is one of them" eval '! printed "cuda:1"'
run train robot-clean "${small[@]}" --set run.device=cuda:1 --out no.h5
ok "A card that is not there is named" fails 1 "run.device = cuda:1 cannot be used: There is no card of this number."
run train sorn-counting --set run.device=cuda --set run.budget=1 --out no.h5
ok "What runs on the processor alone is not for a card" fails 1 \
  "run.device = cuda cannot be used: local rules run on the processor. Allowed are auto and cpu."
run train sorn-counting --set run.budget=1 --set run.threads=1 --out local.h5
ok "and is not for this program either where it may choose" \
  said "Device: CPU, 1 thread, no card: local rules run on the processor."
run train robot-clean "${small[@]}" --out card.h5
ok "A run trains on it" exits 0
ok "and says so" eval 'head -1 .err | grep -qx "Device: host in place of a card"'
run info card.h5
ok "as does its file" printed "Device       host in place of a card"
RHEO_CUDA_MODULE=none run train --resume card.h5 --set run.budget=2
ok "and goes on without it" exits 0
run info card.h5
ok "of which its file tells" printed ", no card: This program was built without CUDA."

done_testing
