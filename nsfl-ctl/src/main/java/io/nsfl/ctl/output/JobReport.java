package io.nsfl.ctl.output;

import io.nsfl.protocol.job.JobEvent;
import io.nsfl.protocol.job.PrivacySpent;
import io.nsfl.protocol.job.RoundMetrics;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** All about one job on one page. */
public final class JobReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private final PrintStream out;
    private final ZoneId zone;

    public JobReport(PrintStream out, ZoneId zone) {
        this.out = out;
        this.zone = zone;
    }

    /** What it is and where it stands. */
    public void job(ObjectNode job) {
        JsonNode status = job.path("status");
        line("job", text(job, "namespace") + "/" + text(job, "id"));
        line("description", text(job, "description"));
        line("runtime", text(job, "runtime"));
        line("state", status.path("state").asString(""));
        line("reason", status.path("reason").asString(""));
        line("progress", status.path("progress").asString("0") + "%");
        line("created", text(job, "create_time"));
        line("started", text(job, "start_time"));
    }

    /** Settled rounds with their metrics. */
    public void rounds(List<RoundMetrics> rounds, int maximum) {
        if (!rounds.isEmpty()) {
            out.println("rounds:");
            rounds.forEach(round -> out.println("  " + Follow.line(round, maximum)));
        }
    }

    /**
     * What it has cost its clients in privacy, of how much: a line for each run, as each has an account of its own; and what its
     * scripts' DP-SGD has cost. Nothing where there is no differential privacy.
     */
    public void privacy(ObjectNode job, List<RoundMetrics> rounds) {
        Map<String, PrivacySpent> runs = new LinkedHashMap<>();
        for (RoundMetrics round : rounds) {
            if (round.privacy() != null) {
                runs.put(round.run(), round.privacy());
            }
        }
        OptionalDouble budget = budget(job);
        runs.forEach((run, spent) ->
                line("privacy", PrivacyLine.of(spent, budget) + (runs.size() == 1 ? "" : ", run " + run)));
        if (runs.isEmpty() && asksForPrivacy(job)) {
            line("privacy", PrivacyLine.ofNothing(budget));
        }
        PrivacyLine.ofScripts(rounds).ifPresent(told -> line("privacy", told));
    }

    private static boolean asksForPrivacy(ObjectNode job) {
        return job.path("differential_privacy").isObject()
                || job.path("secure_algorithm").path("type").asString("").equalsIgnoreCase("DP");
    }

    private static OptionalDouble budget(ObjectNode job) {
        for (String block : List.of("differential_privacy", "secure_algorithm")) {
            JsonNode budget = job.path(block).path("epsilon_budget");
            if (budget.isNumber()) {
                return OptionalDouble.of(budget.asDouble());
            }
        }
        return OptionalDouble.empty();
    }

    /** Which clients suit it, and what the others lack. */
    public void selection(ObjectNode selection) {
        line("pending", selection.path("pending_reason").asString(""));
        out.println("clients: " + selection.path("matching").asString("0") + " suit, "
                + selection.path("needed").asString("0") + " needed");
        Table table = new Table()
                .column("id", 7)
                .column("name", 12)
                .column("suits", 7)
                .column("why not", 12);
        for (JsonNode client : selection.path("clients")) {
            StringJoiner reasons = new StringJoiner("; ");
            client.path("reasons").forEach(reason -> reasons.add(reason.asString("")));
            table.row(
                    client.path("id").asString(""),
                    client.path("name").asString(""),
                    client.path("eligible").asBoolean(false) ? "yes" : "no",
                    reasons.toString());
        }
        if (!selection.path("clients").isEmpty()) {
            table.print("  ", out);
        }
    }

    /** What happened, oldest first. */
    public void events(List<JobEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        out.println("events:");
        for (JobEvent event : events) {
            out.println(Shown.of("  " + TIME.format(event.time().atZone(zone)) + "  "
                            + String.format(Locale.ROOT, "%-18s", event.type()) + "  "
                            + (event.client() == null ? "" : event.client() + "  ")
                            + (event.message() == null ? "" : event.message()))
                    .stripTrailing());
        }
    }

    private void line(String name, String value) {
        if (!value.isBlank()) {
            out.println(String.format(Locale.ROOT, "%-13s", name + ":") + Shown.of(value));
        }
    }

    private static String text(ObjectNode job, String field) {
        return job.path(field).asString("");
    }
}
