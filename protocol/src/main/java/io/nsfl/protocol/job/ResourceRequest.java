package io.nsfl.protocol.job;

/**
 * What each worker of a task needs; 0 asks for nothing in particular.
 *
 * @param workerNum workers per client (1)
 * @param cpu cores (1.0)
 * @param gpu devices (0)
 * @param memoryMb MB (1000)
 */
public record ResourceRequest(int workerNum, double cpu, int gpu, long memoryMb) {
    /** The documented defaults. */
    public static ResourceRequest defaults() {
        return new ResourceRequest(1, 1.0, 0, 1000);
    }
}
