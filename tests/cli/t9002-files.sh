#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
. "$here/tiny.sh"

run train tiny.json --out good.h5
: >empty.h5
head -c 2000 good.h5 >short.h5
head -c $(($(wc -c <good.h5) - 5000)) good.h5 >end.h5
head -c 5000 /dev/urandom >noise.h5
printf '1 2 3\n' >numbers.txt
printf 'PATH foreign\nINPUT-CLASS TEXTIN\nINPUT-SIZE 32\nRANK 1\nDIMENSION-SIZES 3\n' >import.conf
h5import numbers.txt -c import.conf -o foreign.h5 >/dev/null 2>&1
cp good.h5 newer.h5
python3 - <<'PYTHON'
import ctypes, ctypes.util
h5 = ctypes.CDLL(ctypes.util.find_library("hdf5_serial") or ctypes.util.find_library("hdf5"))
for name in ("H5Fopen", "H5Aopen_by_name"):
    getattr(h5, name).restype = ctypes.c_int64
h5.H5open()
file = ctypes.c_int64(h5.H5Fopen(b"newer.h5", 1, ctypes.c_int64(0)))
zero = ctypes.c_int64(0)
version = ctypes.c_int64(h5.H5Aopen_by_name(file, b"/", b"format-version", zero, zero))
value = ctypes.c_int(99)
assert h5.H5Awrite(version, ctypes.c_int64.in_dll(h5, "H5T_NATIVE_INT_g"), ctypes.byref(value)) >= 0
h5.H5Aclose(version)
h5.H5Fclose(file)
PYTHON

for file in missing empty short end noise foreign newer; do
  for command in info evaluate analyse plot train; do
    case $command in
      analyse) run analyse $file.h5 weight-stats ;;
      plot) run plot $file.h5 line --out x.png ;;
      train) run train --resume $file.h5 ;;
      *) run "$command" $file.h5 ;;
    esac
    ok "$command: a $file run file is a failure" exits 1
    ok "$command: and one sentence names it" [ "$(grep -c . "$err")" -eq 1 -a "$(grep -c "$file.h5" "$err")" -eq 1 ]
  done
done
run info newer.h5
ok "A file of a newer format is called so" said "newer"
run info foreign.h5
ok "A foreign HDF5 file is called no run" said "not a run"
ok "No figure was left behind" [ ! -e x.png ]

# A run that fails at its first trial leaves nothing; one that had learned is kept, to be resumed.
script () # TRIAL: the number from which the script fails
{
  cat >task.lua <<LUA
function shape () return { inputs = 1, outputs = 1, steps = 10 } end
local n = 0
function trial (index)
  n = n + 1
  if n > $1 then error ("no more trials") end
  return { input = zeros (10, 1), target = zeros (10, 1) }
end
LUA
}
cat >script.json <<'JSON'
{"format": 1, "title": "Script", "task": {"id": "task-script", "file": "task.lua"},
 "model": {"id": "ctrnn", "units": 8}, "rule": {"id": "bptt"},
 "run": {"seed": 1, "budget": 100000, "batch": 4, "probe": 2, "record": [], "validate": 0, "threads": 1}}
JSON
script 0
run train script.json --out none.h5
ok "A task without trials is a failure" exits 1
ok "and says why" said "no more trials"
ok "No run file is left of it" [ ! -e none.h5 -a ! -e none.h5.parts ]
script 400
run train script.json --out some.h5
ok "One that ends later is a failure too" exits 1
ok "but what it learned is there" [ -e some.h5 ]

mkdir folder
for command in info evaluate train; do
  case $command in
    train) run train --resume folder ;;
    *) run "$command" folder ;;
  esac
  ok "$command: a folder is no run" exits 1
done

done_testing
