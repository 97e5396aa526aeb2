package io.nsfl.protocol.job;

import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a job object into a {@link JobConfig}: every field checked, all violations at once, documented leniencies applied
 * ({@code 1} for {@code 1.0}, {@code "True"} for {@code true}, {@code "1024"} for {@code 1024}, {@code keras} for {@code tensorflow}, …).
 */
public final class JobConfigReader {
    private JobConfigReader() {}

    /** A job object as posted to the job-scheduler: paths stay below the namespace and hyper parameters are above zero. */
    public static Reading<JobConfig> forCreate(String namespace, ObjectNode job) {
        throw new UnsupportedOperationException();
    }

    /**
     * A coordinator's start configuration: {@code job_name} or {@code id}, {@code namespace} (default {@code default}), absolute paths
     * allowed, intervals of 0 allowed, exactly one of {@code task_entry} and {@code scripts}.
     */
    public static Reading<JobConfig> forCoordinator(ObjectNode config) {
        throw new UnsupportedOperationException();
    }
}
