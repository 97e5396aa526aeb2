# Runs a program in a process group of its own, tells its process id and how it ends, and ends the whole group when the program has
# ended or when standard input is at its end, which it is when whoever started this is gone, however that happened.
exec 3<&0 </dev/null
"$@" 3<&- &
program=$!
echo "guard: started $program"
(
    cat <&3 >/dev/null
    kill -TERM "$program" 2>/dev/null
    tries=50
    while [ "$tries" -gt 0 ] && kill -0 "$program" 2>/dev/null; do
        tries=$((tries - 1))
        sleep 0.1
    done
    kill -KILL 0
) 2>/dev/null &
wait "$program"
echo "guard: ended $?"
# Workers whose master was killed would go on, and keep its port.
trap '' TERM
kill -TERM 0
sleep 0.2
kill -KILL 0
