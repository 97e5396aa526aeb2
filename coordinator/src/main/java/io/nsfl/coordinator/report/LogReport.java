package io.nsfl.coordinator.report;

import io.nsfl.coordinator.round.Course;
import io.nsfl.coordinator.round.RoundPhase;
import io.nsfl.coordinator.round.RunState;
import io.nsfl.protocol.job.Heartbeat.Checkpoint;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines for people: one per round, one per evaluation, and the table at the end. */
public final class LogReport implements RunReport {
    private static final Logger log = LoggerFactory.getLogger("nsfl.run");
    private static final Set<String> NOTEWORTHY = Set.of(
            "RUN_RESUMED",
            "CLIENTS_SELECTED",
            "CLIENT_REFUSED",
            "CLIENT_LOST",
            "UPDATE_REJECTED",
            "TASK_FAILED",
            "ROUND_RETRIED",
            "ROUND_SKIPPED",
            "EVALUATION_FAILED",
            "MASKING_OPENED",
            "MASKING_FAILED",
            "MASKING_GROUP_LEFT_OUT",
            "MASKING_LEFT",
            "MASKING_EXCLUDED",
            "THREAT_MODEL",
            "CHECKPOINT_SAVED",
            "MODEL_DELTA",
            "WARNING");

    private final int maxRounds;
    private final InstantSource clock;
    private final Instant since;
    private final Map<Integer, RoundMetrics> rounds = new TreeMap<>();

    public LogReport(int maxRounds, InstantSource clock) {
        this.maxRounds = maxRounds;
        this.clock = clock;
        this.since = clock.instant();
    }

    @Override
    public void state(RunState state, String reason) {
        log.info("{}{}", state, reason.isEmpty() ? "" : ": " + reason);
        if (state.terminal()) {
            log.info("{}", statistics());
        }
    }

    @Override
    public void phase(RoundPhase phase, Course course) {
        log.debug("Round {}: {}", course.round(), phase.title());
    }

    @Override
    public void event(JobEvent event) {
        String client = event.client() == null ? "" : " " + event.client();
        String round = event.round() == null ? "" : "Round " + event.round() + ": ";
        if (NOTEWORTHY.contains(event.type())) {
            log.info("{}{}{}: {}", round, event.type(), client, event.message());
        } else {
            log.debug("{}{}{}: {}", round, event.type(), client, event.message());
        }
    }

    @Override
    public void round(RoundMetrics metrics) {
        RoundMetrics before = rounds.put(metrics.round(), metrics);
        if (before == null) {
            log.info(
                    "Round {}/{} {}: {}{} of {} clients, {} s",
                    metrics.round(),
                    maxRounds,
                    metrics.state(),
                    values(metrics.train()),
                    metrics.included(),
                    metrics.selected(),
                    metrics.seconds());
        } else if (!metrics.evaluate().equals(before.evaluate())) {
            log.info("Round {}/{} evaluated: {}", metrics.round(), maxRounds, values(metrics.evaluate()));
        }
    }

    @Override
    public void checkpoints(Map<String, Checkpoint> checkpoints) {
        checkpoints.forEach((name, checkpoint) -> log.debug("{}: {}", name, checkpoint.path()));
    }

    String statistics() {
        long succeeded = rounds.values().stream()
                .filter(round -> round.state().equals(RoundMetrics.COMMITTED))
                .count();
        double seconds = Duration.between(since, clock.instant()).toMillis() / 1000.0;
        return "\n| Rounds | Success round | Failed round |  Time(s) |\n|%s|%s|%s|%s|"
                .formatted(
                        centred(Integer.toString(rounds.size()), 8),
                        centred(Long.toString(succeeded), 15),
                        centred(Long.toString(rounds.size() - succeeded), 14),
                        centred("%.2f".formatted(seconds), 10));
    }

    private static String values(Map<String, Double> metrics) {
        StringBuilder text = new StringBuilder();
        for (String name : new String[] {"loss", "accuracy"}) {
            if (metrics.containsKey(name)) {
                text.append("%s %.4f, ".formatted(name, metrics.get(name)));
            }
        }
        return text.toString();
    }

    private static String centred(String text, int width) {
        int left = (width - text.length()) / 2;
        return " ".repeat(Math.max(0, left))
                + text
                + " ".repeat(Math.max(0, width - text.length() - Math.max(0, left)));
    }
}
