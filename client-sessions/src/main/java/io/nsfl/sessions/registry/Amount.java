package io.nsfl.sessions.registry;

import io.nsfl.protocol.v1.Resources;

/**
 * An amount of a client's resources.
 *
 * @param cpu cores
 * @param gpu devices
 * @param memoryMb MB (2^20 bytes)
 */
public record Amount(double cpu, long gpu, long memoryMb) {
    public static final Amount NOTHING = new Amount(0, 0, 0);

    /** What all workers of a task need together; no worker number means one. */
    public static Amount ofTask(Resources perWorker) {
        int workers = Math.max(1, perWorker.getWorkerNum());
        return new Amount(
                workers * perWorker.getCpu(), (long) workers * perWorker.getGpu(), workers * perWorker.getMemoryMb());
    }

    /** What a client has. */
    public static Amount ofClient(Resources capacity) {
        return new Amount(capacity.getCpu(), capacity.getGpu(), capacity.getMemoryMb());
    }

    public Amount plus(Amount other) {
        return new Amount(cpu + other.cpu, gpu + other.gpu, memoryMb + other.memoryMb);
    }

    /** What is left, never below nothing. */
    public Amount minus(Amount other) {
        return new Amount(
                Math.max(0, cpu - other.cpu), Math.max(0, gpu - other.gpu), Math.max(0, memoryMb - other.memoryMb));
    }

    public Resources toResources() {
        return Resources.newBuilder()
                .setWorkerNum(1)
                .setCpu(cpu)
                .setGpu(Math.toIntExact(Math.min(gpu, Integer.MAX_VALUE)))
                .setMemoryMb(memoryMb)
                .build();
    }
}
