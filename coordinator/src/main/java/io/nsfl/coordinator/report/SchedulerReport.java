package io.nsfl.coordinator.report;

import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.coordinator.round.WorkId;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.Headers;
import io.nsfl.protocol.job.Heartbeat;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.HeartbeatAnswer;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.JobJson;
import io.nsfl.protocol.job.RoundMetrics;
import io.nsfl.protocol.v1.RunRef;
import io.nsfl.servicekit.rest.PeerHttp;
import io.nsfl.servicekit.security.InternalSecret;
import io.nsfl.servicekit.time.Mailbox;
import io.nsfl.servicekit.time.Timers;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Heartbeats to the job-scheduler: at once when something changed (at most one per 200 ms), else every report period. Events and rounds
 * are sent until they are acknowledged. A scheduler that does not answer is asked again and again; nothing is lost and nobody waits,
 * except the end of the process for the last heartbeat.
 */
public final class SchedulerReport implements RunReport {
    private static final Logger log = LoggerFactory.getLogger(SchedulerReport.class);
    private static final Duration GAP = Duration.ofMillis(200);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int EVENTS_PER_BEAT = 500;
    /** Of the events' messages together, unless one alone is longer: the scheduler takes heartbeats of a bounded size only. */
    private static final int CHARACTERS_PER_BEAT = 1 << 20;

    private static final int ROUNDS_PER_BEAT = 200;
    private static final int LONGEST_ANSWER = 1 << 20;
    private static final int STALE = 409;

    private final PeerHttp http;
    private final URI uri;
    private final InternalSecret secret;
    private final RunRef run;
    private final Supplier<String> address;
    private final Duration period;
    private final Mailbox mailbox;
    private final Timers timers;
    private final Consumer<String> stop;
    private final Consumer<String> superseded;

    private RunState state = RunState.STARTING;
    private String reason = "";
    private int progress;
    private String phase = "";
    private Integer round;
    private Map<String, Checkpoint> checkpoints;
    private final Deque<JobEvent> events = new ArrayDeque<>();
    private final TreeMap<Integer, RoundMetrics> rounds = new TreeMap<>();
    private boolean inFlight;
    private boolean changed;
    private boolean soon;
    private boolean first = true;
    private boolean over;
    private boolean silent;
    private Optional<Timers.Timer> next = Optional.empty();
    private final CompletableFuture<Void> lastDelivered = new CompletableFuture<>();

    /**
     * @param scheduler {@code host:port}
     * @param address where this coordinator listens; empty while it is not known
     * @param stop called when the scheduler orders the run to stop
     * @param superseded called when another run or launch owns the job
     */
    public SchedulerReport(
            PeerHttp http,
            String scheduler,
            InternalSecret secret,
            RunRef run,
            Supplier<String> address,
            Duration period,
            Mailbox mailbox,
            Timers timers,
            Consumer<String> stop,
            Consumer<String> superseded) {
        this.http = http;
        this.uri = http.uri(scheduler, "/api/v1/heartbeat");
        this.secret = secret;
        this.run = run;
        this.address = address;
        this.period = period;
        this.mailbox = mailbox;
        this.timers = timers;
        this.stop = stop;
        this.superseded = superseded;
    }

    @Override
    public void state(RunState value, String why) {
        change(() -> {
            // A stop that is asked for when the end is known already changes nothing.
            if (!state.terminal()) {
                state = value;
                reason = why;
                progress = value == RunState.FINISHED ? 100 : progress;
            }
        });
    }

    @Override
    public void phase(RoundPhase value, Course course) {
        change(() -> {
            phase = value.title();
            round = value.work().map(WorkId::round).orElse(course.round());
            progress = Math.max(progress, course.progress());
        });
    }

    @Override
    public void event(JobEvent event) {
        change(() -> events.add(event));
    }

    @Override
    public void round(RoundMetrics metrics) {
        change(() -> rounds.put(metrics.round(), metrics));
    }

    @Override
    public void checkpoints(Map<String, Checkpoint> all) {
        change(() -> checkpoints = Map.copyOf(all));
    }

    /** Completes when the scheduler has the run's terminal state and everything before it. */
    public CompletableFuture<Void> lastDelivered() {
        return lastDelivered;
    }

