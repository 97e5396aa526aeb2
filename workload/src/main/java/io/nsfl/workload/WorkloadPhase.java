package io.nsfl.workload;

/** Where a workload is in its life. */
public enum WorkloadPhase {
    /** Asked for, and no machine has room for it now. */
    WAITING,
    /** Asked for and on its way (a pod that waits for its image, or to be looked at). */
    STARTING,
    /** Its main process runs. */
    RUNNING,
    /** Its main process ended; {@link WorkloadStatus#end()} says how. */
    ENDED
}
