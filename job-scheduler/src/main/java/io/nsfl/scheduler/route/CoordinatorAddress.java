package io.nsfl.scheduler.route;

import io.nsfl.scheduler.job.Job;
import java.util.Optional;

/** Where the proxy dials a job's coordinator. */
@FunctionalInterface
public interface CoordinatorAddress {
    /** {@code host:port}; empty while it is not known. */
    Optional<String> of(Job job);

    /** Where the coordinator itself says that it listens: a process of a machine that the proxy reaches. */
    static CoordinatorAddress reported() {
        return Job::address;
    }

    /** The Service that bears the job's name, wherever its pod is. @param port of every such Service */
    static CoordinatorAddress service(int port) {
        return job -> Optional.of(job.key().serviceName() + ":" + port);
    }
}
