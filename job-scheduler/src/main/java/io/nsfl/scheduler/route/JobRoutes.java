package io.nsfl.scheduler.route;

import io.nsfl.protocol.ids.JobKey;
import io.nsfl.scheduler.job.Job;
import io.nsfl.scheduler.job.JobState;
import io.nsfl.scheduler.job.JobTable;
import java.util.List;
import java.util.stream.Stream;

/** Which jobs have a route: those that have a coordinator whose address is known. */
public final class JobRoutes {
    private final Routes routes;
    private final CoordinatorAddress addresses;
    private final JobTable table;

    public JobRoutes(Routes routes, CoordinatorAddress addresses, JobTable table) {
        this.routes = routes;
        this.addresses = addresses;
        this.table = table;
    }

    /** Its coordinator was launched, or has reported. */
    public void open(Job job) {
        if (job.state().hasCoordinator()) {
            addresses.of(job).ifPresent(address -> routes.register(job.key(), address));
        }
    }

    /** Its coordinator has ended. */
    public void close(JobKey job) {
        routes.remove(job);
    }

    /** All routes by the stored jobs, whatever this process has heard of them. @throws io.nsfl.protocol.fault.FaultException DATABASE_UNAVAILABLE */
    public List<Route> list() {
        return Stream.of(JobState.values())
                .filter(JobState::hasCoordinator)
                .flatMap(state -> table.in(state).stream())
                .flatMap(job -> addresses.of(job).map(address -> new Route(job.workload(), address)).stream())
                .toList();
    }
}
