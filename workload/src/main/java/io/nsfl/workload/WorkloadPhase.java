package io.nsfl.workload;

/** Where a workload is in its life. */
public enum WorkloadPhase {
    /** Asked for, not running yet (a pod that waits for a node or an image). */
    STARTING,
    /** Its main process runs. */
    RUNNING,
    /** Its main process ended; {@link WorkloadStatus#end()} says how. */
    ENDED
}
