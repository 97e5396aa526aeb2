package io.nsfl.workload;

/**
 * What a workload may use; 0 = not limited.
 *
 * @param cpu cores
 * @param memoryMb MB (2^20 bytes); in a pod the container's limit, in a process the bound of its private data (RLIMIT_DATA)
 * @param gpu devices
 * @param ownMemoryMb MB that a pod may use for itself beside, where memory is limited
 */
public record WorkloadResources(double cpu, long memoryMb, int gpu, long ownMemoryMb) {
    public static final WorkloadResources UNLIMITED = new WorkloadResources(0, 0, 0);

    public WorkloadResources(double cpu, long memoryMb, int gpu) {
        this(cpu, memoryMb, gpu, 0);
    }

    public WorkloadResources {
        if (cpu < 0 || memoryMb < 0 || gpu < 0 || ownMemoryMb < 0) {
            throw new IllegalArgumentException(
                    "Resources cannot be negative: cpu " + cpu + ", memory " + memoryMb + ", gpu " + gpu);
        }
    }
}
