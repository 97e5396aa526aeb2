package io.nsfl.taskmanager.queue;

import io.nsfl.protocol.v1.Resources;
import io.nsfl.taskmanager.ids.TaskKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What this machine has and which task uses how much of it. Only the platform's own tasks are counted. Not for several threads: the desk's
 * mailbox owns it.
 */
public final class ResourceLedger {
    private final Resources capacity;
    private final Resources caps;
    private final Map<TaskKey, Resources> reserved = new HashMap<>();

    /** @param caps the owner's own bounds per worker, 0 = none */
    public ResourceLedger(Resources capacity, Resources caps) {
        this.capacity = capacity;
        this.caps = caps;
    }

    public Resources capacity() {
        return capacity;
    }

    /** What a task gets that asks for this: a positive cap smaller than the wish, or where nothing was wished for, takes its place. */
    public Resources within(Resources asked) {
        return Resources.newBuilder()
                .setWorkerNum(Math.max(1, asked.getWorkerNum()))
                .setCpu(capped(asked.getCpu(), caps.getCpu()))
                .setGpu((int) capped(asked.getGpu(), caps.getGpu()))
                .setMemoryMb((long) capped(asked.getMemoryMb(), caps.getMemoryMb()))
                .build();
    }

    private static double capped(double asked, double cap) {
        return cap > 0 && (asked <= 0 || cap < asked) ? cap : Math.max(0, asked);
    }

    /** Reserves, or says in one sentence what is short. */
    public Optional<String> reserve(TaskKey task, Resources wanted) {
        Resources free = free();
        int workers = wanted.getWorkerNum();
        String shortage = shortage("cpu cores", wanted.getCpu() * workers, free.getCpu(), capacity.getCpu());
        if (shortage.isEmpty()) {
            shortage = shortage("GPUs", (double) wanted.getGpu() * workers, free.getGpu(), capacity.getGpu());
        }
        if (shortage.isEmpty()) {
            shortage = shortage(
                    "MB of memory",
                    (double) wanted.getMemoryMb() * workers,
                    free.getMemoryMb(),
                    capacity.getMemoryMb());
        }
        if (!shortage.isEmpty()) {
            return Optional.of(shortage);
        }
        reserved.put(task, withDevices(wanted));
        return Optional.empty();
    }

    /** The lowest devices that no other task has. Two tasks never share one. */
    private Resources withDevices(Resources wanted) {
        Set<Integer> taken = new HashSet<>();
        reserved.values().forEach(held -> taken.addAll(held.getGpuDevicesList()));
        return wanted.toBuilder()
                .clearGpuDevices()
                .addAllGpuDevices(IntStream.range(0, capacity.getGpu())
                        .filter(device -> !taken.contains(device))
                        .limit((long) wanted.getGpu() * wanted.getWorkerNum())
                        .boxed()
                        .toList())
                .build();
    }

    private static String shortage(String what, double wanted, double free, double capacity) {
        if (wanted <= free) {
            return "";
        }
        return "The task needs " + number(wanted) + " " + what + ", " + number(free) + " of " + number(capacity)
                + " are free";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** Counts a task of before a restart, whether it fits or not. */
    public void restore(TaskKey task, Resources held) {
        reserved.put(task, held);
    }

    public Optional<Resources> reservedBy(TaskKey task) {
        return Optional.ofNullable(reserved.get(task));
    }

    public void release(TaskKey task) {
        reserved.remove(task);
    }

    public int tasks() {
        return reserved.size();
    }

    /** Never negative. */
    public Resources free() {
        double cpu = capacity.getCpu();
        long memory = capacity.getMemoryMb();
        int gpu = capacity.getGpu();
        for (Resources held : reserved.values()) {
            cpu -= held.getCpu() * held.getWorkerNum();
            memory -= held.getMemoryMb() * held.getWorkerNum();
            gpu -= held.getGpu() * held.getWorkerNum();
        }
        return Resources.newBuilder()
                .setCpu(Math.max(0, cpu))
                .setMemoryMb(Math.max(0, memory))
                .setGpu(Math.max(0, gpu))
                .build();
    }
}
