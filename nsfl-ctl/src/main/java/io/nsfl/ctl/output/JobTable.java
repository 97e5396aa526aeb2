package io.nsfl.ctl.output;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** Jobs as a table: id, status, progress, create time. Prints nothing where there is no job. */
public final class JobTable {
    private JobTable() {}

    public static void print(List<ObjectNode> jobs, PrintStream out) {
        if (jobs.isEmpty()) {
            return;
        }
        int longest =
                jobs.stream().mapToInt(job -> text(job, "id").length()).max().orElse(0);
        int width = longest <= 4 ? 7 : longest + 3;
        row(out, width, "id", "status", "progress", "create time");
        for (ObjectNode job : jobs) {
            row(
                    out,
                    width,
                    text(job, "id"),
                    job.path("status").path("state").asString(""),
                    String.valueOf(job.path("status").path("progress").asInt(0)),
                    text(job, "create_time"));
        }
    }

    private static void row(PrintStream out, int width, String id, String status, String progress, String time) {
        out.println(Shown.of(String.format(Locale.ROOT, "%-" + width + "s%-12s%-12s%-15s", id, status, progress, time))
                .stripTrailing());
    }

    private static String text(ObjectNode job, String field) {
        return job.path(field).asString("");
    }
}
