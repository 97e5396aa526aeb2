package io.nsfl.taskmanager.launch;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * One executor's place among those of a run: on a machine there is one for all workers, in a cluster one for each.
 *
 * @param worker which one; empty = all
 * @param workers how many the run has
 */
record ExecutorSeat(ExecutorKey key, OptionalInt worker, int workers) {
    /** The only one. */
    static List<ExecutorSeat> shared(ExecutorKey key) {
        return List.of(new ExecutorSeat(key, OptionalInt.empty(), 1));
    }

    static List<ExecutorSeat> each(ExecutorKey key, int workers) {
        return IntStream.range(0, Math.max(1, workers))
                .mapToObj(index -> new ExecutorSeat(key, OptionalInt.of(index), Math.max(1, workers)))
                .toList();
    }

    /** The workload's name, and the executor's id. */
    String name() {
        return worker.isEmpty() ? key.name() : key.name() + "-" + worker.getAsInt();
    }

    boolean chief() {
        return worker.orElse(0) == 0;
    }

    /** The names of all seats, in their order. */
    List<String> all() {
        return each(key, workers).stream().map(ExecutorSeat::name).toList();
    }
}
