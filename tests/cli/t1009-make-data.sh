#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"

dump () { h5dump "$@" data/shd_train.h5 | tr -s ' \n' ' '; }
holds () { grep -qF -- "$1" <<<"$2"; }

# --- what can be made --------------------------------------------------------------------------------------------
run make-data
ok "Without a name the data that can be made are listed" printed "shd-synthetic"
run list data --json
ok "as among everything else" json 'any(c["id"] == "shd-synthetic" and c["title"] for c in d["data"])'

# --- made-up digits ----------------------------------------------------------------------------------------------
run make-data shd-synthetic --out data --train 40 --test 20
ok "Data are made" exits 0
ok "The folder is told" printed "data"
ok "It has the two files and nothing else" eval '[ "$(ls -A data | tr "\n" " ")" = "shd_test.h5 shd_train.h5 " ]'
head=$(dump -H)
ok "Times are lists of half precision" holds 'DATASET "times" { DATATYPE H5T_VLEN { 16-bit little-endian floating-point 16-bit precision} DATASPACE SIMPLE { ( 40 )' "$head"
ok "units lists of 16 bits" holds 'DATASET "units" { DATATYPE H5T_VLEN { H5T_STD_U16LE} DATASPACE SIMPLE { ( 40 )' "$head"
ok "Labels and speakers are numbers of 16 bits" eval 'holds "DATASET \"labels\" { DATATYPE H5T_STD_U16LE DATASPACE SIMPLE { ( 40 )" "$head" &&
  holds "DATASET \"speaker\" { DATATYPE H5T_STD_U16LE DATASPACE SIMPLE { ( 40 )" "$head"'
ok "Classes have their names" eval 'keys=$(dump -d /extra/keys); holds "\"zero" "$keys" && holds "\"neun" "$keys" && holds "STRSIZE 6" "$keys"'
ok "Twelve speakers are described" eval 'for set in gender age body_height; do
  holds "( 12 ) / ( 12 )" "$(dump -d /extra/meta_info/$set)" || exit 1; done'
ok "Labels are balanced" eval '[ "$(h5dump -d /labels -y -o labels data/shd_train.h5 >/dev/null; tr -s ", " "\n" <labels |
  grep -c "^7$")" = 2 ]'
ok "No speaker of the training set is one of those kept for the test" eval \
  'h5dump -d /extra/speaker -y -o speakers data/shd_train.h5 >/dev/null; ! tr -s ", " "\n" <speakers | grep -q "^[45]$"'

run make-data shd-synthetic --out again --train 40 --test 20 --seed 11 --difficulty 0.5
ok "The same seed gives the same data" eval 'h5diff data/shd_train.h5 again/shd_train.h5 && h5diff data/shd_test.h5 again/shd_test.h5'
run make-data shd-synthetic --out other --train 40 --test 20 --seed 2
ok "and another one other data" eval '! h5diff -q data/shd_train.h5 other/shd_train.h5'

# --- what is there is kept ---------------------------------------------------------------------------------------
mkdir mine
echo mine >mine/shd_test.h5
run make-data shd-synthetic --out mine --train 20 --test 20
ok "A file that is there is not replaced" fails 1 "mine/shd_test.h5 is there already."
ok "and no other one is left beside it" eval '[ "$(ls -A mine)" = shd_test.h5 ]'
run make-data shd-synthetic --out mine --train 20 --test 20 --force
ok "unless that is wanted" exits 0
ok "and then it is" eval "h5dump -H mine/shd_test.h5 >/dev/null"
run make-data shd-synthetic --out /proc/self --train 20 --test 20
ok "Where no file can be written that is told" eval '[ "$code" = 1 ] && grep -q "cannot be written: " "$err"'
run make-data shd-synthetic --out mine/shd_test.h5 --train 20 --test 20
ok "Where no folder can be made that is told" said "The folder mine/shd_test.h5 could not be made"

# --- interrupted -------------------------------------------------------------------------------------------------
"$cli" make-data shd-synthetic --out cut --train 100000 --test 20 2>"$err" >"$out" &
maker=$!
for _ in $(seq 100); do
  [ -n "$(ls -A cut 2>/dev/null)" ] && break
  sleep 0.1
done
kill -TERM $maker
wait $maker
code=$?
ok "Interrupted it ends at once" exits 130
ok "and nothing half-written is left" eval '[ -d cut ] && [ -z "$(ls -A cut)" ]'

