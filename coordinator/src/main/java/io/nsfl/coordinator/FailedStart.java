package io.nsfl.coordinator;

import io.nsfl.coordinator.report.SchedulerReport;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultCategory;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.ScheduledTimers;
import io.nsfl.servicekit.tls.TlsProperties;
import io.nsfl.servicekit.tls.TransportSecurity;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A start that no repeat can mend: a model that cannot be read, a damaged journal. The job-scheduler is told that the run failed and why;
 * else it would see a process that is gone and launch it again in vain.
 */
final class FailedStart {
    private FailedStart() {}

    /**
     * Tells the job-scheduler, if there is one and the failure is final; returns when it knows, or when the patience is over.
     *
     * @param failure as the start threw it
     */
    static void tell(
            CoordinatorProperties properties,
            Optional<InternalSecret> secret,
            TlsProperties tls,
            Throwable failure,
            Duration patience) {
        Optional<FaultException> fault = finalFault(failure);
        if (fault.isEmpty()
                || secret.isEmpty()
                || properties.schedulerAddress().isEmpty()
                || properties.run().isEmpty()) {
            return;
        }
        RunRef run = RunRef.newBuilder()
                .setNamespace(properties.job().key().namespace())
                .setJob(properties.job().key().id())
                .setRun(properties.run().get())
                .setEpoch(properties.epoch())
                .build();
        ExecutorService threads = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("last-word-", 0).factory());
        try (ScheduledTimers timers = new ScheduledTimers("last-word-timers");
                PeerHttp http = PeerHttp.open(TransportSecurity.of(tls))) {
            SchedulerReport report = new SchedulerReport(
                    http,
                    properties.schedulerAddress().get(),
                    secret.get(),
                    run,
                    () -> "",
                    properties.reportPeriod(),
                    CoordinatorConfiguration.mailbox("report", threads),
                    timers,
                    _ -> {},
                    _ -> {});
            report.state(RunState.FAILED, fault.get().getMessage());
            report.lastDelivered()
                    .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } finally {
            threads.shutdownNow();
        }
    }

    /** What the user has to change, or what is lost for good. Storage may come back, and a run that another owns has not failed. */
    private static Optional<FaultException> finalFault(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FaultException fault) {
                return Optional.of(fault).filter(FailedStart::isFinal);
            }
        }
        return Optional.empty();
    }

    private static boolean isFinal(FaultException fault) {
        boolean users = fault.fault().category() == FaultCategory.USER && fault.fault() != Fault.STALE_RUN;
        return users || fault.fault() == Fault.JOURNAL_DAMAGED;
    }
}
