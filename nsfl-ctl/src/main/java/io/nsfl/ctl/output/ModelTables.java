package io.nsfl.ctl.output;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Models of a namespace, and versions of a model. */
public final class ModelTables {
    private static final int WIDTH = 62;

    private ModelTables() {}

    public static void models(String namespace, Map<String, List<ObjectNode>> models, PrintStream out) {
        out.println(banner("Model List"));
        out.println("Namespace: " + namespace + "  ");
        out.println("-".repeat(WIDTH));
        if (models.isEmpty()) {
            out.println("No models");
            return;
        }
        Table table = new Table().column("No.", 12).column("name", 15).column("versions_num", 12);
        int number = 1;
        for (Map.Entry<String, List<ObjectNode>> model : models.entrySet()) {
            table.row(
                    String.valueOf(number++),
                    model.getKey(),
                    String.valueOf(model.getValue().size()));
        }
        table.print("", out);
    }

    public static void versions(String namespace, String name, List<ObjectNode> versions, PrintStream out) {
        out.println(banner("Model Info"));
        out.println("namespace: " + namespace + "    name: " + name + " ");
        out.println(banner("Versions"));
        int longest = versions.stream()
                .mapToInt(version -> text(version, "id").length())
                .max()
                .orElse(0);
        Table table = new Table()
                .column("id", Math.max(7, longest + 3))
                .column("version", 12)
                .column("runtime", 12)
                .column("state", 12)
                .column("create_time", 15);
        for (ObjectNode version : versions) {
            table.row(
                    text(version, "id"),
                    version.path("version_info").path("version").asString(""),
                    text(version, "runtime"),
                    text(version, "state"),
                    version.path("version_info").path("time").asString(""));
        }
        table.print("", out);
    }

    private static String banner(String title) {
        String side = "-".repeat((WIDTH - title.length()) / 2);
        return side + title + side;
    }

    private static String text(ObjectNode model, String field) {
        return model.path(field).asString("");
    }
}
