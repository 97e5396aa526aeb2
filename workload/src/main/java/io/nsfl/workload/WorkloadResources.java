package io.nsfl.workload;

/**
 * What a workload may use; 0 = not limited.
 *
 * @param cpu cores
 * @param memoryMb MB (2^20 bytes); in a pod the container's limit, in a process the bound of its private data (RLIMIT_DATA)
 * @param gpu devices
 */
public record WorkloadResources(double cpu, long memoryMb, int gpu) {
    public static final WorkloadResources UNLIMITED = new WorkloadResources(0, 0, 0);

    public WorkloadResources {
        if (cpu < 0 || memoryMb < 0 || gpu < 0) {
            throw new IllegalArgumentException(
                    "Resources cannot be negative: cpu " + cpu + ", memory " + memoryMb + ", gpu " + gpu);
        }
    }
}