# --- spoken digits -----------------------------------------------------------------------------------------------
mkdir bin none
python3 - <<'PYTHON'
import struct
sound = b"".join(struct.pack("<h", 6000 if i // 10 % 2 else -6000) for i in range(3000))
head = b"RIFF" + struct.pack("<I", 0x7ffff024) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 22050, 44100, 2, 16)
open("bin/word.wav", "wb").write(head + b"data" + struct.pack("<I", 0x7ffff000) + sound)
PYTHON
speaks () { printf '#!/bin/sh\n%s\n' "$1" >bin/espeak-ng && chmod +x bin/espeak-ng; }
speech () { PATH=$folder/bin:$PATH run make-data spoken-digits "$@"; }

speaks "cat $folder/bin/word.wav"
speech --out speech --train 20 --test 20
ok "Digits that are spoken are made" exits 0
ok "in two files and nothing else" eval '[ "$(ls -A speech | tr "\n" " ")" = "shd_test.h5 shd_train.h5 " ]'
ok "whose voices are described" eval 'holds "\"m\", \"f\", \"m\"" "$(h5dump -d /extra/meta_info/gender speech/shd_train.h5 | tr -s " \n" " ")"'
speech --out speech --train 20 --test 20
ok "They do not replace others" fails 1 "speech/shd_train.h5 is there already."
speech --out speech --train 20 --test 20 --force
ok "unless that is wanted" exits 0
run train shd-lif --set task.path=speech --set run.budget=1 --set run.batch=10 --set model.layers.0.units=4 --out speech.h5 --quiet
ok "A network learns them" exits 0
speech --out x --difficulty 0.5
ok "They have no difficulty" fails 2 "Digits that are spoken have no --difficulty."
speech --out x --test 0
ok "No trials are too few here too" fails 2 "There cannot be 0 test trials; allowed are 1 to 100000."
PATH=$folder/none run make-data spoken-digits --out x --train 20 --test 20
ok "Where espeak-ng is not there it is told what to install" fails 1 \
  "Digits are spoken by the program espeak-ng, which is not on this computer; install the package espeak-ng."
ok "and no folder is left of them all" eval '[ ! -e x ]'
speaks "exit 1"
speech --out silent --train 20 --test 20
ok "Where it fails that is told" eval '[ "$code" = 1 ] && said "espeak-ng did not speak \""'
speaks "echo hello"
speech --out silent --train 20 --test 20
ok "as where it writes something else" eval '[ "$code" = 1 ] && said "It is no sound file in the format WAV."'
ok "and nothing is left of either" eval '[ -d silent ] && [ -z "$(ls -A silent)" ]'
speaks "exec sleep 15"
PATH=$folder/bin:$PATH "$cli" make-data spoken-digits --out silent --train 20 --test 20 2>"$err" >"$out" &
maker=$!
for _ in $(seq 100); do
  [ -n "$(ls -A silent)" ] && break
  sleep 0.1
done
kill -TERM $maker
wait $maker
code=$?
ok "Interrupted it does not wait for espeak-ng" exits 130
ok "and leaves nothing half-written" eval '[ -z "$(ls -A silent)" ]'

# --- wrong usage -------------------------------------------------------------------------------------------------
run make-data shd-synthetik --out x
ok "A name that is not known is told with the nearest" \
  fails 2 'There is no data "shd-synthetik"; the nearest is "shd-synthetic".'
run make-data nothing-like-it --out x
ok "or where the names are" said 'rheobase-cli list data'
run make-data shd-synthetic
ok "Without a folder nothing is made" fails 2 "make-data needs --out with the name of a folder."
run make-data shd-synthetic --out ""
ok "nor in one without a name" fails 2 "make-data needs --out with the name of a folder."
run make-data --out x
ok "nor without the name of the data" fails 2 'Which data? "rheobase-cli list data" names them.'
run make-data shd-synthetic --out x --train 0
ok "No trials are too few" fails 2 "There cannot be 0 training trials; allowed are 1 to 100000."
run make-data shd-synthetic --out x --train -5
ok "and so are fewer than that" fails 2 "There cannot be -5 training trials; allowed are 1 to 100000."
run make-data shd-synthetic --out x --test 100001
ok "There can be too many" fails 2 "There cannot be 100001 test trials; allowed are 1 to 100000."
run make-data shd-synthetic --out x --difficulty 2
ok "A difficulty has its range" fails 2 "The difficulty cannot be 2; allowed is 0 to 1."
run make-data shd-synthetic --out x --seed -1
ok "A seed too" fails 2 "The seed cannot be negative."
ok "and no folder is left of them" eval '[ ! -e x ]'

done_testing