    private void change(Runnable what) {
        mailbox.execute(() -> {
            what.run();
            changed = true;
            // One that is due soon anyway takes the change along; the first of all is sent at once.
            if (!soon) {
                soon = true;
                schedule(first ? Duration.ZERO : GAP);
                first = false;
            }
        });
    }

    private void schedule(Duration delay) {
        if (over || inFlight) {
            return;
        }
        next.ifPresent(Timers.Timer::cancel);
        next = Optional.of(timers.schedule(delay, mailbox, this::beat));
    }

    private void beat() {
        inFlight = true;
        changed = false;
        soon = true;
        List<JobEvent> sentEvents = nextEvents();
        List<RoundMetrics> sentRounds =
                rounds.values().stream().limit(ROUNDS_PER_BEAT).toList();
        boolean last = state.terminal() && sentEvents.size() == events.size() && sentRounds.size() == rounds.size();
        byte[] body;
        try {
            body = JobJson.bytes(heartbeat(sentEvents, sentRounds, last));
        } catch (RuntimeException unwritable) {
            log.error("A heartbeat cannot be written", unwritable);
            inFlight = false;
            schedule(period);
            return;
        }
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("content-type", "application/json")
                .header(Headers.INTERNAL, secret.hex())
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        http.exchangeAsync(request, TIMEOUT, LONGEST_ANSWER)
                .whenComplete((answer, failed) -> mailbox.execute(() -> answered(answer, failed, sentRounds, last)));
    }

    /** As many of the oldest as one heartbeat takes. */
    private List<JobEvent> nextEvents() {
        List<JobEvent> next = new ArrayList<>();
        long characters = 0;
        for (JobEvent event : events) {
            characters += event.message().length();
            if (next.size() == EVENTS_PER_BEAT || (!next.isEmpty() && characters > CHARACTERS_PER_BEAT)) {
                break;
            }
            next.add(event);
        }
        return next;
    }

    private Heartbeat heartbeat(List<JobEvent> sentEvents, List<RoundMetrics> sentRounds, boolean last) {
        return new Heartbeat(
                run.getJob(),
                run.getNamespace(),
                // The terminal state comes with the last events and rounds and never before them.
                state.terminal() && !last ? RunState.RUNNING.name() : state.name(),
                progress,
                reason.isEmpty() ? null : reason,
                checkpoints,
                run.getRun(),
                run.getEpoch(),
                address.get().isEmpty() ? null : address.get(),
                phase.isEmpty() ? null : phase,
                round,
                sentEvents.isEmpty() ? null : sentEvents,
                sentRounds.isEmpty() ? null : sentRounds);
    }

    private void answered(HttpResponse<byte[]> answer, Throwable failed, List<RoundMetrics> sentRounds, boolean last) {
        inFlight = false;
        if (failed != null || answer.statusCode() != 200 && answer.statusCode() != STALE) {
            if (!silent) {
                log.warn(
                        "The job-scheduler does not take heartbeats ({}); they are repeated until it does",
                        failed != null ? failed.toString() : "status " + answer.statusCode());
                silent = true;
            }
            schedule(RETRY);
            return;
        }
        silent = false;
        if (answer.statusCode() == STALE) {
            over = true;
            lastDelivered.complete(null);
            superseded.accept("The job-scheduler gave the job to another run or launch.");
            return;
        }
        if (take(answer.body(), sentRounds) && last) {
            over = true;
            lastDelivered.complete(null);
            return;
        }
        boolean more = changed || !events.isEmpty() || sentRounds.size() == ROUNDS_PER_BEAT || state.terminal();
        soon = more;
        schedule(more ? GAP : period);
    }

    private boolean take(byte[] body, List<RoundMetrics> sentRounds) {
        try {
            HeartbeatAnswer answer = JobJson.read(body, HeartbeatAnswer.class);
            if (answer.eventsThrough() != null) {
                events.removeIf(event -> event.seq() <= answer.eventsThrough());
            }
            if (answer.roundsThrough() != null) {
                sentRounds.stream()
                        .filter(sent -> sent.round() <= answer.roundsThrough())
                        .forEach(sent -> rounds.remove(sent.round(), sent));
            }
            if (HeartbeatAnswer.STOP.equals(answer.order())) {
                stop.accept("The job-scheduler asked for it.");
            }
            return true;
        } catch (FaultException unreadable) {
            log.warn("The job-scheduler's answer to a heartbeat cannot be read: {}", unreadable.getMessage());
            return false;
        }
    }
}
