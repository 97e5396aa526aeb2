package io.nsfl.taskmanager.launch;

import io.nsfl.protocol.v1.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the executors of this client hold, those too that wait for their job's next round: cores, memory and GPUs that nobody else can have. Those that
 * have been idle longest go first when others need the room. Safe from any thread.
 */
final class ExecutorRoom {
    private final Resources capacity;
    private final Map<String, Resources> held = new LinkedHashMap<>();

    ExecutorRoom(Resources capacity) {
        this.capacity = capacity;
    }

    /**
     * Takes room for executors, which count as the latest used.
     *
     * @param each what one of them holds
     * @param idle which of the others may go
     * @return those that have to go, least recently used first; none that frees nothing of what is short
     */
    synchronized List<String> take(Collection<String> executors, Resources each, Predicate<String> idle) {
        executors.forEach(held::remove);
        executors.forEach(executor -> held.put(executor, each));
        List<String> going = new ArrayList<>();
        for (Map.Entry<String, Resources> other : List.copyOf(held.entrySet())) {
            if (!executors.contains(other.getKey()) && frees(other.getValue()) && idle.test(other.getKey())) {
                held.remove(other.getKey());
                going.add(other.getKey());
            }
        }
        return going;
    }

    /** An executor is gone. */
    synchronized void leave(String executor) {
        held.remove(executor);
    }

    private boolean frees(Resources some) {
        double cpu = 0;
        long memory = 0;
        long gpu = 0;
        for (Resources one : held.values()) {
            cpu += one.getCpu();
            memory += one.getMemoryMb();
            gpu += one.getGpu();
        }
        return (cpu > capacity.getCpu() && some.getCpu() > 0)
                || (memory > capacity.getMemoryMb() && some.getMemoryMb() > 0)
                || (gpu > capacity.getGpu() && some.getGpu() > 0);
    }
}
