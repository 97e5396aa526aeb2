package io.nsfl.ctl.output;

import io.nsfl.ctl.api.JobsApi;
import io.nsfl.protocol.fault.Fault;
import io.nsfl.protocol.fault.FaultException;
import io.nsfl.protocol.ids.JobKey;
import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.RoundMetrics;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job's rounds as they happen, until the job ends: a line per event that a person wants to know, and a line per round with
 * clients, loss and accuracy. A server that is away for a while is waited for.
 */
public final class Follow {
    /** What everybody wants to know at once; the rest is in {@code get job -o json} and the events API. */
    private static final Set<String> TOLD = Set.of(
            "JOB_STATE",
            "RUN_RESUMED",
            "CLIENTS_SELECTED",
            "CLIENT_REFUSED",
            "CLIENT_LOST",
            "UPDATE_REJECTED",
            "TASK_FAILED",
            "ROUND_RETRIED",
            "ROUND_SKIPPED",
            "EVALUATION_FAILED",
            "CHECKPOINT_SAVED",
            "PRIVACY_SPENT",
            "PRIVACY_BUDGET_SPENT",
            "WARNING");

    private static final Set<String> ENDED = Set.of("FINISHED", "FAILED", "STOPPED");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final JobsApi api;
    private final PrintStream out;
    private final Pause pause;
    private final ZoneId zone;
    private final Set<String> rounds = new HashSet<>();
    private long after;

    /** Waits between two looks. */
    @FunctionalInterface
    public interface Pause {
        void await() throws InterruptedException;
    }

    public Follow(JobsApi api, PrintStream out, Pause pause, ZoneId zone) {
        this.api = api;
        this.out = out;
        this.pause = pause;
        this.zone = zone;
    }

    /** The state the job ended in. */
    public String untilTheEnd(JobKey job) throws InterruptedException {
        int maximum = 0;
        boolean away = false;
        while (true) {
            try {
                ObjectNode document = api.get(job.namespace(), job.id());
                maximum =
                        document.path("hyper_parameters").path("max_round_num").asInt(10);
                String state = document.path("status").path("state").asString("");
                boolean ended = ENDED.contains(state);
                show(job, maximum, ended);
                if (ended) {
                    String reason = document.path("status").path("reason").asString("");
                    out.println("job " + job + ": " + state + (reason.isBlank() ? "" : ": " + Shown.of(reason)));
                    return state;
                }
                if (out.checkError()) {
                    // Nobody reads it any more.
                    return state;
                }
                away = false;
            } catch (FaultException e) {
                if (e.fault() != Fault.UNAVAILABLE) {
                    throw e;
                }
                if (!away) {
                    out.println("the API server does not answer; still trying");
                }
                away = true;
            }
            pause.await();
        }
    }

    private void show(JobKey job, int maximum, boolean ended) {
        for (JobEvent event : api.events(job.namespace(), job.id(), after)) {
            after = Math.max(after, event.seq());
            if (TOLD.contains(event.type()) && event.message() != null) {
                out.println(TIME.format(event.time().atZone(zone)) + "  " + Shown.of(event.message()));
            }
        }
        List<RoundMetrics> settled = api.rounds(job.namespace(), job.id());
        for (int i = 0; i < settled.size(); i++) {
            RoundMetrics round = settled.get(i);
            // The evaluation of a round comes after its commit: wait for it until something later shows that none will
            // come.
            boolean whole = !round.evaluate().isEmpty() || i < settled.size() - 1 || ended;
            if (whole && rounds.add(round.run() + "/" + round.round())) {
                out.println(line(round, maximum));
            }
        }
    }

    static String line(RoundMetrics round, int maximum) {
        String clients = round.included() + "/" + round.selected();
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "round %3d/%d  clients %s", round.round(), maximum, clients));
        if (RoundMetrics.SKIPPED.equals(round.state())) {
            line.append("  skipped");
        }
        metrics(line, "train", round.train());
        if (round.train().containsKey(PrivacyLine.DP_SGD)) {
            line.append(
                    String.format(Locale.ROOT, " dp_epsilon %.4f", round.train().get(PrivacyLine.DP_SGD)));
        }
        metrics(line, "test", round.evaluate());
        return line.append(String.format(Locale.ROOT, "  %.1f s", round.seconds()))
                .toString();
    }

    private static void metrics(StringBuilder line, String name, Map<String, Double> values) {
        if (values.containsKey("loss") || values.containsKey("accuracy")) {
            line.append("  ").append(name);
        }
        if (values.containsKey("loss")) {
            line.append(String.format(Locale.ROOT, " loss %.4f", values.get("loss")));
        }
        if (values.containsKey("accuracy")) {
            line.append(String.format(Locale.ROOT, " accuracy %.4f", values.get("accuracy")));
        }
    }
}
