package io.nsfl.workload;

import java.util.List;

/**
 * How other pods reach a pod by its name. Processes ignore it.
 *
 * @param ports what is reached
 * @param headless whether the name means the pod's own address, on which all ports are open; else the ports are translated
 */
public record WorkloadService(List<Port> ports, boolean headless) {
    public WorkloadService {
        ports = List.copyOf(ports);
    }

    /** A port under the workload's name, and the one that it leads to. */
    public record Port(int port, int target) {}
}
