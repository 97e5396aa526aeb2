package io.nsfl.ctl.output;

import java.io.PrintStream;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Clients: what they have, do, and how reliable they were. Prints nothing where there is none. */
public final class ClientTable {
    private ClientTable() {}

    public static void print(List<ObjectNode> clients, PrintStream out) {
        if (clients.isEmpty()) {
            return;
        }
        Table table = new Table()
                .column("id", 7)
                .column("name", 12)
                .column("state", 12)
                .column("runtimes", 12)
                .column("datasets", 12)
                .column("works for", 12)
                .column("delivered", 12)
                .column("last seen", 15);
        for (ObjectNode client : clients) {
            table.row(
                    text(client, "id"),
                    text(client, "name"),
                    text(client, "state"),
                    items(client.path("runtimes")),
                    String.join(",", client.path("datasets").propertyNames()),
                    tasks(client.path("tasks")),
                    client.path("tasks_delivered").asString("0") + "/"
                            + client.path("tasks_leased").asString("0"),
                    text(client, "last_seen"));
        }
        table.print("", out);
    }

    private static String items(JsonNode list) {
        StringJoiner joined = new StringJoiner(",");
        list.forEach(item -> joined.add(item.asString("")));
        return joined.toString();
    }

    private static String tasks(JsonNode tasks) {
        StringJoiner joined = new StringJoiner(",");
        tasks.forEach(task -> joined.add(
                task.path("namespace").asString("") + "/" + task.path("job").asString("")));
        return joined.toString();
    }

    private static String text(ObjectNode client, String field) {
        return client.path(field).asString("");
    }
}
